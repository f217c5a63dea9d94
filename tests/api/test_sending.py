"""Sending by the API: what is refused names the field, what is taken is pending, what failed is sent anew."""

import re
from typing import Any
from uuid import UUID

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.messages.models import Failure, Message, MessageStatus
from tests import factories
from tests.clients import Caller
from tests.support import bookings

MESSAGES, GATEWAYS = "/api/v1/messages", "/api/v1/sms-gateways"
SMS = {"channel": "sms", "to": "601 000 111", "body": "Do zobaczenia w piątek"}
SMSAPI = {"provider": "smsapi", "credentials": {"token": "t0ken"}, "number": "601 000 333", "partPrice": 16}


@pytest.fixture
async def gateway(owner: Caller) -> dict[str, Any]:
    made: dict[str, Any] = await owner.data("POST", GATEWAYS, json=SMSAPI)
    return made


async def test_sms_is_pending_until_a_gateway_took_it(owner: Caller, gateway: dict[str, Any]) -> None:
    sent = await owner.data("POST", MESSAGES, json=SMS)
    assert (sent["status"], sent["direction"], sent["to"]) == ("pending", "outbound", "+48601000111")
    assert (sent["parts"], sent["price"], sent["kind"]) == (1, {"amount": 16, "currency": "pln"}, "service")
    assert (await owner.data("GET", f"{MESSAGES}/{sent['id']}")) == sent
    client = await owner.data("GET", f"/api/v1/clients/{sent['clientId']}")
    assert client["phone"] == "+48601000111"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"to": "12345"}, "to", "invalid_phone"),
        ({"to": "22 100 02 00"}, "to", "landline"),
        ({"to": "+44 7400 123456"}, "to", "country_not_allowed"),
        ({"to": "700 200 100"}, "to", "blocked"),
        ({"channel": "email", "to": "anna@"}, "to", "invalid_email"),
        ({"body": " "}, "body", "string_too_short"),
        ({"body": "ą" * 1_531}, "body", "string_too_long"),
        ({"channel": "voice"}, "channel", "literal_error"),
        ({"kind": "internal"}, "kind", "literal_error"),
        ({"scheduledFor": "2020-01-01T10:00:00Z"}, "scheduledFor", "out_of_range"),
        ({"scheduledFor": "2099-01-01T10:00:00Z"}, "scheduledFor", "out_of_range"),
        ({"appointmentId": "01a20000-0000-7000-8000-000000000000"}, "appointmentId", "unknown_appointment"),
    ],
)
async def test_what_cannot_be_sent_names_the_field(
    owner: Caller, gateway: dict[str, Any], change: dict[str, Any], field: str, code: str
) -> None:
    refused = await owner.send("POST", MESSAGES, json={**SMS, **change})
    assert refused.status_code == 422, refused.text
    [detail] = refused.json()["error"]["details"]
    assert (detail["path"], detail["code"]) == (["body", field], code)
    assert (await owner.data("GET", MESSAGES)) == []


async def reason(owner: Caller, **change: Any) -> str:
    refused = await owner.send("POST", MESSAGES, json={**SMS, **change})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "CANNOT_SEND")
    said: str = refused.json()["error"]["details"]["reason"]
    return said


async def test_what_was_not_agreed_says_so(owner: Caller) -> None:
    assert await reason(owner) == "no_gateway"
    await owner.data("POST", GATEWAYS, json=SMSAPI)
    assert await reason(owner, kind="commercial") == "no_consent"
    sent = await owner.data("POST", MESSAGES, json=SMS)
    client = f"/api/v1/clients/{sent['clientId']}"
    agreed = await owner.data("PATCH", client, json={"smsConsent": True})
    assert agreed["smsConsentAt"]
    assert agreed["emailConsentAt"] is None
    await owner.data("POST", MESSAGES, json={**SMS, "kind": "commercial"})
    assert (await owner.data("PATCH", client, json={"optedOut": True}))["optedOutAt"]
    assert await reason(owner) == "opted_out"
    assert (await owner.data("PATCH", client, json={"optedOut": False}))["optedOutAt"] is None
    await owner.data("POST", MESSAGES, json=SMS)


async def test_template_says_what_is_said_of_the_appointment(owner: Caller, gateway: dict[str, Any]) -> None:
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        appointment_id = str((await bookings.add(uow))["appointment"])
    templated = {"channel": "sms", "to": "601 000 111", "template": "reminder_day", "appointmentId": appointment_id}
    sent = await owner.data("POST", MESSAGES, json=templated)
    assert (sent["template"], sent["appointmentId"]) == ("reminder_day", appointment_id)
    assert "Odpisz TAK" in sent["body"]
    assert sent["body"].endswith("/c/…"), "the link is the client's alone"
    listed = await owner.send("GET", MESSAGES, params={"search": "lawenda"})
    assert "/c/…" in listed.text
    async with begin(actor.system(owner.organization_id)) as uow:
        stored = await uow.get(Message, UUID(sent["id"]))
        assert re.search("/c/[0-9A-Za-z]{22}$", stored.body)
        assert not re.search("/c/[0-9A-Za-z]{22}", stored.search)
    for change, path in (
        ({"appointmentId": None}, ["body", "appointmentId"]),
        ({"body": "Dzień dobry"}, ["body"]),
        ({"template": None}, ["body"]),
        ({"template": "gołąb"}, ["body", "template"]),
        ({"template": "reply_yes", "channel": "email", "to": "a@b.example"}, ["body", "template"]),
    ):
        refused = await owner.send("POST", MESSAGES, json={**templated, **change})
        assert [detail["path"] for detail in refused.json()["error"]["details"]] == [path], refused.text


async def test_scheduled_message_is_due_then(owner: Caller, gateway: dict[str, Any]) -> None:
    at = f"{factories.open_day()}T10:00:00.000Z"
    sent = await owner.data("POST", MESSAGES, json={**SMS, "scheduledFor": at})
    assert (sent["status"], sent["sentAt"]) == ("pending", at)


async def test_failed_message_is_sent_anew_once(owner: Caller, gateway: dict[str, Any]) -> None:
    sent = await owner.data("POST", MESSAGES, json=SMS)
    retry = f"{MESSAGES}/{sent['id']}/retry"
    assert (await owner.send("POST", retry)).json()["error"]["code"] == "INVALID_STATE_TRANSITION"
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        row = await uow.get(Message, UUID(sent["id"]))
        row.status, row.failure = MessageStatus.FAILED, Failure.UNAVAILABLE
    again = await owner.data("POST", retry)
    assert (again["status"], again["body"], again["id"] == sent["id"]) == ("pending", SMS["body"], False)
    assert (await owner.data("POST", retry))["id"] == again["id"]
    assert (await owner.data("GET", f"{MESSAGES}/{sent['id']}"))["status"] == "failed"


async def test_preview_shows_what_diacritics_cost(owner: Caller, gateway: dict[str, Any]) -> None:
    body = "Zażółć gęślą jaźń. " * 7
    shown = await owner.data("POST", f"{MESSAGES}/preview", json={"body": body})
    assert (shown["size"]["encoding"], shown["size"]["parts"], shown["size"]["price"]["amount"]) == ("ucs2", 2, 32)
    assert (shown["plain"]["encoding"], shown["plain"]["parts"], shown["plain"]["price"]["amount"]) == ("gsm7", 1, 16)
    assert shown["plain"]["body"].startswith("Zazolc gesla jazn.")
    assert (await owner.data("POST", f"{MESSAGES}/preview", json={"body": "krótko"}))["plain"] is None
    email = await owner.data("POST", f"{MESSAGES}/preview", json={"channel": "email", "body": body})
    assert email == {"size": None, "plain": None}


async def test_gateways_take_turns_and_show_no_credentials(owner: Caller, gateway: dict[str, Any]) -> None:
    second = {**SMSAPI, "provider": "twilio", "credentials": {"account_sid": "AC" + "0" * 32, "auth_token": "s3cret"}}
    other = await owner.data("POST", GATEWAYS, json=second)
    assert (gateway["first"], other["first"]) == (True, False)
    full = await owner.send("POST", GATEWAYS, json=SMSAPI)
    assert (full.status_code, full.json()["error"]["code"]) == (409, "DUPLICATE")
    assert (await owner.data("PATCH", f"{GATEWAYS}/{other['id']}", json={"first": True}))["first"]
    listed = await owner.send("GET", GATEWAYS)
    assert [row["first"] for row in listed.json()["data"]] == [False, True]
    assert not any(secret in listed.text for secret in ("t0ken", "s3cret", "AC000"))
    await owner.data("DELETE", f"{GATEWAYS}/{other['id']}")
    assert (await owner.send("GET", f"{GATEWAYS}/{other['id']}")).status_code == 404
    await owner.data("POST", GATEWAYS, json=second)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"provider": "gołąb"}, ["body", "provider"]),
        ({"credentials": {}}, ["body", "credentials", "token"]),
        ({"credentials": {"token": "a b"}}, ["body", "credentials", "token"]),
        ({"credentials": {"token": "a", "other": "b"}}, ["body", "credentials", "other"]),
        ({"senderName": "Zakład Fryzjerski"}, ["body", "senderName"]),
        ({"number": None}, ["body"]),
    ],
)
async def test_gateway_that_cannot_be_names_the_field(owner: Caller, change: dict[str, Any], path: list[str]) -> None:
    refused = await owner.send("POST", GATEWAYS, json={**SMSAPI, **change})
    assert refused.status_code == 422
    assert [detail["path"] for detail in refused.json()["error"]["details"]] == [path]
    assert "a b" not in refused.text
