"""The demo's calls: soon, again and again, never more at once than allowed, until cancelled."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest

from sekretarka.core.runtime import crypto
from sekretarka.sandbox.ai_service import call_server
from sekretarka.sandbox.ai_service.call_server import Pace
from sekretarka.sandbox.ai_service.delivery import Target
from tests.sandbox.ai_service import contract
from tests.sandbox.ai_service.receiver import Receiver
from tests.support.waiting import until

AGENT = str(UUID(int=7))
QUICK = Pace(first=0.05, gap=(0.02, 0.06), parallel=2, speed=100)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver(crypto.new_webhook_secret()).listening() as listening:
        yield listening


async def run_calls(
    receiver: Receiver,
    seconds: float,
    pace: Pace = QUICK,
    journal: Path | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> None:
    """Let it ring for so long, or until it is enough."""

    async def find_target() -> Target:
        return Target(receiver.url, AGENT, receiver.secret)

    task = asyncio.create_task(call_server.run(find_target, pace, journal))
    with contextlib.suppress(TimeoutError):
        await until(enough, seconds)
    task.cancel()
    # Not done before, and done soon after.
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)


def test_first_call_arrives_within_twenty_seconds() -> None:
    pace = Pace()
    assert pace.first < 5
    assert max(pace.gap) < 20
    assert pace.parallel in (2, 3)
    assert pace.speed == 1


async def test_calls_never_exceed_the_parallel_limit(receiver: Receiver) -> None:
    await run_calls(receiver, 4.0)
    open_lines: set[str] = set()
    most, ended = 0, 0
    for arrival in receiver.accepted:
        event = contract.check(arrival.body)
        assert event.data.agent_id == UUID(AGENT)
        if event.type == "call_started":
            open_lines.add(event.data.call_id)
        if event.type == "call_ended":
            open_lines.discard(event.data.call_id)
            ended += 1
        most = max(most, len(open_lines))
    assert ended >= 3
    assert most == 2


async def test_first_call_asks_for_an_appointment(receiver: Receiver) -> None:
    await run_calls(receiver, 1.2, Pace(first=0, gap=(10, 10), speed=200))
    kinds = [arrival.body["type"] for arrival in receiver.accepted]
    assert kinds[0] == "call_started"
    assert "appointment_requested" in kinds


async def test_nothing_is_sent_after_cancellation(receiver: Receiver) -> None:
    await run_calls(receiver, 0.5)
    count = len(receiver.arrivals)
    await asyncio.sleep(0.4)
    assert len(receiver.arrivals) == count > 0


async def test_interrupted_calls_are_ended_by_the_next_run(receiver: Receiver, tmp_path: Path) -> None:
    journal = tmp_path / "calls.json"

    def journal_call_ids() -> set[str]:
        return set(json.loads(journal.read_text())) if journal.exists() else set()

    def call_ids(*, ended: bool) -> set[str]:
        arrivals = (arrival.body for arrival in receiver.accepted)
        return {body["data"]["callId"] for body in arrivals if not ended or body["type"] == "call_ended"}

    def open_call_ids() -> set[str]:
        # A call that nobody answers is over at once.
        return call_ids(ended=False) - call_ids(ended=True)

    def talking() -> set[str]:
        """Calls that somebody speaks in last for seconds; the others may be over while the run is stopped."""
        bodies = [arrival.body for arrival in receiver.accepted]
        return {body["data"]["callId"] for body in bodies if body["type"] == "transcript_updated"}

    three = Pace(first=0, gap=(0.05, 0.05), parallel=3, speed=1)
    await run_calls(
        receiver,
        60,
        three,
        journal,
        enough=lambda: len(journal_call_ids()) == 3 and journal_call_ids() == open_call_ids() <= talking(),
    )
    interrupted = journal_call_ids()
    assert len(interrupted) == 3
    assert interrupted == open_call_ids()
    receiver.arrivals.clear()
    await run_calls(
        receiver,
        10,
        Pace(first=0, gap=(10, 10), speed=1),
        journal,
        enough=lambda: interrupted <= call_ids(ended=True),
    )
    bodies = (arrival.body for arrival in receiver.accepted if arrival.body["type"] == "call_ended")
    endings = [body["data"] for body in bodies if body["data"]["callId"] in interrupted]
    assert sorted(ending["callId"] for ending in endings) == sorted(interrupted), "each is ended once"
    for ending in endings:
        assert ending["status"] == "failed"
        assert ending["sequence"] > 1000
        assert ending["startedAt"] < ending["endedAt"]
    assert not interrupted & set(json.loads(journal.read_text()))


@pytest.mark.parametrize("content", ["", "[1]", "{", "null"])
async def test_damaged_journal_is_ignored(receiver: Receiver, tmp_path: Path, content: str) -> None:
    journal = tmp_path / "calls.json"
    journal.write_text(content)
    await run_calls(receiver, 10, QUICK, journal, enough=lambda: bool(receiver.accepted))
    assert receiver.accepted


async def test_waits_without_a_target(receiver: Receiver) -> None:
    attempts = 0

    async def find_target() -> Target | None:
        nonlocal attempts
        attempts += 1
        return Target(receiver.url, AGENT, receiver.secret) if attempts > 3 else None

    task = asyncio.create_task(call_server.run(find_target, QUICK))
    await until(lambda: receiver.accepted)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert attempts > 3
