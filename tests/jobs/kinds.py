"""Kinds of jobs that only tests enqueue, and handlers that record what they were given."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, JobPayload, JobState, Lane
from sekretarka.core.database.unit_of_work import begin
from sekretarka.jobs import queue
from sekretarka.jobs.queue import JobHandler, JobHandlers
from sekretarka.jobs.runner import Runner
from sekretarka.providers.errors import refuse_inside_unit_of_work
from tests.support.jobs import jobs


class Note(JobPayload):
    """A job that waits for nothing."""

    job_name = "test.note"

    text: str = ""
    number: int = 0


class Slow(Note):
    """Another kind in the same lane."""

    job_name = "test.slow"


class Film(JobPayload):
    """A job of another lane."""

    job_name = "test.film"
    lane = Lane.MEDIA


class Recorder:
    """A handler that records its jobs; no transaction may be open meanwhile."""

    def __init__(self) -> None:
        self.jobs: list[ClaimedJob[Any]] = []

    async def __call__(self, job: ClaimedJob[Any]) -> None:
        refuse_inside_unit_of_work()
        self.jobs.append(job)


def notes(run: Callable[[ClaimedJob[Note]], Awaitable[None]]) -> JobHandlers:
    """Handlers of a worker that knows notes only."""
    return queue.by_name(JobHandler(Note, run))


def failing(error: Exception) -> JobHandlers:
    """Notes always fail with this error."""

    async def fail(job: ClaimedJob[Note]) -> None:
        raise error

    return notes(fail)


async def enqueue(payload: JobPayload, organization: Any = None, *, key: str | None = None, delay: float = 0) -> None:
    """Enqueue a job of an organization (its row), or of none, in a transaction of its own; `delay` in seconds."""
    async with begin(actor.system(organization and organization.id), write=True) as uow:
        await uow.enqueue(payload, key=key, run_after=uow.now + timedelta(seconds=delay))


async def claim(lane: Lane = Lane.DEFAULT) -> ClaimedJob[Any] | None:
    """What a worker would run next; it then seems to have died."""
    async with begin(actor.system(), write=True) as uow:
        return await queue.claim(uow, notes(Recorder()), lane)


@asynccontextmanager
async def working(handlers: JobHandlers, workers: int = 1) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Workers that run jobs for the time of the block."""
    tasks = [asyncio.create_task(Runner(handlers).run()) for _ in range(workers)]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def all_done() -> None:
    """Wait until every job is done; `TimeoutError` after half a minute."""
    async with asyncio.timeout(30):
        while {job.state for job in await jobs()} != {JobState.DONE}:  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.05)
