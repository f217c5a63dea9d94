"""Appointments whose client was asked to confirm and is silent: somebody should call them while there is time."""

from datetime import datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, JobPayload
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import booking
from sekretarka.domain.appointments.models import Appointment, Status
from sekretarka.domain.confirmations.events import AppointmentUnconfirmed
from sekretarka.domain.messages.models import Direction, Message, MessageStatus
from sekretarka.domain.organizations import days
from sekretarka.domain.templates.models import Template

# The question. A confirmation tells of what was just agreed upon, to which nobody needs to answer.
ASKS = frozenset({Template.REMINDER_DAY})
AHEAD = timedelta(hours=4)
# When people are called: what would be due at another time is due in the evening before.
MORNING, EVENING = time(9), time(18)
TIME_TO_ANSWER = timedelta(hours=1)  # when it was asked late, which it is until two hours before


class LookForAnswer(JobPayload):
    """A question about the appointment at this time that should be answered by now."""

    job_name = "confirmations.look_for_answer"

    appointment_id: UUID
    starts_at: datetime

    @property
    def key(self) -> str:
        """The same for every question about one time."""
        return f"{self.job_name}:{self.appointment_id}:{self.starts_at.isoformat()}"


async def plan(uow: UnitOfWork, row: Appointment) -> None:
    """Look for the answer to a question about the appointment, once for each time that it has."""
    look = LookForAnswer(appointment_id=row.id, starts_at=row.scheduled_at)
    due = due_at(row.scheduled_at, (await days.current_organization(uow)).timezone)
    await uow.enqueue(look, run_after=due, key=look.key)


async def plan_again(uow: UnitOfWork, row: Appointment, since: datetime) -> None:
    """Look again for the answer that was looked for after `since`, while the appointment was not what it is again."""
    look = LookForAnswer(appointment_id=row.id, starts_at=row.scheduled_at)
    due = due_at(row.scheduled_at, (await days.current_organization(uow)).timezone)
    question = await _question(uow, row)
    if question is not None:
        due = max(due, question.occurred_at + TIME_TO_ANSWER)
    if since < due <= uow.now:
        await uow.enqueue(look, key=f"{look.key}:{row.version}")


def due_at(starts_at: datetime, zone: str) -> datetime:
    """When the client of an appointment is called who has not answered: `AHEAD` of it, and at a time of day when people
    are called."""
    wanted = (starts_at - AHEAD).astimezone(clock.zone(zone))
    if MORNING <= wanted.time() <= EVENING:
        return starts_at - AHEAD
    evening = wanted.date() - timedelta(days=wanted.time() < MORNING)
    return datetime.combine(evening, EVENING, clock.zone(zone)).astimezone(starts_at.tzinfo)


async def look_for_answer(job: ClaimedJob[LookForAnswer]) -> None:
    """Tell of an appointment that is still to be confirmed, if its client got the question."""
    look = job.payload
    async with begin(actor.system(job.organization_id), write=True) as uow:
        row = await booking.get_appointment(uow, look.appointment_id, lock=True)
        if row.status is not Status.SCHEDULED or row.scheduled_at != look.starts_at or row.scheduled_at <= uow.now:
            return
        question = await _question(uow, row)
        if question is None or await _has_written(uow, row, question):
            return
        waits = question.status is MessageStatus.PENDING  # for the morning, or a gateway that is down
        answered_by = max(question.occurred_at, uow.now if waits else question.occurred_at) + TIME_TO_ANSWER
        if answered_by > uow.now:
            await uow.enqueue(look, run_after=answered_by)
        else:
            await uow.dispatch(AppointmentUnconfirmed(row.id, question.id))


async def _question(uow: UnitOfWork, row: Appointment) -> Message | None:
    """The last one about this time that has left or will: one that failed is a task of its own."""
    asked = uow.select(Message).where(
        Message.appointment_id == row.id,
        Message.appointment_time == row.scheduled_at,
        col(Message.template).in_(ASKS),
        Message.status != MessageStatus.FAILED,
    )
    return await uow.one_or_none(asked.order_by(col(Message.occurred_at).desc()))


async def _has_written(uow: UnitOfWork, row: Appointment, question: Message) -> bool:
    """Whether the client wrote anything since, but an answer about another appointment: what is no plain answer is a
    task of its own."""
    about = col(Message.appointment_id)
    written = uow.select(Message).where(
        Message.client_id == row.client_id,
        Message.direction == Direction.INBOUND,
        Message.occurred_at > question.occurred_at,
        sa.or_(about.is_(None), about == row.id),
    )
    return await uow.one_or_none(written) is not None
