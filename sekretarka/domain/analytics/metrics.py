"""Every number that is shown, once: what it counts and of which days (product.md#numbers)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.counting import AppointmentCount
from sekretarka.domain.appointments.schemas import AppointmentFilter
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.counting import CallCount
from sekretarka.domain.conversations.schemas import ConversationFilter
from sekretarka.domain.organizations.days import current_organization
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.counting import TaskCount

TODAY, WEEK, MONTH = 1, 7, 30
# The first and the last local day, both included; None is any day.
Period = tuple[date, date] | None


@dataclass(frozen=True)
class Definition:
    """What a number counts, and on how many local days of the organization, today included; None is on any day."""

    counts: CallCount | AppointmentCount | TaskCount
    days: int | None = None


class Metric(StrEnum):
    """A number by its name. `average` is the mean length of what it counts; the rate of success is `agent_resolved` of
    `agent_completed`. The agents' are of one agent."""

    LIVE = "live"
    SILENT = "silent"
    TO_DO = "to_do"
    ANSWERED = "answered"
    MISSED = "missed"
    BOOKED = "booked"
    AVERAGE = "average"
    AGENDA = "agenda"
    TO_CONFIRM = "to_confirm"
    AGENT_CALLS = "agent_calls"
    AGENT_COMPLETED = "agent_completed"
    AGENT_RESOLVED = "agent_resolved"


DEFINITIONS: dict[Metric, Definition] = {
    Metric.LIVE: Definition(CallCount.LIVE),
    Metric.SILENT: Definition(CallCount.SILENT),
    Metric.TO_DO: Definition(TaskCount.TO_DO),
    Metric.ANSWERED: Definition(CallCount.ANSWERED, WEEK),
    Metric.MISSED: Definition(CallCount.MISSED, WEEK),
    Metric.BOOKED: Definition(AppointmentCount.BOOKED, WEEK),
    Metric.AVERAGE: Definition(CallCount.MEASURED, WEEK),
    Metric.AGENDA: Definition(AppointmentCount.AGENDA, TODAY),
    Metric.TO_CONFIRM: Definition(AppointmentCount.TO_CONFIRM),
    Metric.AGENT_CALLS: Definition(CallCount.CALLS, WEEK),
    Metric.AGENT_COMPLETED: Definition(CallCount.COMPLETED, MONTH),
    Metric.AGENT_RESOLVED: Definition(CallCount.RESOLVED, MONTH),
}


async def period(uow: UnitOfWork, metric: Metric) -> Period:
    """The first and the last local day that the number counts, both included; None when it counts on any day."""
    days = DEFINITIONS[metric].days
    if days is None:
        return None
    today = clock.local_day(uow.now, (await current_organization(uow)).timezone)
    return today - timedelta(days=days - 1), today


async def rows(uow: UnitOfWork, metric: Metric) -> SelectOfScalar[Any]:
    """A SELECT of the rows that the number counts, of all agents, the newest call or the latest appointment first, of
    tasks the most urgent."""
    counts, between = DEFINITIONS[metric].counts, await period(uow, metric)
    first, last = between or (None, None)
    if isinstance(counts, TaskCount):
        return await tasks.needing_action(uow)
    if isinstance(counts, AppointmentCount):
        return await appointments.query(uow, AppointmentFilter(start_date=first, end_date=last), counts)
    return await conversations.query(uow, ConversationFilter(start_date=first, end_date=last), counts)
