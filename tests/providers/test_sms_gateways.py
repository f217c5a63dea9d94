"""What every SMS gateway does, against the sandbox over real HTTP: what is sent once, what is not, and what of it we
know."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database.engine import Database
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.providers import registry, sms_http
from sekretarka.providers.sms import ACCOUNT_FAILURES, Failure, Progress, SendingFailed, Sms, StatusReport
from sekretarka.sandbox.sms import twilio as twilio_sandbox
from sekretarka.sandbox.sms.behavior import Callbacks, Fault
from sekretarka.sandbox.sms.gateway import Gateway
from tests.support.ports import free_port
from tests.support.sms_gateways import CREDENTIALS, Webhook, gateway_of

CLIENT, LINE = "+48601000111", "+48732000300"
BODY = "Przypominamy o wizycie jutro o 10:00. Odpisz TAK albo NIE. Studio Lawenda €"
pytestmark = pytest.mark.parametrize("name", registry.SMS_GATEWAYS)


def sms(**values: Any) -> Sms:
    return replace(Sms(new_id(), to=CLIENT, sender=LINE, body=BODY, callback_url=""), **values)


def again(message: Sms) -> Sms:
    return replace(message, first_tried_at=clock.now())


async def failure(name: str, message: Sms) -> SendingFailed:
    with pytest.raises(SendingFailed) as raised:
        await gateway_of(name).send(message)
    assert not any(personal in repr(raised.value) + str(raised.value) for personal in (CLIENT[3:], "Lawenda", "token"))
    assert raised.value.__suppress_context__ or raised.value.__cause__ is None
    return raised.value


@pytest.mark.parametrize("sender", [LINE, "Lawenda"])
async def test_message_arrives_as_it_was_written(name: str, sms_sandbox: Gateway, sender: str) -> None:
    gateway_id = await gateway_of(name).send(sms(sender=sender))
    [taken] = sms_sandbox.log.newest()
    assert (taken.vendor, taken.id) == (name, gateway_id)
    assert (taken.client, taken.line, taken.body) == (CLIENT, sender, BODY)


async def test_repeated_message_is_sent_once(name: str, sms_sandbox: Gateway) -> None:
    message = sms()
    gateway_id = await gateway_of(name).send(message)
    assert await gateway_of(name).send(again(message)) in (gateway_id, None)
    assert len(sms_sandbox.log.newest()) == 1
    await gateway_of(name).send(sms(body="inna"))
    assert len(sms_sandbox.log.newest()) == 2


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HANG])
async def test_lost_answer_doubles_nothing(
    name: str, fault: Fault, sms_sandbox: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    sms_sandbox.behavior.fault, sms_sandbox.behavior.times = fault, 1
    message = sms()
    with monkeypatch.context() as patch:
        patch.setattr(sms_http, "TIMEOUT_SECONDS", 0.5)
        error = await failure(name, message)
    assert (error.failure, error.temporary, error.uncertain) == (Failure.UNAVAILABLE, True, True)
    await gateway_of(name).send(again(message))
    assert [taken.body for taken in sms_sandbox.log.newest()] == [BODY]


async def test_what_was_not_taken_is_sent_at_the_next_try(name: str, sms_sandbox: Gateway) -> None:
    sms_sandbox.behavior.fault, sms_sandbox.behavior.times = Fault.BROKEN, 1
    message = sms()
    assert (await failure(name, message)).uncertain
    await gateway_of(name).send(again(message))
    assert [taken.body for taken in sms_sandbox.log.newest()] == [BODY]


@pytest.mark.parametrize(
    ("fault", "expected", "temporary", "uncertain"),
    [
        (Fault.THROTTLED, Failure.RATE_LIMITED, True, False),
        (Fault.BROKEN, Failure.UNAVAILABLE, True, True),
        (Fault.NO_CREDIT, Failure.NO_CREDIT, True, False),
        (Fault.BAD_SENDER, Failure.SENDER_REJECTED, True, False),
    ],
)
async def test_refusals(
    name: str, sms_sandbox: Gateway, fault: Fault, expected: Failure, temporary: bool, uncertain: bool
) -> None:
    sms_sandbox.behavior.fault = fault
    error = await failure(name, sms())
    assert (error.failure, error.temporary, error.uncertain) == (expected, temporary, uncertain)
    assert sms_sandbox.log.newest() == []


async def test_numbers_and_texts_that_nobody_takes(name: str, sms_sandbox: Gateway) -> None:
    for message, expected in [
        (sms(to="+48"), Failure.INVALID_RECIPIENT),
        (sms(body="a" * 1_601), Failure.TOO_LONG),
    ]:
        error = await failure(name, message)
        assert (error.failure, error.temporary, error.uncertain) == (expected, False, False)


async def test_credentials_are_checked(name: str, sms_sandbox: Gateway) -> None:
    await gateway_of(name).check()
    secret = {"smsapi": "token", "twilio": "auth_token"}[name]
    wrong = registry.sms_gateway(name, {**CREDENTIALS[name], secret: "wrong"})
    for attempt in (wrong.check(), wrong.send(sms())):
        with pytest.raises(SendingFailed) as raised:
            await attempt
        assert (raised.value.failure, raised.value.temporary) == (Failure.CREDENTIALS, True)
        assert raised.value.failure in ACCOUNT_FAILURES
        assert not raised.value.uncertain
    assert sms_sandbox.log.newest() == []


async def test_gateway_that_is_down_was_given_nothing(name: str, configure: Callable[..., None]) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    configure(smsapi_url=address, twilio_url=address)
    error = await failure(name, sms())
    assert (error.failure, error.temporary, error.uncertain) == (Failure.UNAVAILABLE, True, False)


@pytest.mark.parametrize(
    ("answer", "expected", "uncertain"),
    [
        ((200, {}, b""), Failure.UNAVAILABLE, True),
        ((200, {}, b"[1]"), Failure.UNAVAILABLE, True),
        ((201, {}, b"OK"), Failure.UNAVAILABLE, True),
        ((200, {}, b"{" + b" " * 300_000 + b"}"), Failure.UNAVAILABLE, True),
        ((200, {}, b"[" * 100_000), Failure.UNAVAILABLE, True),
        ((200, {"Content-Encoding": "gzip"}, b"{}"), Failure.UNAVAILABLE, True),
        ((302, {"Location": "/elsewhere"}, b""), Failure.UNAVAILABLE, False),
        ((404, {}, b"<h1>"), Failure.UNAVAILABLE, False),
        ((401, {}, b""), Failure.CREDENTIALS, False),
        ((429, {}, b""), Failure.RATE_LIMITED, False),
        ((503, {}, b"{}"), Failure.UNAVAILABLE, True),
        ((400, {}, b'{"code": 1, "error": 1}'), Failure.REJECTED, False),
    ],
)
async def test_answers_of_somebody_else(
    name: str,
    webhook: Webhook,
    configure: Callable[..., None],
    answer: tuple[int, dict[str, str], bytes],
    expected: Failure,
    uncertain: bool,
) -> None:
    webhook.answer = answer
    configure(smsapi_url=webhook.url, twilio_url=webhook.url)
    error = await failure(name, sms())
    assert (error.failure, error.uncertain) == (expected, uncertain)
    assert error.temporary is (expected is not Failure.REJECTED)
    assert len(webhook.calls) == 1


@pytest.mark.parametrize("callbacks", [how for how in Callbacks if how not in (Callbacks.NONE, Callbacks.UNDELIVERED)])
async def test_reports_say_what_became_of_each_message(
    name: str, sms_sandbox: Gateway, webhook: Webhook, callbacks: Callbacks
) -> None:
    ours = gateway_of(name)
    webhook.answer = 200, {"Content-Type": ours.reply.media_type}, ours.reply.body.encode()
    sms_sandbox.behavior.callbacks = callbacks
    messages = [sms(callback_url=webhook.url) for _ in range(5)]
    ids = {await ours.send(message): message.id for message in messages}
    sms_sandbox.settle()
    reports: list[StatusReport] = []
    for call, form in zip(webhook.calls, webhook.forms, strict=True):
        ours.verify(call)
        reports += ours.reports(form)
        assert ours.inbound(form) == []
    times = 2 if callbacks is Callbacks.DUPLICATED else 1
    progress = [Progress.SENT, Progress.DELIVERED]
    for gateway_id, message_id in ids.items():
        told = [report.progress for report in reports if report.message_id == message_id]
        assert sorted(told) == sorted(progress * times)
        assert {report.gateway_id for report in reports if report.message_id == message_id} == {gateway_id}
        if callbacks is Callbacks.REVERSED:
            assert told == progress[::-1]
    assert len(reports) == 10 * times
    assert len(webhook.calls) == (2 if callbacks is Callbacks.BATCHED and name == "smsapi" else 10 * times)
    assert sms_sandbox.replies == [(200, ours.reply.body)] * len(webhook.calls)


async def test_undelivered_messages_say_why(name: str, sms_sandbox: Gateway, webhook: Webhook) -> None:
    sms_sandbox.behavior.callbacks = Callbacks.UNDELIVERED
    await gateway_of(name).send(sms(callback_url=webhook.url))
    sms_sandbox.settle()
    reports = [report for form in webhook.forms for report in gateway_of(name).reports(form)]
    assert [(report.progress, report.failure) for report in reports] == [
        (Progress.SENT, None),
        (Progress.FAILED, Failure.UNREACHABLE),
    ]


@pytest.mark.parametrize("text", ["TAK, potwierdzam wizytę 🙂", "stop", "Start "])
async def test_client_writes_back(name: str, sms_sandbox: Gateway, webhook: Webhook, text: str) -> None:
    ours = gateway_of(name)
    sms_sandbox.behavior.callbacks = Callbacks.NONE
    await ours.send(sms(callback_url=webhook.url))
    [sent] = sms_sandbox.log.newest()
    sms_sandbox.write_back(sent, text)
    [call], [form] = webhook.calls, webhook.forms
    ours.verify(call)
    assert ours.reports(form) == []
    [inbound] = ours.inbound(form)
    assert (inbound.sender.lstrip("+"), inbound.recipient.lstrip("+")) == (CLIENT[1:], LINE[1:])
    assert inbound.body == text
    assert inbound.gateway_id == sms_sandbox.log.newest()[0].id
    if name == "twilio":
        assert inbound.opts_out is {"stop": True, "start ": False}.get(text.lower())
        if inbound.opts_out:
            error = await failure(name, sms())
            assert (error.failure, error.temporary) == (Failure.OPTED_OUT, False)


async def test_nothing_is_sent_inside_a_transaction(name: str, database: Database, sms_sandbox: Gateway) -> None:
    async with begin(actor.system()):
        with pytest.raises(RuntimeError, match="transaction is open"):
            await gateway_of(name).send(sms())
    assert sms_sandbox.log.newest() == []


async def test_same_text_of_long_ago_is_another_message(name: str, sms_sandbox: Gateway) -> None:
    await gateway_of(name).send(sms())
    later = sms(first_tried_at=clock.now() + timedelta(hours=1))
    await gateway_of(name).send(later)
    assert len(sms_sandbox.log.newest()) == 2


async def test_unanswered_question_whether_it_was_sent_is_no_answer(
    name: str, webhook: Webhook, configure: Callable[..., None]
) -> None:
    webhook.answer = 429, {}, b""
    configure(smsapi_url=webhook.url, twilio_url=webhook.url)
    error = await failure(name, again(sms()))
    assert (error.temporary, error.uncertain) == (True, name == twilio_sandbox.VENDOR)
