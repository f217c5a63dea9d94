"""Runs queued jobs, a few at a time, each outside any transaction."""

import asyncio
import logging
from collections.abc import Mapping

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, Unavailable
from sekretarka.core.runtime import wakeup
from sekretarka.jobs import queue
from sekretarka.jobs.queue import Handler
from sekretarka.providers.errors import ProviderError

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
PARALLEL = 8


async def run(handlers: Mapping[str, Handler]) -> None:
    """Until cancelled; jobs under way are then left to the next worker after their lease."""
    running: set[asyncio.Task[None]] = set()
    async with wakeup.current().listen(wakeup.JOBS) as bell, asyncio.TaskGroup() as group:
        while True:
            free = PARALLEL - len(running)
            for work in await _claim(free) if free else ():
                task = group.create_task(run_job(work, handlers), name=f"job {work.name}")
                running.add(task)
                task.add_done_callback(running.discard)
                task.add_done_callback(lambda _: bell.set())
            await bell.wait(POLL_SECONDS)


async def drain(handlers: Mapping[str, Handler]) -> int:
    """Run everything due, one after the other; returns how many."""
    done = 0
    while claimed := await _claim(1):
        await run_job(claimed[0], handlers)
        done += 1
    return done


async def _claim(limit: int) -> list[ClaimedJob]:
    try:
        async with begin(actor.system()) as uow:
            if not await queue.is_due(uow):
                return []
        async with begin(actor.system(), write=True) as uow:
            return await queue.claim(uow, limit)
    except Unavailable:
        return []  # the next poll may fare better
    except Exception:  # as above: the worker outlives whatever happens to one round
        log.exception("jobs: claiming failed")
        return []


async def run_job(work: ClaimedJob, handlers: Mapping[str, Handler]) -> None:
    """Run one claimed job and settle it; what cannot even be settled is taken over after its lease."""
    failure = await _failure(work, handlers.get(work.name))
    try:
        async with begin(actor.system(), write=True) as uow:
            if failure is None:
                await queue.complete(uow, work)
            else:
                reason, temporary = failure
                await queue.fail(uow, work, reason, temporary=temporary)
    except Exception:
        log.exception("jobs: %s %s could not be settled", work.name, work.id)


async def _failure(work: ClaimedJob, handler: Handler | None) -> tuple[str, bool] | None:
    """Why it failed and whether that may pass; None when it is done."""
    if handler is None:
        return "no such job", True  # a worker of the next version knows it
    try:
        async with asyncio.timeout(queue.JOB_TIMEOUT):
            await handler(work)
    except ProviderError as error:
        log.warning("jobs: %s %s failed: %s", work.name, work.id, error)
        return str(error), error.temporary
    except AppError as error:
        return error.code, True
    except Exception as error:  # one bad job must not stop the others
        log.exception("jobs: %s %s failed", work.name, work.id)
        return type(error).__name__, True
    return None
