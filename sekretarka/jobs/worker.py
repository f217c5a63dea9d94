"""The background worker: processes inbox and queue as they fill."""

import asyncio
import logging
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Unavailable
from sekretarka.core.runtime import wakeup
from sekretarka.core.runtime.fair_share import share
from sekretarka.domain import event_handlers
from sekretarka.domain.inbox import service as inbox
from sekretarka.jobs import schedule
from sekretarka.jobs.registry import JOB_HANDLERS, WEBHOOK_HANDLERS
from sekretarka.jobs.runner import Runner

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
PAUSE_AFTER_FAILURE = 1.0


async def drain() -> int:
    """One round over the inbox, in one transaction per organization; returns how many deliveries were processed.
    `Unavailable` when the database does not answer.
    """
    async with begin(actor.system()) as uow:
        organizations = await inbox.organizations_with_pending(uow)
    touched = 0
    for organization_id in organizations:
        async with share.turn():
            touched += await _process(organization_id)
    return touched


async def _process(organization_id: UUID) -> int:
    async with begin(actor.system(organization_id), write=True) as uow:
        return await inbox.process_pending(uow, WEBHOOK_HANDLERS)


async def _watch_inbox() -> None:
    async with wakeup.current().listen(wakeup.INBOX) as subscription:
        while True:
            try:
                while await drain():
                    pass
            except Unavailable:
                await asyncio.sleep(PAUSE_AFTER_FAILURE)
            except Exception:  # the worker outlives whatever happens to one round
                log.exception("worker: a round failed")
                await asyncio.sleep(PAUSE_AFTER_FAILURE)
            await subscription.wait(POLL_SECONDS)


async def run() -> None:
    """Work until cancelled; what is under way is rolled back and done by the next worker."""
    event_handlers.register()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_watch_inbox(), name="inbox")
        tasks.create_task(schedule.start(), name="schedule")
        tasks.create_task(Runner(JOB_HANDLERS).run(), name="jobs")
