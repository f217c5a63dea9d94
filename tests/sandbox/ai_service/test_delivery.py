"""Deliveries over a real socket: signed afresh for each attempt, repeated while it may help, counted."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest

from sekretarka.core.runtime import clock, crypto
from sekretarka.sandbox.ai_service import delivery, personas, scenarios
from sekretarka.sandbox.ai_service.calls import Call, make_call
from sekretarka.sandbox.ai_service.delivery import Sender, Target, open_client
from sekretarka.sandbox.ai_service.events import Event
from sekretarka.sandbox.ai_service.runner import run_call
from tests.sandbox.ai_service import contract
from tests.sandbox.ai_service.receiver import Receiver, Reply

AGENT = str(UUID(int=7))
EVENT = Event("msg_1", 0.0, {"type": "call_started", "timestamp": "…", "data": {"callerName": "Łucja"}})


@pytest.fixture
def receiver() -> Receiver:
    return Receiver(crypto.new_webhook_secret())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_DELAY", 0.01)


def target(receiver: Receiver) -> Target:
    return Target(receiver.url, AGENT, receiver.secret)


def booking(seed: int = 1) -> Call:
    rng = Random(seed)
    return make_call(rng, scenarios.ALL[0], datetime(2026, 11, 23, 9, tzinfo=UTC), personas.demo_clients())


async def test_one_delivery(receiver: Receiver) -> None:
    async with receiver.listening(), open_client() as client:
        sender = Sender(client, target(receiver))
        assert await sender.deliver(EVENT) == "acknowledged"
    (arrival,) = receiver.arrivals
    assert arrival.body == EVENT.body
    assert arrival.headers["content-type"] == "application/json"
    assert abs(int(arrival.headers["webhook-timestamp"]) - clock.now().timestamp()) < 5
    assert sender.tally.verdicts == {"acknowledged": 1}
    assert len(sender.tally.latencies) == 1


@pytest.mark.parametrize("trouble", [500, 503, 429, "drop"])
async def test_failed_delivery_is_retried_with_the_same_id(receiver: Receiver, trouble: Reply) -> None:
    receiver.answer = lambda number: trouble if number < 2 else 200
    async with receiver.listening(), open_client() as client:
        sender = Sender(client, target(receiver))
        assert await sender.deliver(EVENT) == "acknowledged"
    assert [arrival.id for arrival in receiver.arrivals] == ["msg_1"] * 3
    assert len({arrival.raw for arrival in receiver.arrivals}) == 1
    assert receiver.forged == 0
    assert sender.tally.attempts == 3


async def test_each_attempt_is_signed_at_its_own_time(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_DELAY", 1.3)
    receiver.answer = lambda number: 200 if number else 500
    async with receiver.listening(), open_client() as client:
        await Sender(client, target(receiver)).deliver(EVENT)
    first, second = receiver.arrivals
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


async def test_retry_after_is_obeyed(receiver: Receiver) -> None:
    receiver.answer = lambda number: 200 if number else 503
    receiver.extra_headers = "retry-after: 1\r\n"
    async with receiver.listening(), open_client() as client:
        await Sender(client, target(receiver)).deliver(EVENT)
    first, second = receiver.arrivals
    assert second.at - first.at >= 0.99


@pytest.mark.parametrize("verdict", [400, 404, 413, 302])
async def test_rejected_event_is_not_retried(receiver: Receiver, verdict: int) -> None:
    receiver.answer = lambda _number: verdict
    receiver.extra_headers = f"location: http://127.0.0.1:{receiver.port}/elsewhere\r\n"
    async with receiver.listening(), open_client() as client:
        sender = Sender(client, target(receiver))
        assert await sender.deliver(EVENT) == "refused"
    assert len(receiver.arrivals) == 1


async def test_delivery_fails_after_its_attempts(receiver: Receiver) -> None:
    async with receiver.listening():
        unreachable = target(receiver)
    async with open_client() as client:
        sender = Sender(client, unreachable, attempts=3)
        assert await sender.deliver(EVENT) == "failed"
    assert sender.tally.attempts == 3
    assert sender.tally.statuses == {"ConnectError": 3}
    assert sender.tally.latencies == []


async def test_wrong_secret_fails_verification(receiver: Receiver) -> None:
    async with receiver.listening(), open_client() as client:
        sender = Sender(client, Target(receiver.url, AGENT, crypto.new_webhook_secret()))
        assert await sender.deliver(EVENT) == "refused"
    assert receiver.forged == 1
    assert not receiver.arrivals


def test_a_secret_is_not_printed() -> None:
    assert "whsec_" not in repr(Target("http://127.0.0.1", AGENT, crypto.new_webhook_secret()))


async def test_call_is_delivered_line_by_line(receiver: Receiver) -> None:
    call = booking()
    before = clock.now()
    async with receiver.listening(), open_client() as client:
        sender = Sender(client, target(receiver))
        await run_call(sender, call, Random(1), speed=60)
    after = clock.now()
    bodies = [contract.check(arrival.body) for arrival in receiver.accepted]
    assert sender.tally.verdicts == {"acknowledged": len(bodies)}
    assert [body.data.sequence for body in bodies] == list(range(1, len(bodies) + 1))
    assert bodies[0].type == "call_started"
    assert {"transcript_updated", "appointment_requested", "message_sent", "call_ended"} <= {
        body.type for body in bodies
    }
    length = call.ending.seconds + (call.recording_after or 0)
    assert (after - before).total_seconds() >= length / 60
    assert receiver.arrivals[-1].at - receiver.arrivals[0].at == pytest.approx(length / 60, abs=0.3)
    assert all(body.data.occurred_at <= after for body in bodies), "nothing happens in the future"


async def test_events_leave_when_they_happen_at_normal_speed(receiver: Receiver) -> None:
    whole = booking()
    call = replace(
        whole, segments=(), appointment_request=None, message=None, ending=replace(whole.ending, seconds=2.5)
    )
    call = replace(call, recording_after=0.5)
    async with receiver.listening(), open_client() as client:
        playing = asyncio.create_task(run_call(Sender(client, target(receiver)), call, Random(1)))
        begin = clock.now().timestamp() - asyncio.get_running_loop().time()
        await playing
    assert [arrival.body["type"] for arrival in receiver.arrivals] == ["call_started", "call_ended", "recording_ready"]
    for arrival in receiver.arrivals:
        happened = datetime.fromisoformat(arrival.body["data"]["occurredAt"]).timestamp()
        assert begin + arrival.at == pytest.approx(happened, abs=0.25)


async def test_failed_event_does_not_delay_the_next(receiver: Receiver) -> None:
    receiver.answer = lambda number: "drop" if number in (0, 1, 4) else 500 if number % 5 == 3 else 200
    async with receiver.listening(), open_client() as client:
        sender = Sender(client, target(receiver))
        await run_call(sender, booking(2), Random(1), speed=200)
    ids = {arrival.id for arrival in receiver.arrivals}
    assert {arrival.id for arrival in receiver.accepted} == ids
    assert len(receiver.accepted) == len(ids) == sender.tally.events
    assert sender.tally.attempts == len(receiver.arrivals) > len(ids)
    assert receiver.forged == 0


async def test_call_can_be_cancelled(receiver: Receiver) -> None:
    async with receiver.listening(), open_client() as client:
        playing = asyncio.create_task(run_call(Sender(client, target(receiver)), booking(), Random(1), speed=10))
        await asyncio.sleep(0.5)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        count = len(receiver.arrivals)
        await asyncio.sleep(0.5)
    assert len(receiver.arrivals) == count >= 1
