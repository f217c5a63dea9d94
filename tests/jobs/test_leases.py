"""Whoever runs a job renews its lease; who died is replaced after it, who lost it stops."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
import time_machine

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import ClaimedJob, JobState
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.jobs import queue, runner
from tests.jobs.kinds import Note, Recorder, all_done, claim, enqueue, notes, working
from tests.support.jobs import jobs
from tests.support.waiting import until


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases of 1.8 s, renewed every 0.6 s."""
    monkeypatch.setattr(queue, "LEASE", timedelta(seconds=1.8))
    monkeypatch.setattr(runner, "RENEW_SECONDS", 0.6)
    monkeypatch.setattr(runner, "POLL_SECONDS", 0.05)


class Endless:
    """A handler that ends only when it is stopped."""

    def __init__(self) -> None:
        self.started = 0
        self.stopped = 0

    async def __call__(self, job: ClaimedJob[Note]) -> None:
        self.started += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise


async def test_two_workers_never_run_the_same_job(database: engine.Database) -> None:
    async with begin(actor.system(), write=True) as uow:
        for number in range(60):
            await uow.enqueue(Note(number=number))
    seen: Counter[int] = Counter()

    async def slow(job: ClaimedJob[Note]) -> None:
        seen[job.payload.number] += 1
        await asyncio.sleep(0.002)

    async with working(notes(slow), workers=2):
        await all_done()
    assert seen == Counter(range(60))
    assert {(job.state, job.attempts) for job in await jobs()} == {(JobState.DONE, 1)}


@pytest.mark.usefixtures("short_leases")
async def test_job_longer_than_its_lease_is_not_taken_over(database: engine.Database) -> None:
    runs = 0

    async def long(job: ClaimedJob[Note]) -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(3)

    await enqueue(Note())
    async with working(notes(long), workers=2):
        await all_done()
    assert (runs, (await jobs())[0].attempts) == (1, 1)


async def test_dead_workers_job_is_taken_over_after_the_lease(database: engine.Database) -> None:
    await enqueue(Note(text="once"))
    with time_machine.travel(clock.now(), tick=False) as time:
        of_the_dead = await claim()
        time.shift(queue.LEASE - timedelta(seconds=1))
        assert await claim() is None
        time.shift(timedelta(seconds=1))
        taken_over = await claim()
        assert of_the_dead is not None
        assert taken_over is not None
        assert (taken_over.id, taken_over.payload, taken_over.attempt) == (of_the_dead.id, Note(text="once"), 2)
        # Whoever was only slow can neither renew nor settle it any more.
        async with begin(actor.system(), write=True) as uow:
            assert await queue.renew(uow, [of_the_dead]) == set()
            await queue.complete(uow, of_the_dead)
            await queue.fail(uow, of_the_dead, "late", temporary=False)
        assert (await jobs())[0].state is JobState.PENDING
        async with begin(actor.system(), write=True) as uow:
            await queue.complete(uow, taken_over)
    assert (await jobs())[0].state is JobState.DONE


@pytest.mark.usefixtures("short_leases")
async def test_worker_that_cannot_renew_stops_before_the_lease_ends(database: engine.Database) -> None:
    endless = Endless()
    await enqueue(Note())
    async with working(notes(endless)):
        await until(lambda: endless.started == 1)
        leased_until = (await jobs())[0].run_after
        engine.connect("postgresql://nobody@127.0.0.1:1/none")
        await database.dispose()
        await until(lambda: endless.stopped == 1)
        assert clock.now() < leased_until + timedelta(seconds=runner.RENEW_SECONDS), "renewed once more at most"


async def test_cancelled_job_is_not_run_and_frees_its_key(database: engine.Database) -> None:
    await enqueue(Note(number=1), key="reminder-1", delay=60)
    async with begin(actor.system(), write=True) as uow:
        assert await uow.cancel_job("reminder-1")
        assert not await uow.cancel_job("reminder-1")
        assert not await uow.cancel_job("never")
    await enqueue(Note(number=2), key="reminder-1")
    recorder = Recorder()
    await runner.drain(notes(recorder))
    assert [job.payload.number for job in recorder.jobs] == [2]
    async with begin(actor.system(), write=True) as uow:
        assert not await uow.cancel_job("reminder-1"), "it is done"
    assert len(await jobs()) == 1


@pytest.mark.usefixtures("short_leases")
async def test_running_job_that_is_cancelled_stops(database: engine.Database) -> None:
    endless = Endless()
    await enqueue(Note(), key="recording-1")
    async with working(notes(endless)) as [worker]:
        await until(lambda: endless.started == 1)
        async with begin(actor.system(), write=True) as uow:
            assert await uow.cancel_job("recording-1")
        await until(lambda: endless.stopped == 1)
        assert not worker.done(), "the worker goes on"
    assert (endless.started, await jobs()) == (1, [])
