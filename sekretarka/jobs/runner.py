"""Runs queued jobs, in each lane as many at a time as it may, each outside any transaction."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, Lane
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, Unavailable
from sekretarka.core.runtime import wakeup
from sekretarka.core.runtime.wakeup import Subscription
from sekretarka.jobs import queue
from sekretarka.jobs.lanes import LANES
from sekretarka.jobs.queue import JobHandlers
from sekretarka.providers.errors import ProviderError

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
RENEW_SECONDS = 20.0


class Runner:
    """One worker's jobs: those it runs now, and per lane the organization served last."""

    def __init__(self, handlers: JobHandlers) -> None:
        self._handlers = handlers
        self._running: dict[asyncio.Task[None], ClaimedJob[Any]] = {}
        self._leased_until: dict[asyncio.Task[None], float] = {}
        self._served: dict[Lane, UUID | None] = {}

    async def run(self) -> None:
        """Claim and run jobs until cancelled; jobs under way are then taken over by the next worker after their
        lease."""
        async with wakeup.current().listen(wakeup.JOBS) as subscription, asyncio.TaskGroup() as group:
            group.create_task(self._renew_leases(), name="leases")
            while True:
                async for claimed in self._claims():
                    self._start(group, claimed, subscription)
                await subscription.wait(POLL_SECONDS)

    async def drain(self) -> int:
        """Run everything due, also what that enqueues, one after the other; returns how many jobs ran."""
        count, before = 0, -1
        while count > before:
            before = count
            async for claimed in self._claims():
                await run_job(claimed, self._handlers)
                count += 1
        return count

    async def _claims(self) -> AsyncIterator[ClaimedJob[Any]]:
        """What may run now, a job of each lane in turn while it has places; nothing while the database is away."""
        try:
            found = True
            while found:  # in all lanes anew: one that is never empty must not hide what has come into another
                found = False
                for lane in await self._due():
                    if (claimed := await self._claim(lane)) is not None:  # else whoever has something due has enough
                        found = True
                        yield claimed
        except Unavailable:
            pass  # the next poll may fare better
        except Exception:  # as above: the worker outlives whatever happens to one round
            log.exception("jobs: claiming failed")

    async def _due(self) -> list[Lane]:
        """Those with a free place and something due; one read for all, so that idle workers ask for little."""
        free = [lane for lane in LANES if self._owners(lane).total() < LANES[lane].parallel]
        async with begin(actor.system()) as uow:
            return [lane for lane in free if await queue.is_due(uow, self._handlers, lane)]

    async def _claim(self, lane: Lane) -> ClaimedJob[Any] | None:
        enough = [owner for owner, count in self._owners(lane).items() if count >= LANES[lane].per_organization]
        async with begin(actor.system(), write=True) as uow:
            claimed = await queue.claim(uow, self._handlers, lane, self._served.get(lane), enough)
        if claimed is not None:
            self._served[lane] = claimed.organization_id
        return claimed

    def _owners(self, lane: Lane) -> Counter[UUID | None]:
        """How many jobs of a lane are run just now, by organization."""
        return Counter(job.organization_id for job in self._running.values() if job.payload.lane is lane)

    def _start(self, group: asyncio.TaskGroup, claimed: ClaimedJob[Any], subscription: Subscription) -> None:
        task = group.create_task(run_job(claimed, self._handlers), name=f"job {claimed.payload.job_name}")
        self._running[task] = claimed
        self._leased_until[task] = time.monotonic() + queue.LEASE.total_seconds()

        def ended(task: asyncio.Task[None]) -> None:
            del self._running[task], self._leased_until[task]
            subscription.set()

        task.add_done_callback(ended)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if self._running:
                await self._renew()

    async def _renew(self) -> None:
        """Lengthen the leases; a job that is ours no longer, or soon may not be, is stopped: two never run it."""
        claims = dict(self._running)
        renewed: set[UUID] | None = None
        until = time.monotonic() + queue.LEASE.total_seconds()
        try:
            async with begin(actor.system(), write=True) as uow:
                renewed = await queue.renew(uow, list(claims.values()))
        except Exception:  # the database may be back before the leases end
            log.exception("jobs: leases were not renewed")
        for task, claimed in claims.items():
            if task.done():
                continue
            if renewed is not None and claimed.id in renewed:
                self._leased_until[task] = until
            elif renewed is not None or self._leased_until[task] - time.monotonic() < 1.5 * RENEW_SECONDS:
                task.cancel()


async def drain(handlers: JobHandlers) -> int:
    """Run everything due in this process, as `Runner.drain`."""
    return await Runner(handlers).drain()


async def run_job(claimed: ClaimedJob[Any], handlers: JobHandlers) -> None:
    """Run one claimed job and settle it; never raises. One that cannot be settled is taken over after its lease."""
    failure = await _failure(claimed, handlers)
    try:
        async with begin(actor.system(), write=True) as uow:
            if failure is None:
                await queue.complete(uow, claimed)
            else:
                reason, temporary = failure
                await queue.fail(uow, claimed, reason, temporary=temporary)
    except Exception:
        log.exception("jobs: %s %s could not be settled", claimed.payload.job_name, claimed.id)


async def _failure(claimed: ClaimedJob[Any], handlers: JobHandlers) -> tuple[str, bool] | None:
    """Why it failed and whether that may pass; None when it is done."""
    name = claimed.payload.job_name
    try:
        async with asyncio.timeout(LANES[claimed.payload.lane].timeout):
            await handlers[name].run(claimed)
    except (AppError, ProviderError) as error:
        log.warning("jobs: %s %s failed: %s", name, claimed.id, error)
        return (error.code if isinstance(error, AppError) else str(error)), error.temporary
    except Exception as error:  # one bad job must not stop the others
        log.exception("jobs: %s %s failed", name, claimed.id)
        return type(error).__name__, True
    return None
