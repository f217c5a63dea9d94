"""What the pages of the gateway show, and that an answer of the client reaches the webhook."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from sekretarka.cli.sms import message_pages
from sekretarka.core.database.models import new_id
from sekretarka.core.text.i18n import Language, translate
from sekretarka.providers.sms import Sms
from sekretarka.sandbox.sms import pages
from sekretarka.sandbox.sms.gateway import Gateway
from tests.support.sms_gateways import Webhook, gateway_of

HOSTILE = "<img src=x onerror=alert(1)> Zażółć"
SENT = Sms(new_id(), to="+48601000111", sender="+48732000300", body=HOSTILE, callback_url="")


def browser(folder: Path, lang: str = "pl") -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(pages.create(folder))
    return httpx2.AsyncClient(transport=transport, base_url="http://sandbox", cookies={"lang": lang})


@pytest.fixture
def folder(sms_sandbox: Gateway, tmp_path: Path) -> Path:
    return tmp_path / "sms"


@pytest.mark.parametrize("lang", ["pl", "en"])
async def test_messages_are_shown_and_never_run(sms_sandbox: Gateway, folder: Path, lang: Language) -> None:
    async with browser(folder, lang) as client:
        assert translate(lang, "sandbox.sms.empty") in (await client.get("/sandbox/sms")).text
        await gateway_of("smsapi").send(SENT)
        sms_sandbox.settle()
        for path in ("/sandbox/sms", "/sandbox/sms/48601000111", "/sandbox/sms/48601000111/messages"):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert "601 000 111" in answer.text or path.endswith("/messages")
            assert "<img" not in answer.text
            assert "script-src" not in answer.headers["content-security-policy"]
        assert "&lt;img" in answer.text
        assert translate(lang, "sandbox.sms.status.delivered") in answer.text
        assert (await client.get("/sandbox/sms/48601000222")).status_code == 404


@pytest.mark.parametrize("name", ["smsapi", "twilio"])
async def test_client_answers(name: str, sms_sandbox: Gateway, folder: Path, webhook: Webhook) -> None:
    ours = gateway_of(name)
    await ours.send(replace(SENT, callback_url=webhook.url))
    sms_sandbox.settle()
    webhook.forms.clear()
    async with browser(folder) as client:
        assert "<form" in (await client.get("/sandbox/sms/48601000111")).text
        answer = await client.post("/sandbox/sms/48601000111", data={"body": "TAK, będę <3"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sandbox/sms/48601000111")
        assert "TAK, będę &lt;3" in (await client.get("/sandbox/sms/48601000111/messages")).text
        await client.post("/sandbox/sms/48601000111", data={"body": "  "})
    [form] = webhook.forms
    assert [inbound.body for inbound in ours.inbound(form)] == ["TAK, będę <3"]
    assert [message.body for message in sms_sandbox.log.newest()] == ["TAK, będę <3", HOSTILE]


async def test_name_cannot_be_answered(sms_sandbox: Gateway, folder: Path) -> None:
    await gateway_of("twilio").send(replace(SENT, sender="Lawenda"))
    async with browser(folder) as client:
        assert "<form" not in (await client.get("/sandbox/sms/48601000111")).text
        assert (await client.post("/sandbox/sms/48601000111", data={"body": "TAK"})).status_code == 404
    assert len(sms_sandbox.log.newest()) == 1


def test_pages_are_there_when_a_folder_is_set(configure: Callable[..., None], tmp_path: Path) -> None:
    assert message_pages() == {}
    configure(sandbox_sms=str(tmp_path))
    assert list(message_pages()) == ["/sandbox/sms"]
