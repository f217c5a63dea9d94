"""Jobs run once the change that asks for them is committed, by one worker at a time, and are never lost."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import ClaimedJob, Job, JobPayload, JobState, Lane
from sekretarka.core.database.unit_of_work import ReadOnlyUnitOfWorkError, UnitOfWork, begin
from sekretarka.core.errors import NotFound, Throttled, Unavailable
from sekretarka.core.runtime import clock, crypto
from sekretarka.jobs import lanes, queue, runner
from sekretarka.jobs.lanes import LaneLimits
from sekretarka.jobs.queue import JobHandler
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.providers.errors import ProviderError, refuse_inside_unit_of_work
from tests import factories
from tests.jobs.kinds import Note, Recorder, Slow, claim, enqueue, failing, notes, working
from tests.support.jobs import jobs
from tests.support.waiting import until


async def test_job_runs_outside_any_transaction_and_its_payload_is_emptied(database: engine.Database) -> None:
    recorder = Recorder()
    await enqueue(Note(text="tajemnica"))
    [waiting] = await jobs()
    assert "tajemnica" not in waiting.payload
    assert await runner.drain(notes(recorder)) == 1
    assert await runner.drain(notes(recorder)) == 0
    [work], [job] = recorder.jobs, await jobs()
    assert (work.id, work.payload, work.attempt) == (job.id, Note(text="tajemnica"), 1)
    assert (job.state, job.payload) == (JobState.DONE, "")


async def test_rolled_back_change_leaves_no_job(database: engine.Database) -> None:
    async def change_and_fail() -> None:
        async with begin(actor.system(), write=True) as uow:
            await uow.enqueue(Note())
            raise NotFound

    with pytest.raises(NotFound):
        await change_and_fail()

    async def change_and_take_back(uow: UnitOfWork) -> None:
        async with uow.savepoint():
            await uow.enqueue(Note())
            raise NotFound

    async with begin(actor.system(), write=True) as uow:
        with pytest.raises(NotFound):
            await change_and_take_back(uow)
    async with begin(actor.system()) as uow:
        with pytest.raises(ReadOnlyUnitOfWorkError):
            await uow.enqueue(Note())
    assert await jobs() == []


async def test_repeats_of_a_key_are_one_job_also_when_it_is_done(database: engine.Database) -> None:
    recorder = Recorder()
    await asyncio.gather(*(enqueue(Note(), key="appointment-1") for _ in range(20)))
    assert await runner.drain(notes(recorder)) == 1
    await enqueue(Note(), key="appointment-1")
    await enqueue(Note(), key="appointment-2")
    assert await runner.drain(notes(recorder)) == 1


async def test_job_waits_for_its_time(database: engine.Database) -> None:
    await enqueue(Note(), delay=3_600)
    recorder = Recorder()
    assert await runner.drain(notes(recorder)) == 0
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert await runner.drain(notes(recorder)) == 1


async def test_failed_job_is_retried_with_growing_delays_twelve_times(database: engine.Database) -> None:
    await enqueue(Note())
    delays = []
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(queue.MAX_ATTEMPTS):
            assert await runner.drain(failing(RuntimeError("no luck"))) == 1
            [job] = await jobs()
            delays.append((job.run_after - clock.now()).total_seconds())
            time.shift(timedelta(hours=2))
        assert await runner.drain(notes(Recorder())) == 0
    assert 4 <= delays[0] <= 6
    assert 16 <= delays[2] <= 24
    assert 2_880 <= delays[10] <= 4_320
    assert (job.state, job.attempts, job.reason) == (JobState.DEAD, 12, "RuntimeError")
    assert job.payload != ""


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (ProviderError("smtp", "answered 451", temporary=True), JobState.PENDING, "smtp: answered 451"),
        (ProviderError("smtp", "answered 550", temporary=False), JobState.DEAD, "smtp: answered 550"),
        (NotFound(), JobState.DEAD, "NOT_FOUND"),
        (Throttled(), JobState.PENDING, "RATE_LIMITED"),
        (Unavailable(), JobState.PENDING, "SERVICE_UNAVAILABLE"),
    ],
)
async def test_only_a_temporary_error_is_tried_again(
    database: engine.Database, error: Exception, state: JobState, reason: str
) -> None:
    await enqueue(Note())
    await runner.drain(failing(error))
    [job] = await jobs()
    assert (job.state, job.attempts, job.reason) == (state, 1, reason)


async def test_job_without_handler_waits_for_a_worker_that_has_one(database: engine.Database) -> None:
    await enqueue(Slow())
    recorder = Recorder()
    assert await runner.drain(notes(recorder)) == 0
    assert [(job.state, job.attempts) for job in await jobs()] == [(JobState.PENDING, 0)]
    assert await runner.drain(queue.by_name(JobHandler(Slow, recorder))) == 1


async def test_job_that_kills_its_workers_ends(database: engine.Database) -> None:
    await enqueue(Note())
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(queue.MAX_ATTEMPTS):
            assert await claim() is not None
            time.shift(queue.LEASE)
        assert await claim() is None
    [job] = await jobs()
    assert (job.state, job.reason) == (JobState.DEAD, "its workers died")


async def test_worker_hears_of_a_new_job_at_once(database: engine.Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 60)
    recorder = Recorder()
    async with working(notes(recorder)):
        for number in range(12):
            await enqueue(Note(number=number))
            await until(lambda: len(recorder.jobs) > number)  # noqa: B023 - awaited at once


async def test_job_past_its_lanes_timeout_is_tried_again(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lanes.LANES, Lane.DEFAULT, LaneLimits(1, timeout=0.01))

    async def endless(job: ClaimedJob[Note]) -> None:
        await asyncio.Event().wait()

    await enqueue(Note())
    await runner.drain(notes(endless))
    [job] = await jobs()
    assert (job.state, job.reason) == (JobState.PENDING, "TimeoutError")


@pytest.mark.parametrize("payload", ["no JSON", "[]", '{"number": "many"}'])
async def test_payload_that_is_not_of_its_type_is_not_run(database: engine.Database, payload: str) -> None:
    await enqueue(Note(text="genuine"))
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Job).values(payload=crypto.encrypt(payload)))
    assert await claim() is None
    [job] = await jobs()
    assert (job.state, job.reason) == (JobState.DEAD, "the payload is no Note")


async def test_payload_encrypted_with_another_key_is_not_run(database: engine.Database) -> None:
    await enqueue(Note())
    [job] = await jobs()
    altered = ("B" if job.payload[0] == "A" else "A") + job.payload[1:]
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Job).values(payload=altered))
    assert await claim() is None
    assert (await jobs())[0].reason == "the payload cannot be read, SECRET_KEY was changed"


def test_two_kinds_of_jobs_never_share_a_name() -> None:
    with pytest.raises(ValueError, match="same name"):
        queue.by_name(JobHandler(Note, Recorder()), JobHandler(Note, Recorder()))


def test_every_kind_of_job_has_a_handler() -> None:
    kinds = {kind for kind in _below(JobPayload) if kind.__module__.startswith("sekretarka.")}
    assert {handler.payload for handler in JOB_HANDLERS.values()} == kinds
    assert all(len(kind.job_name) <= 64 for kind in kinds)


def _below(kind: type[JobPayload]) -> set[type[JobPayload]]:
    return {kind, *(descendant for child in kind.__subclasses__() for descendant in _below(child))} - {JobPayload}


async def test_jobs_of_an_organization_know_it_and_go_with_it(database: engine.Database) -> None:
    organization = await factories.organization()
    await enqueue(Note(), organization)
    await enqueue(Note(), organization)
    recorder = Recorder()
    job = await claim()
    assert job is not None
    await runner.run_job(job, notes(recorder))
    assert recorder.jobs[0].organization_id == organization.id
    async with begin(actor.system(), write=True) as uow:
        await uow.delete(organization)
    assert await jobs() == []


async def test_settled_jobs_are_purged_in_time(database: engine.Database) -> None:
    await enqueue(Note())
    await runner.drain(notes(Recorder()))
    await enqueue(Note())
    await runner.drain(failing(ProviderError("smtp", "no", temporary=False)))
    for days, left in ((6, 2), (8, 1), (31, 0)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            async with begin(actor.system(), write=True) as uow:
                await queue.purge(uow)
        assert len(await jobs()) == left


async def test_provider_is_not_called_inside_a_transaction(database: engine.Database) -> None:
    async with begin(actor.system()):
        with pytest.raises(RuntimeError, match="transaction is open"):
            refuse_inside_unit_of_work()
    refuse_inside_unit_of_work()
