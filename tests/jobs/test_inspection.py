"""What an operator sees of the queue, and what comes of a job that is run again or dropped."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import Job, JobState, Lane
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import InvalidStateTransition, NotFound
from sekretarka.core.runtime import clock
from sekretarka.jobs import inspection, queue, runner, schedule
from sekretarka.jobs.inspection import LaneState
from sekretarka.providers.errors import ProviderError
from tests import factories
from tests.jobs.kinds import Film, Note, Recorder, claim, enqueue, failing, notes
from tests.support.jobs import jobs, scheduled

REFUSED = ProviderError("smtp", "recipient refused with 550", temporary=False)
AWAY = ProviderError("smtp", "answered 421", temporary=True)


async def seen(lane: Lane | None = None, state: JobState | None = None, limit: int = 50) -> list[Job]:
    async with begin(actor.system()) as uow:
        return list(await inspection.unfinished(uow, lane, state, limit))


async def lane_states() -> dict[Lane, LaneState]:
    async with begin(actor.system()) as uow:
        return {state.lane: state for state in await inspection.lanes(uow)}


async def retry(job_id: UUID) -> None:
    async with begin(actor.system(), write=True) as uow:
        await inspection.retry(uow, job_id)


async def drop(job_id: UUID) -> None:
    async with begin(actor.system(), write=True) as uow:
        await inspection.drop(uow, job_id)


async def test_dead_jobs_come_first_and_say_why(database: engine.Database) -> None:
    organization = await factories.organization()
    await enqueue(Note(number=1), organization)
    assert await runner.drain(failing(REFUSED)) == 1
    await enqueue(Note(number=2))
    await enqueue(Film(), delay=600)
    dead, *waiting = await seen()
    assert (dead.state, dead.reason, dead.organization_id) == (JobState.DEAD, str(REFUSED), organization.id)
    assert [job.lane for job in waiting] == [Lane.DEFAULT, Lane.MEDIA]
    assert [job.id for job in await seen(Lane.MEDIA)] == [waiting[1].id]
    assert [job.id for job in await seen(state=JobState.DEAD)] == [dead.id]
    assert [job.id for job in await seen(limit=1)] == [dead.id]


async def test_every_lane_is_counted(database: engine.Database) -> None:
    empty = {lane: LaneState(lane, 0, None, 0) for lane in Lane}
    assert await lane_states() == empty
    await enqueue(Note())
    await runner.drain(failing(REFUSED))
    await enqueue(Film(), delay=-60)
    await enqueue(Film())
    before = clock.now()
    states = await lane_states()
    assert states[Lane.DEFAULT] == LaneState(Lane.DEFAULT, 0, None, 1)
    media = states.pop(Lane.MEDIA)
    assert (media.waiting, media.dead) == (2, 0)
    assert media.due_since is not None
    assert timedelta(seconds=59) < before - media.due_since < timedelta(seconds=90)


async def test_dead_job_runs_again_with_all_its_attempts(database: engine.Database) -> None:
    await enqueue(Note(text="Dzień dobry"))
    await runner.drain(failing(REFUSED))
    [dead] = await jobs()
    await retry(dead.id)
    [again] = await jobs()
    assert (again.state, again.attempts, again.reason, again.settled_at) == (JobState.PENDING, 0, None, None)
    recorder = Recorder()
    assert await runner.drain(notes(recorder)) == 1
    assert [job.payload.text for job in recorder.jobs] == ["Dzień dobry"]


async def test_job_that_waits_long_need_not(database: engine.Database) -> None:
    await enqueue(Note(), delay=3_600)
    [waiting] = await jobs()
    assert await runner.drain(notes(Recorder())) == 0
    await retry(waiting.id)
    assert await runner.drain(notes(Recorder())) == 1


async def test_job_that_a_worker_may_have_is_not_run_beside_it(database: engine.Database) -> None:
    await enqueue(Note())
    assert await claim() is not None
    [leased] = await jobs()
    with pytest.raises(InvalidStateTransition):
        await retry(leased.id)


async def test_dropped_job_never_runs_and_its_worker_notices(database: engine.Database) -> None:
    await enqueue(Note(number=1))
    await enqueue(Note(number=2))
    claimed = await claim()
    assert claimed is not None
    for job in await jobs():
        await drop(job.id)
    assert await jobs() == []
    async with begin(actor.system(), write=True) as uow:
        assert await queue.renew(uow, [claimed]) == set()
        await queue.fail(uow, claimed, "too late", temporary=True)
    assert await jobs() == []


async def test_schedule_is_not_dropped(database: engine.Database) -> None:
    await schedule.start()
    for job in await scheduled():
        with pytest.raises(InvalidStateTransition):
            await drop(job.id)
    assert len(await scheduled()) == len(schedule.SCHEDULE)


async def test_there_is_nothing_to_do_about_jobs_that_are_done_or_never_were(database: engine.Database) -> None:
    await enqueue(Note())
    await runner.drain(notes(Recorder()))
    [done] = await jobs()
    for job_id in (done.id, uuid4()):
        for change in (retry, drop):
            with pytest.raises(NotFound):
                await change(job_id)
    assert await seen() == []


async def test_temporary_failure_waits_and_says_why(database: engine.Database) -> None:
    await enqueue(Note())
    await runner.drain(failing(AWAY))
    [job] = await seen()
    assert (job.state, job.attempts, job.reason) == (JobState.PENDING, 1, str(AWAY))
