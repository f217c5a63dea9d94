"""What is due by the clock runs once for all workers, again and again."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from pydantic import SecretStr

from sekretarka.core.database import engine
from sekretarka.core.database.jobs import ClaimedJob, JobPayload, JobState
from sekretarka.core.runtime import clock
from sekretarka.jobs import queue, runner, schedule
from sekretarka.jobs.queue import JobHandler, JobHandlers
from sekretarka.jobs.registry import JOB_HANDLERS
from tests.jobs.kinds import working
from tests.support.jobs import scheduled


class Hourly(JobPayload):
    """A task of the schedule."""

    job_name = "schedule.hourly"
    every = timedelta(hours=1)


class Task:
    """Counts its runs, and how many of them there were at the same time."""

    def __init__(self) -> None:
        self.runs = self.running = self.most = 0

    async def __call__(self, job: ClaimedJob[Hourly]) -> None:
        self.runs += 1
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.3)
        self.running -= 1


@pytest.fixture
def task() -> Task:
    return Task()


@pytest.fixture
async def handlers(database: engine.Database, task: Task, monkeypatch: pytest.MonkeyPatch) -> JobHandlers:
    """A schedule of one task, begun by two workers."""
    handler = JobHandler(Hourly, task)
    monkeypatch.setattr(schedule, "SCHEDULE", (handler,))
    await asyncio.gather(schedule.start(), schedule.start())
    return queue.by_name(handler)


async def test_two_schedulers_run_a_task_once(handlers: JobHandlers, task: Task) -> None:
    async with working(handlers, workers=2):
        await asyncio.sleep(2)
    assert (task.runs, task.most) == (1, 1)


async def test_task_is_due_again_after_its_interval(handlers: JobHandlers, task: Task) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        for runs in range(1, 20):  # more often than a failing job is tried
            await runner.drain(handlers)
            time.shift(timedelta(minutes=59))
            await runner.drain(handlers)
            assert task.runs == runs
            time.shift(timedelta(minutes=1))
    await schedule.start()
    [row] = await scheduled()
    assert (row.state, row.attempts) == (JobState.PENDING, 19)


async def test_failing_task_is_due_again_after_its_interval(database: engine.Database, handlers: JobHandlers) -> None:
    async def fail(job: ClaimedJob[Hourly]) -> None:
        raise RuntimeError("no luck")

    await runner.drain(queue.by_name(JobHandler(Hourly, fail)))
    [row] = await scheduled()
    assert (row.state, row.reason) == (JobState.PENDING, "RuntimeError")
    assert timedelta(minutes=59) < row.run_after - clock.now() <= timedelta(hours=1)


async def test_dead_schedulers_task_is_taken_over(handlers: JobHandlers, task: Task) -> None:
    dying = asyncio.create_task(runner.Runner(handlers).run())
    async with asyncio.timeout(10):
        while not task.running:  # noqa: ASYNC110 - it is killed when it is seen at work
            await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.wait([dying])
    assert await runner.drain(handlers) == 0, "its lease goes on"
    with time_machine.travel(clock.now() + queue.LEASE):
        assert await runner.drain(handlers) == 1


async def test_schedule_outlives_a_changed_secret_key(
    handlers: JobHandlers, task: Task, configure: Callable[..., None]
) -> None:
    configure(secret_key=SecretStr("an entirely new secret of ours, of which no trace is left"))
    assert await runner.drain(handlers) == 1
    assert (task.runs, [job.state for job in await scheduled()]) == (1, [JobState.PENDING])


async def test_every_scheduled_task_runs(database: engine.Database) -> None:
    await schedule.start()
    assert await runner.drain(JOB_HANDLERS) == len(schedule.SCHEDULE)
    assert {row.reason for row in await scheduled()} == {None}
