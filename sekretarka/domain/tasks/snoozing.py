"""Putting a task off: until when, and the end of it, which open dashboards are told of."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, JobPayload
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import NotFound
from sekretarka.core.runtime import clock
from sekretarka.domain.tasks import lines
from sekretarka.domain.tasks.models import Task

LATER, MORNING = timedelta(hours=3), time(9)


class Snooze(StrEnum):
    """Until when people put things off: `later` is in three hours, the others are mornings."""

    LATER = "later"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next_week"


def until(snooze: Snooze, now: datetime, zone_name: str) -> datetime:
    """The instant that it means in a zone; next week begins on Monday."""
    if snooze is Snooze.LATER:
        return now + LATER
    today = clock.local_day(now, zone_name)
    days = 1 if snooze is Snooze.TOMORROW else 7 - today.weekday()
    return datetime.combine(today + timedelta(days=days), MORNING, clock.zone(zone_name))


class WakeTask(JobPayload):
    """A task whose snooze may be over."""

    job_name = "tasks.wake"

    task_id: UUID


async def wake(job: ClaimedJob[WakeTask]) -> None:
    """End the snooze of a task, unless it was put off further, or is gone with its organization."""
    async with begin(actor.system(job.organization_id), write=True) as uow:
        try:
            row = await uow.get(Task, job.payload.task_id, lock=True)
        except NotFound:
            return
        if row.snoozed_until is not None and row.snoozed_until <= uow.now:
            lines.change(uow, row, {"snoozed_until": None})
