"""The sandbox's gateway is what the vendors' own libraries expect, and it forgets nothing that it took."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import httpx2
import pytest
from smsapi.client import Client as SmsapiClient
from smsapi.exception import SendException
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client as TwilioClient

from sekretarka.sandbox.sms import gateway as gateways
from sekretarka.sandbox.sms import message_log, smsapi, twilio
from sekretarka.sandbox.sms.behavior import NUMBERS, Callbacks, Fault
from sekretarka.sandbox.sms.gateway import Gateway
from sekretarka.sandbox.sms.message_log import LoggedSms, MessageLog, Repeated
from tests.support.sms_gateways import Webhook

CLIENT, LINE, BODY = "+48601000111", "+48732000300", "Zażółć gęślą jaźń 🙂"
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


def twilio_client(gateway: Gateway, token: str = twilio.AUTH_TOKEN) -> TwilioClient:
    logging.getLogger("twilio").setLevel(logging.WARNING)  # it logs the numbers of those it asks about
    client = TwilioClient(twilio.ACCOUNT_SID, token)
    client.api.base_url = f"{gateway.url}/twilio"
    return client


def smsapi_client(gateway: Gateway, token: str = smsapi.TOKEN) -> SmsapiClient:
    return SmsapiClient(f"{gateway.url}/smsapi/", access_token=token)


def logged(number: int, key: str | None = None) -> LoggedSms:
    return LoggedSms(str(number), "smsapi", CLIENT, LINE, BODY, AT, key=key)


def test_library_of_twilio_sends_reads_and_lists(sms_sandbox: Gateway) -> None:
    client = twilio_client(sms_sandbox)
    assert client.api.accounts(twilio.ACCOUNT_SID).fetch().status == "active"
    sent = [client.messages.create(to=CLIENT, from_=LINE, body=f"{BODY} {number}") for number in range(5)]
    client.messages.create(to="+48601000222", from_="Lawenda", body=BODY)
    sms_sandbox.settle()
    fetched = client.messages(str(sent[0].sid)).fetch()
    assert (fetched.body, fetched.to, fetched.from_) == (f"{BODY} 0", CLIENT, LINE)
    assert (fetched.status, fetched.num_segments, fetched.direction) == ("delivered", "1", "outbound-api")
    assert fetched.date_created is not None
    assert abs(fetched.date_created - datetime.now(UTC)) < timedelta(minutes=1)
    listed = client.messages.list(to=CLIENT, page_size=2)
    assert [message.sid for message in listed] == [message.sid for message in reversed(sent)]
    assert len(client.messages.list(from_="Lawenda")) == 1
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert len(client.messages.list(date_sent_before=tomorrow)) == 6
    assert client.messages.list(date_sent_after=tomorrow) == client.messages.list(date_sent=tomorrow) == []


@pytest.mark.parametrize(
    ("to", "body", "code", "status"),
    [
        ("601000111", BODY, 21211, 400),
        (CLIENT, "a" * 1_601, 21617, 400),
        (CLIENT, "", 21602, 400),
        ("+48511000429", BODY, 20429, 429),
        ("+48511000402", BODY, 30002, 400),
    ],
)
def test_library_of_twilio_understands_refusals(
    sms_sandbox: Gateway, to: str, body: str, code: int, status: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio_client(sms_sandbox).messages.create(to=to, from_=LINE, body=body)
    assert (refused.value.code, refused.value.status) == (code, status)


def test_library_of_twilio_is_told_of_wrong_credentials_and_ids(sms_sandbox: Gateway) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio_client(sms_sandbox, "wrong").api.accounts(twilio.ACCOUNT_SID).fetch()
    assert (refused.value.code, refused.value.status) == (20003, 401)
    with pytest.raises(TwilioRestException) as missing:
        twilio_client(sms_sandbox).messages(f"SM{0:032}").fetch()
    assert missing.value.status == 404


def test_library_of_twilio_verifies_callbacks(sms_sandbox: Gateway, webhook: Webhook) -> None:
    twilio_client(sms_sandbox).messages.create(to=CLIENT, from_=LINE, body=BODY, status_callback=f"{webhook.url}?a=1")
    sms_sandbox.settle()
    sms_sandbox.write_back(sms_sandbox.log.newest()[0], "TAK, będę")
    assert [call.url for call in webhook.calls] == [f"{webhook.url}?a=1"] * 2 + [webhook.url]
    for call in webhook.calls:
        form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        assert RequestValidator(twilio.AUTH_TOKEN).validate(call.url, form, call.headers["x-twilio-signature"])
        assert not RequestValidator("wrong").validate(call.url, form, call.headers["x-twilio-signature"])


def test_library_of_smsapi_sends_and_asks_for_points(sms_sandbox: Gateway) -> None:
    client = smsapi_client(sms_sandbox)
    assert client.account.balance().points == 1000
    result = client.sms.send(to="601 000 111", message=BODY * 5, from_="Lawenda", details=1, idx="a", check_idx=1)
    [sent] = list(result)
    assert (sent.number, sent.status, sent.idx, sent.error) == (CLIENT[1:], "QUEUE", "a", None)
    assert (result.message, result.parts, sent.parts, sent.points) == (BODY * 5, 2, 2, 0.32)
    several = client.sms.send(to=["601000222", "48601000333"], message=BODY, from_=LINE)
    assert several.count == 2
    assert [message.client for message in sms_sandbox.log.newest()] == ["+48601000333", "+48601000222", CLIENT]
    assert client.sms.send(to=CLIENT, message=BODY, test=1).count == 1
    assert len(sms_sandbox.log.newest()) == 3


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"to": "12"}, 13),
        ({"from_": "Studio Lawenda"}, 14),
        ({"message": "a" * 161, "max_parts": 1}, 12),
        ({"message": "a" * 2_000}, 11),
        ({"idx": "a", "check_idx": 1}, 53),
        ({"to": "+48511000402"}, 103),
    ],
)
def test_library_of_smsapi_understands_refusals(sms_sandbox: Gateway, values: dict[str, str | int], code: int) -> None:
    client = smsapi_client(sms_sandbox)
    client.sms.send(to=CLIENT, message=BODY, idx="a", check_idx=1)
    with pytest.raises(SendException) as refused:
        client.sms.send(**{"to": CLIENT, "message": BODY, "from_": "Lawenda"} | values)
    assert refused.value.code == code
    with pytest.raises(SendException) as stranger:
        smsapi_client(sms_sandbox, "wrong").sms.send(to=CLIENT, message=BODY)
    assert stranger.value.code == 101
    assert len(sms_sandbox.log.newest()) == 1


def test_what_was_taken_survives_a_restart(tmp_path: Path) -> None:
    with gateways.serve(tmp_path) as gateway:
        client = smsapi_client(gateway)
        client.sms.send(to=CLIENT, message=BODY, idx="a", check_idx=1)
        gateway.settle()
        before = gateway.log.newest()
    with gateways.serve(tmp_path) as gateway:
        assert gateway.log.newest() == before
        assert [message.status for message in before] == ["delivered"]
        with pytest.raises(SendException):
            smsapi_client(gateway).sms.send(to=CLIENT, message=BODY, idx="a", check_idx=1)


def test_memory_is_bounded_and_the_file_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_log, "CAPACITY", 10)
    log = MessageLog(tmp_path)
    for number in range(15):
        log.accept(logged(number, key=str(number)))
    log.set_status("0", "delivered")
    assert [message.id for message in log.newest()] == [str(number) for number in range(14, 4, -1)]
    assert len((tmp_path / "messages.jsonl").read_text().splitlines()) == 16


def test_processes_share_the_log(tmp_path: Path) -> None:
    server, pages = MessageLog(tmp_path), MessageLog(tmp_path)
    server.accept(logged(1, key="a"))
    with pytest.raises(Repeated):
        pages.accept(logged(2, key="a"))
    pages.accept(logged(3, key="b"))
    pages.set_status("1", "delivered")
    assert server.newest() == pages.newest()
    assert [(message.id, message.status) for message in server.newest()] == [("3", "queued"), ("1", "delivered")]


def test_behavior_is_changed_from_outside(sms_sandbox: Gateway) -> None:
    change = {"fault": "throttled", "times": 1, "callbacks": "none"}
    assert httpx2.put(f"{sms_sandbox.url}/behavior", json=change).status_code == 200
    client = twilio_client(sms_sandbox)
    with pytest.raises(TwilioRestException):
        client.messages.create(to=CLIENT, from_=LINE, body=BODY)
    assert client.messages.create(to=CLIENT, from_=LINE, body=BODY).status == "queued"
    sms_sandbox.settle()
    assert [message.status for message in sms_sandbox.log.newest()] == ["queued"]
    assert sms_sandbox.behavior.callbacks is Callbacks.NONE


def test_numbers_of_the_demo_fail_by_themselves(sms_sandbox: Gateway) -> None:
    number = next(number for number, fault in NUMBERS.items() if fault is Fault.BAD_SENDER)
    with pytest.raises(SendException) as refused:
        smsapi_client(sms_sandbox).sms.send(to=number, message=BODY)
    assert refused.value.code == 14


@pytest.mark.parametrize("path", ["/", "/twilio/2010-04-01/Accounts/AC1/Messages.json", "/other"])
def test_other_addresses_are_refused(sms_sandbox: Gateway, path: str) -> None:
    assert httpx2.get(f"{sms_sandbox.url}{path}").status_code in (401, 404)
