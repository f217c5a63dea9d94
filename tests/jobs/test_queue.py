"""Jobs are done once the change that asks for them is committed, by one worker at a time, and never forgotten."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import ClaimedJob, Job, JobState
from sekretarka.core.database.unit_of_work import ReadOnlyUnitOfWorkError, UnitOfWork, begin
from sekretarka.core.errors import NotFound
from sekretarka.core.runtime import clock, crypto, wakeup
from sekretarka.jobs import queue, runner
from sekretarka.providers.errors import ProviderError, refuse_inside_scope
from tests import factories as make
from tests.support.jobs import jobs


async def later(name: str = "note", key: str | None = None, delay: float = 0, **payload: str) -> None:
    async with begin(actor.system(), write=True) as uow:
        await uow.enqueue(name, payload, key=key, run_after=uow.now + timedelta(seconds=delay))


def failing(error: Exception) -> Callable[[ClaimedJob], Awaitable[None]]:
    async def handler(work: ClaimedJob) -> None:
        raise error

    return handler


class Notes:
    """A job's function that notes what it was given."""

    def __init__(self) -> None:
        self.done: list[ClaimedJob] = []

    async def __call__(self, work: ClaimedJob) -> None:
        refuse_inside_scope()
        self.done.append(work)


async def test_a_job_runs_outside_any_transaction_and_is_forgotten(database: engine.Database) -> None:
    notes = Notes()
    await later(text="tajemnica")
    [waiting] = await jobs()
    assert "tajemnica" not in waiting.payload
    assert await runner.drain({"note": notes}) == 1
    assert await runner.drain({"note": notes}) == 0
    [work], [job] = notes.done, await jobs()
    assert (work.id, work.payload, work.attempt) == (job.id, {"text": "tajemnica"}, 1)
    assert (job.state, job.payload) == (JobState.DONE, "")


async def test_what_is_rolled_back_leaves_no_job(database: engine.Database) -> None:
    async def change_and_fail() -> None:
        async with begin(actor.system(), write=True) as uow:
            await uow.enqueue("note", {})
            raise NotFound

    with pytest.raises(NotFound):
        await change_and_fail()

    async def change_and_take_back(uow: UnitOfWork) -> None:
        async with uow.savepoint():
            await uow.enqueue("note", {})
            raise NotFound

    async with begin(actor.system(), write=True) as uow:
        with pytest.raises(NotFound):
            await change_and_take_back(uow)
    async with begin(actor.system()) as uow:
        with pytest.raises(ReadOnlyUnitOfWorkError):
            await uow.enqueue("note", {})
    assert await jobs() == []


async def test_a_key_makes_repeats_one_job_also_when_it_is_done(database: engine.Database) -> None:
    notes = Notes()
    await asyncio.gather(*(later(key="visit-1") for _ in range(20)))
    assert await runner.drain({"note": notes}) == 1
    await later(key="visit-1")
    await later(key="visit-2")
    assert await runner.drain({"note": notes}) == 1


async def test_a_job_waits_for_its_time(database: engine.Database) -> None:
    await later(delay=3_600)
    notes = Notes()
    assert await runner.drain({"note": notes}) == 0
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert await runner.drain({"note": notes}) == 1


async def test_failures_come_back_later_and_later_and_twelve_are_the_end(database: engine.Database) -> None:
    await later()
    delays = []
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(queue.MAX_ATTEMPTS):
            assert await runner.drain({"note": failing(RuntimeError("no luck"))}) == 1
            [job] = await jobs()
            delays.append((job.run_after - clock.now()).total_seconds())
            time.shift(timedelta(hours=2))
        assert await runner.drain({"note": Notes()}) == 0
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
        (NotFound(), JobState.PENDING, "NOT_FOUND"),
    ],
)
async def test_what_cannot_get_better_is_not_tried_again(
    database: engine.Database, error: Exception, state: JobState, reason: str
) -> None:
    await later()
    await runner.drain({"note": failing(error)})
    [job] = await jobs()
    assert (job.state, job.attempts, job.reason) == (state, 1, reason)


async def test_a_job_of_the_next_version_waits_for_its_worker(database: engine.Database) -> None:
    await later("of tomorrow")
    await runner.drain({})
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert await runner.drain({"of tomorrow": Notes()}) == 1


async def claimed(limit: int = 1) -> list[ClaimedJob]:
    async with begin(actor.system(), write=True) as uow:
        return await queue.claim(uow, limit)


async def test_a_dead_workers_job_is_taken_over_after_the_lease(database: engine.Database) -> None:
    await later(text="once")
    with time_machine.travel(clock.now(), tick=False) as time:
        [of_the_dead] = await claimed()
        time.shift(queue.LEASE - timedelta(seconds=1))
        assert await claimed() == []
        time.shift(timedelta(seconds=1))
        [taken_over] = await claimed()
        assert (taken_over.id, taken_over.payload, taken_over.attempt) == (of_the_dead.id, {"text": "once"}, 2)
        # Whoever was only slow has nothing to say any more.
        async with begin(actor.system(), write=True) as uow:
            await queue.complete(uow, of_the_dead)
            await queue.fail(uow, of_the_dead, "late", temporary=False)
        assert (await jobs())[0].state is JobState.PENDING
        async with begin(actor.system(), write=True) as uow:
            await queue.complete(uow, taken_over)
    assert (await jobs())[0].state is JobState.DONE


async def test_a_job_that_kills_its_workers_ends(database: engine.Database) -> None:
    await later()
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(queue.MAX_ATTEMPTS):
            assert len(await claimed()) == 1
            time.shift(queue.LEASE)
        assert await claimed() == []
    [job] = await jobs()
    assert (job.state, job.reason) == (JobState.DEAD, "its workers died")


async def test_two_workers_never_have_the_same_job(database: engine.Database) -> None:
    async with begin(actor.system(), write=True) as uow:
        for number in range(60):
            await uow.enqueue("note", {"number": number})
    seen: Counter[int] = Counter()

    async def slow(work: ClaimedJob) -> None:
        seen[work.payload["number"]] += 1
        await asyncio.sleep(0.002)

    workers = [asyncio.create_task(runner.run({"note": slow})) for _ in range(2)]
    await until_settled()
    for worker in workers:
        worker.cancel()
    await asyncio.wait(workers)
    assert seen == Counter(range(60))
    assert {(job.state, job.attempts) for job in await jobs()} == {(JobState.DONE, 1)}


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(1_000):
        if await is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def until_settled() -> None:
    async def settled() -> bool:
        return all(job.state is not JobState.PENDING for job in await jobs())

    await until(settled)


async def test_a_worker_hears_at_once_and_a_slow_job_holds_nobody_up(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL_SECONDS", 60)
    release, notes = asyncio.Event(), Notes()

    async def stuck(work: ClaimedJob) -> None:
        await release.wait()

    worker = asyncio.create_task(runner.run({"note": notes, "stuck": stuck}))

    async def listens() -> bool:
        return bool(wakeup.current()._waiters.get(wakeup.JOBS))  # type: ignore[attr-defined]

    async def noted() -> bool:
        return len(notes.done) == 12

    await until(listens)
    await later("stuck")
    for number in range(12):
        await later(text=str(number))
    await until(noted)
    release.set()
    await until_settled()
    worker.cancel()
    await asyncio.wait([worker])


async def test_a_job_that_takes_too_long_is_given_up_before_its_lease_ends(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queue.LEASE.total_seconds() > queue.JOB_TIMEOUT
    monkeypatch.setattr(queue, "JOB_TIMEOUT", 0.01)

    async def endless(work: ClaimedJob) -> None:
        await asyncio.Event().wait()

    await later()
    await runner.drain({"note": endless})
    [job] = await jobs()
    assert (job.state, job.reason) == (JobState.PENDING, "TimeoutError")


async def test_an_altered_payload_is_not_run(database: engine.Database) -> None:
    await later(text="genuine")
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Job).values(payload=crypto.encrypt("no JSON")))
    assert await claimed() == []
    [job] = await jobs()
    assert job.state is JobState.DEAD


async def test_jobs_of_an_organisation_know_it_and_go_with_it(database: engine.Database) -> None:
    business = await make.organization()
    async with begin(actor.system(business.id), write=True) as uow:
        await uow.enqueue("note", {})
        await uow.enqueue("note", {})
    notes = Notes()
    [work] = await claimed()
    await runner.run_job(work, {"note": notes})
    assert notes.done[0].organization_id == business.id
    async with begin(actor.system(), write=True) as uow:
        await uow.delete(business)
    assert await jobs() == []


async def test_settled_jobs_are_forgotten_in_time(database: engine.Database) -> None:
    await later()
    await later("broken")
    await runner.drain({"note": Notes(), "broken": failing(ProviderError("smtp", "no", temporary=False))})
    for days, left in ((6, 2), (8, 1), (31, 0)):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            async with begin(actor.system(), write=True) as uow:
                await queue.purge(uow)
        assert len(await jobs()) == left


async def test_nobody_calls_out_inside_a_transaction(database: engine.Database) -> None:
    async with begin(actor.system()):
        with pytest.raises(RuntimeError, match="transaction is open"):
            refuse_inside_scope()
    refuse_inside_scope()
