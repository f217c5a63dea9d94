"""Our mailer against a real SMTP server: plain, STARTTLS, TLS, passwords, refusals, and headers nobody can break."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import JobState
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts import mail
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.providers import registry
from sekretarka.providers.errors import ProviderError
from sekretarka.providers.ports import Mail
from sekretarka.sandbox.mail import smtp_stub
from sekretarka.sandbox.mail.mailbox import Mailbox
from sekretarka.sandbox.mail.smtp_stub import Behavior
from tests.support import certificates
from tests.support.jobs import jobs
from tests.support.ports import free_port

EMAIL = Mail("key-1", "iga@example.com", "Zażółć gęślą jaźń", "Dzień dobry\n.\n..kropki\n", "<p>Dzień dobry</p>")
Configure = Callable[..., None]


@pytest.fixture
def box(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


async def send(configure: Configure, port: int, email: Mail = EMAIL, who: str = "", scheme: str = "smtp") -> None:
    configure(smtp_url=f"{scheme}://{who}127.0.0.1:{port}", mail_from="AI Sekretarka <poczta@sekretarka.example>")
    await registry.mailer().send(email)


async def refused(configure: Configure, port: int, email: Mail = EMAIL, **how: Any) -> ProviderError:
    with pytest.raises(ProviderError) as error:
        await send(configure, port, email, **how)
    assert "@" not in str(error.value)
    return error.value


async def test_an_email_arrives_as_it_was_written(box: Mailbox, configure: Configure) -> None:
    async with smtp_stub.serve(box) as port:
        await send(configure, port)
    [caught] = box.newest()
    assert (caught.to, caught.subject) == ("iga@example.com", "Zażółć gęślą jaźń")
    assert caught.sender == "AI Sekretarka <poczta@sekretarka.example>"
    assert caught.part("plain").replace("\r\n", "\n") == EMAIL.text
    assert caught.part("html").strip() == EMAIL.html
    assert caught.message["Message-ID"] == "<key-1@localhost>"
    assert caught.message["Auto-Submitted"] == "auto-generated"
    assert caught.sent_at is not None


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"implicit_tls": True},
        {"credentials": ("mail", "ha:sło@/")},
        {"implicit_tls": True, "credentials": ("mail", "ha:sło@/")},
    ],
    ids=["starttls", "tls", "starttls-password", "tls-password"],
)
async def test_connection_is_encrypted_and_authenticated(
    box: Mailbox, configure: Configure, options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, trusted = certificates.make(tmp_path)
    scheme = "smtps" if options.get("implicit_tls") else "smtp"
    who = "mail:ha%3As%C5%82o%40%2F@" if "credentials" in options else ""
    async with smtp_stub.serve(box, behavior=Behavior(tls=tls, **options)) as port:
        assert (await refused(configure, port, who=who, scheme=scheme)).temporary, "a certificate nobody vouches for"
        certificates.trust(trusted, monkeypatch)
        await send(configure, port, who=who, scheme=scheme)
        if who:
            wrong = await refused(configure, port, who="mail:inne@", scheme=scheme)
            assert (str(wrong), wrong.temporary) == ("smtp: answered 535", True)
    assert len(box.newest()) == 1


async def test_password_is_never_sent_in_the_clear(
    box: Mailbox, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sekretarka.providers.smtp import mailer

    monkeypatch.setattr(mailer, "_is_this_machine", lambda _host: False)
    async with smtp_stub.serve(box, behavior=Behavior(credentials=("mail", "word"))) as port:
        assert "STARTTLS" in str(await refused(configure, port, who="mail:word@"))
    assert box.newest() == []


@pytest.mark.parametrize(
    ("answer", "temporary"), [("550 no such mailbox", False), ("451 greylisted, try again", True), ("452 full", True)]
)
async def test_status_code_decides_whether_to_retry(
    box: Mailbox, configure: Configure, answer: str, temporary: bool
) -> None:
    async with smtp_stub.serve(box, behavior=Behavior(rejections={"iga@example.com": answer})) as port:
        error = await refused(configure, port)
    assert (error.temporary, answer[:3] in str(error)) == (temporary, True)


async def test_connection_refused_is_temporary(configure: Configure) -> None:
    assert (await refused(configure, free_port())).temporary


async def test_dropped_connection_is_temporary(configure: Configure) -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        assert (await refused(configure, server.sockets[0].getsockname()[1])).temporary


async def test_missing_smtp_url_is_permanent(configure: Configure) -> None:
    with pytest.raises(ProviderError, match="SMTP_URL is not set") as error:
        await registry.mailer().send(EMAIL)
    assert not error.value.temporary


async def test_email_of_an_organization_bears_its_name_and_its_calendar(box: Mailbox, configure: Configure) -> None:
    event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Strzyżenie\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    email = replace(EMAIL, sender_name='Studio "Łąka", s.c.', reply_to="iga@żółw.example", calendar=event)
    async with smtp_stub.serve(box) as port:
        for _ in range(2):
            await send(configure, port, email)
    first, second = (caught.message for caught in box.newest())
    assert first["From"].addresses[0].display_name == 'Studio "Łąka", s.c.'
    assert first["From"].addresses[0].addr_spec == "poczta@sekretarka.example"
    assert first["Reply-To"] == "iga@xn--w-uga1v8h.example"
    [calendar] = first.iter_attachments()
    assert (calendar.get_content_type(), calendar.get_filename()) == ("text/calendar", "calendar.ics")
    assert calendar.get_content().replace("\r\n", "\n") == event.replace("\r\n", "\n")
    assert box.newest()[0].part("html").strip() == EMAIL.html
    assert first["Message-ID"] == second["Message-ID"] == "<key-1@localhost>"


@pytest.mark.parametrize("field", ["to", "subject", "key", "sender_name", "reply_to"])
@pytest.mark.parametrize("value", ["a@example.com\r\nBcc: ofiara@example.com", "a@example.com\nX: y", "a\r\n\r\nbody"])
async def test_headers_cannot_be_injected(box: Mailbox, configure: Configure, field: str, value: str) -> None:
    async with smtp_stub.serve(box) as port:
        with pytest.raises((ValueError, ProviderError), match=r"(?i)header|linefeed|newline|CR or LF|cannot exist"):
            await send(configure, port, replace(EMAIL, **{field: value}))
    assert box.newest() == []


async def test_domains_are_sent_as_punycode(box: Mailbox, configure: Configure) -> None:
    async with smtp_stub.serve(box) as port:
        await send(configure, port, replace(EMAIL, to="iga@żółw.example"))
        await send(configure, port, replace(EMAIL, to="łucja@example.com"))
    assert [caught.to for caught in box.newest()] == ["łucja@example.com", "iga@xn--w-uga1v8h.example"]


@pytest.mark.parametrize("domain", ["a..pl", f"{'a' * 64}.pl", "żółw..example"])
async def test_impossible_domain_is_permanent(configure: Configure, domain: str) -> None:
    with pytest.raises(ProviderError, match="cannot exist") as error:
        await send(configure, 9, replace(EMAIL, to=f"iga@{domain}"))
    assert not error.value.temporary


async def test_sending_inside_a_transaction_is_rejected(database: engine.Database, configure: Configure) -> None:
    async with begin(actor.system()):
        with pytest.raises(RuntimeError, match="transaction is open"):
            await registry.mailer().send(EMAIL)


async def test_a_queued_email_goes_out_once(database: engine.Database, box: Mailbox, configure: Configure) -> None:
    async with begin(actor.system(), write=True) as uow:
        for _ in range(2):
            await mail.send(uow, "verify", to="iga@example.com", language="pl", link="http://x", key="once")
    async with smtp_stub.serve(box) as port:
        configure(smtp_url=f"smtp://127.0.0.1:{port}")
        await runner.drain(JOB_HANDLERS)
        await runner.drain(JOB_HANDLERS)
    [job], [caught] = await jobs(), box.newest()
    assert (job.state, job.payload) == (JobState.DONE, "")
    assert caught.message["Message-ID"] == f"<{job.id}@localhost>"
