"""What is due by the clock: jobs that are due again when they have ended.

Each is one row of the queue, so its lease sees to it that one worker of all runs it, and that another one takes over
when that dies. A task that is removed from here needs a migration that deletes its row.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database import live
from sekretarka.core.database.jobs import JobPayload
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Unavailable
from sekretarka.core.web import idempotency
from sekretarka.domain.accounts import login_throttling, sessions, tokens
from sekretarka.domain.confirmations import links
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations import settlement, silence
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.notifications import digest
from sekretarka.domain.organizations import invitations
from sekretarka.jobs import queue
from sekretarka.jobs.queue import JobHandler

log = logging.getLogger(__name__)

PAUSE_AFTER_FAILURE = 1.0


class SettleOverdueCalls(JobPayload):
    """Calls whose analysis did not come in time are settled without it."""

    job_name = "schedule.settle_overdue_calls"
    every = timedelta(seconds=10)


class AnnounceSilentCalls(JobPayload):
    """Open dashboards learn of calls that have just fallen silent."""

    job_name = "schedule.announce_silent_calls"
    every = timedelta(seconds=30)


class FailStaleCalls(JobPayload):
    """Calls without an end for four hours become `failed`."""

    job_name = "schedule.fail_stale_calls"
    every = timedelta(minutes=1)


class PurgeExpired(JobPayload):
    """Old live events, stored responses, throttles, sessions, invitations, tokens, links to appointments and jobs are
    deleted, and the bodies of old deliveries."""

    job_name = "schedule.purge_expired"
    every = timedelta(hours=1)


async def start() -> None:
    """Enqueue each job of `SCHEDULE` that has no row yet; retried every `PAUSE_AFTER_FAILURE` seconds until it
    succeeds."""
    while not await _enqueued():  # noqa: ASYNC110 - what is waited for is another machine
        await asyncio.sleep(PAUSE_AFTER_FAILURE)


async def _enqueued() -> bool:
    try:
        async with begin(actor.system(), write=True) as uow:
            for handler in SCHEDULE:
                await uow.enqueue(handler.payload(), key=handler.payload.job_name)
    except Unavailable:
        return False
    except Exception:  # the worker outlives it, and works off inbox and queue meanwhile
        log.exception("schedule: the tasks could not be enqueued")
        return False
    return True


async def fail_stale_calls() -> None:
    """See `FailStaleCalls`."""
    await _for_each(conversations.organizations_with_stale_calls, conversations.fail_stale_calls)


async def announce_silent_calls() -> None:
    """See `AnnounceSilentCalls`."""
    await _for_each(silence.organizations_to_tell, silence.announce)


async def settle_overdue_calls() -> None:
    """See `SettleOverdueCalls`."""
    await _for_each(settlement.organizations_with_overdue, settlement.settle_overdue)


async def _for_each(
    concerned: Callable[[UnitOfWork], Awaitable[Sequence[UUID]]], act: Callable[[UnitOfWork], Awaitable[int]]
) -> None:
    """Do it for each organization concerned, in a transaction of its own."""
    async with begin(actor.system()) as uow:
        organizations = await concerned(uow)
    for organization_id in organizations:
        async with begin(actor.system(organization_id), write=True) as uow:
            await act(uow)


async def purge_expired() -> None:
    """See `PurgeExpired`."""
    async with begin(actor.system(), write=True) as uow:
        await live.purge(uow)
        await idempotency.purge(uow)
        await sessions.purge_expired(uow)
        await login_throttling.purge_expired(uow)
        await invitations.purge_expired(uow)
        await tokens.purge_expired(uow)
        await links.purge_expired(uow)
        await queue.purge(uow)
    purged = 1
    while purged:
        async with begin(actor.system(), write=True) as uow:
            purged = await inbox.purge_payloads(uow)


SCHEDULE: tuple[JobHandler[Any], ...] = (
    JobHandler(SettleOverdueCalls, lambda _: settle_overdue_calls()),
    JobHandler(AnnounceSilentCalls, lambda _: announce_silent_calls()),
    JobHandler(FailStaleCalls, lambda _: fail_stale_calls()),
    JobHandler(digest.QueueDigests, lambda _: digest.queue_due()),
    JobHandler(PurgeExpired, lambda _: purge_expired()),
)
