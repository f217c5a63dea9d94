"""What callbacks of SMS gateways say, and what odd ones do not break."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sekretarka.core.text.characters import CONTROLS
from sekretarka.providers import registry
from sekretarka.providers.errors import InvalidPayload
from sekretarka.providers.sms import Failure, InboundSms, Progress, SmsGateway, StatusReport
from tests.support.workspace import ROOT

CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "smsapi": {"token": "token"},
    "twilio": {"account_sid": f"AC{'0' * 32}", "auth_token": "token"},
}
ID = UUID("01939a4e-0000-7000-8000-000000000001")
SENT, DELIVERED, FAILED = Progress.SENT, Progress.DELIVERED, Progress.FAILED


def gateway(name: str) -> SmsGateway:
    return registry.sms_gateway(name, CREDENTIALS[name])


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def test_several_messages_in_one_callback_of_smsapi() -> None:
    body = form(
        MsgId="1,2,3,4,5",
        status="403,404,405,410,402",
        idx=f"{ID.hex},,{ID},x",
        donedate="1795428000,1795428060,,0",
        username="lawenda",
        points="0.16,0.16",
    )
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert gateway("smsapi").reports(body) == [
        StatusReport(SENT, "1", ID, None, at),
        StatusReport(DELIVERED, "2", None, None, at.replace(minute=1)),
        StatusReport(FAILED, "3", ID, Failure.UNREACHABLE),
        StatusReport(FAILED, "5", None, Failure.EXPIRED),
    ]
    assert gateway("smsapi").inbound(body) == []


@pytest.mark.parametrize("prefix", ["sms_", ""])
def test_inbound_of_smsapi(prefix: str) -> None:
    fields = {"to": "48732000300", "from": "48601000111", "text": "TAK, potwierdzam wizytę", "date": "1795428000"}
    body = urlencode({"MsgId": "7", "username": "lawenda"} | {prefix + name: value for name, value in fields.items()})
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    expected = InboundSms("7", "+48601000111", "+48732000300", "TAK, potwierdzam wizytę", at)
    assert gateway("smsapi").inbound(body.encode()) == [expected]
    for sender, meant in (("4915112345678", "+4915112345678"), ("601000111", "601000111"), ("Lawenda", "Lawenda")):
        [sms] = gateway("smsapi").inbound(urlencode({"MsgId": "8", "from": sender, "text": "STOP"}).encode())
        assert sms.sender == meant
    assert gateway("smsapi").reports(body.encode()) == []


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("queued", "", []),
        ("accepted", "", []),
        ("sent", "", [(SENT, None, False)]),
        ("delivered", "", [(DELIVERED, None, False)]),
        ("read", "", [(DELIVERED, None, False)]),
        ("undelivered", "30003", [(FAILED, Failure.UNREACHABLE, True)]),
        ("failed", "30001", [(FAILED, Failure.RATE_LIMITED, True)]),
        ("undelivered", "30007", [(FAILED, Failure.BLOCKED, False)]),
        ("failed", "21610", [(FAILED, Failure.OPTED_OUT, False)]),
        ("failed", "99999", [(FAILED, Failure.REJECTED, False)]),
        ("failed", "", [(FAILED, Failure.REJECTED, False)]),
        ("something new", "", []),
    ],
)
def test_statuses_of_twilio(status: str, code: str, expected: list[tuple[Progress, Failure | None, bool]]) -> None:
    body = form(message=ID.hex, MessageSid="SM1", MessageStatus=status, ErrorCode=code)
    reports = [StatusReport(progress, "SM1", ID, failure, temporary=again) for progress, failure, again in expected]
    assert gateway("twilio").reports(body) == reports
    assert gateway("twilio").inbound(body) == []


def test_captured_callbacks_of_twilio() -> None:
    folder = ROOT / "tests/fixtures/twilio"
    delivered = (folder / "message_status.delivered.form.txt").read_bytes()
    inbound = (folder / "message_inbound.form.txt").read_bytes()
    assert gateway("twilio").reports(delivered) == [StatusReport(DELIVERED, "SM00000000000000000000000000000b01")]
    [message] = gateway("twilio").inbound(inbound)
    assert (message.sender, message.recipient) == ("+48601000111", "+48732000300")
    assert (message.body, message.opts_out) == ("TAK, potwierdzam wizytę", None)
    assert gateway("twilio").reports(inbound) == []


@pytest.mark.parametrize(("kind", "opts_out"), [("STOP", True), ("START", False), ("HELP", None)])
def test_twilio_says_whether_it_was_told_to_stop(kind: str, opts_out: bool | None) -> None:
    [message] = gateway("twilio").inbound(
        form(MessageSid="SM1", From="+48601000111", To="+48732000300", Body="x", OptOutType=kind)
    )
    assert message.opts_out is opts_out


def test_texts_can_be_stored() -> None:
    body = b"MessageSid=SM1&From=%2B48601000111&Body=a%00b%ff%E2%80%AEc"
    [message] = gateway("twilio").inbound(body)
    assert not CONTROLS.search(message.body)
    assert "\u202e" not in message.body


@pytest.mark.parametrize("name", registry.SMS_GATEWAYS)
@pytest.mark.parametrize("body", [b"", b"x", b"a=1", b"\xff", b"&".join([b"a=1"] * 300)])
def test_nonsense_is_said_to_be_none(name: str, body: bytes) -> None:
    with pytest.raises(InvalidPayload):
        gateway(name).inbound(body)


NAMES = "MsgId status idx donedate sms_from from sms_text sms_date MessageSid MessageStatus ErrorCode From Body message"
names = st.sampled_from(NAMES.split())
values = st.sampled_from(["", "404", "failed", "1,2,3", ",,,", "-1", "²", "9" * 400, ID.hex]) | st.text(max_size=20)


@given(st.lists(st.tuples(names, values.filter(lambda value: value.isprintable()))))
def test_any_form_is_read_or_refused(fields: list[tuple[str, Any]]) -> None:
    for name in registry.SMS_GATEWAYS:
        try:
            reports = gateway(name).reports(urlencode(fields).encode())
            messages = gateway(name).inbound(urlencode(fields).encode())
        except InvalidPayload:
            continue
        assert not (reports and messages)
        assert all(report.gateway_id or report.message_id for report in reports)


@pytest.mark.parametrize(
    ("name", "credentials"),
    [
        ("smsapi", {}),
        ("smsapi", {"token": ""}),
        ("smsapi", {"token": "a b"}),
        ("smsapi", {"token": "a\r\nX: y"}),
        ("smsapi", {"token": "żółw"}),
        ("smsapi", {"token": "a", "other": "b"}),
        ("twilio", {"account_sid": "AC1", "auth_token": "a"}),
        ("twilio", {"account_sid": f"AC{'0' * 32}"}),
        ("twilio", {"account_sid": f"AC{'0' * 32}", "auth_token": "a\n"}),
    ],
)
def test_credentials_of_another_form_are_refused(name: str, credentials: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        registry.sms_gateway(name, credentials)


def test_secrets_are_not_shown() -> None:
    for name, credentials in CREDENTIALS.items():
        assert "token" not in repr(registry.sms_credentials(name).model_validate(credentials)).replace("token=", "")
