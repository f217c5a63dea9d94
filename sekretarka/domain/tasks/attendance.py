"""Whether clients come: who said that they will not, and who has not said that they will."""

from uuid import UUID

from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, JobPayload
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import NotFound
from sekretarka.domain.appointments.events import (
    AppointmentConfirmed,
    AppointmentEvent,
    AppointmentMoved,
    AppointmentRestored,
)
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.undo import UNDO_PERIOD
from sekretarka.domain.confirmations.events import AppointmentDeclined, AppointmentUnconfirmed, ReplyUnanswered
from sekretarka.domain.messages.models import Message
from sekretarka.domain.tasks import lines
from sekretarka.domain.tasks.correspondence import open_about
from sekretarka.domain.tasks.lines import CONFIRM, DECLINED, line_name
from sekretarka.domain.tasks.models import Kind, Resolution, Task, TaskState

OF_APPOINTMENT = (DECLINED, CONFIRM)


class EndUnconfirmed(JobPayload):
    """A task about an appointment that begins: whether its client comes is seen now."""

    job_name = "tasks.end_unconfirmed"

    task_id: UUID


async def on_declined(uow: UnitOfWork, event: AppointmentDeclined) -> None:
    """Somebody will not come: they have the link to cancel, and a user should see to it that the time is given away."""
    message = await uow.get(Message, event.message_id)
    await open_about(uow, Kind.DECLINED, line_name(DECLINED, event.appointment_id), message)
    await _finish(uow, line_name(CONFIRM, event.appointment_id))


async def on_unconfirmed(uow: UnitOfWork, event: AppointmentUnconfirmed) -> None:
    """Somebody has not answered whether they come: they should be called."""
    message, appointment = await uow.get(Message, event.message_id), await uow.get(Appointment, event.appointment_id)
    row = await open_about(uow, Kind.TO_CONFIRM, line_name(CONFIRM, appointment.id), message)
    lines.change(uow, row, {"caller_number": appointment.client_phone})
    await uow.enqueue(EndUnconfirmed(task_id=row.id), run_after=appointment.scheduled_at)


async def end_unconfirmed(job: ClaimedJob[EndUnconfirmed]) -> None:
    """End a task whose appointment has begun, unless that is at another time by now."""
    async with begin(actor.system(job.organization_id), write=True) as uow:
        try:
            row = await uow.get(Task, job.payload.task_id)
        except NotFound:  # gone with its organization
            return
        if row.appointment_id and (await uow.get(Appointment, row.appointment_id)).scheduled_at <= uow.now:
            await _finish(uow, row.line or "")


async def on_reply(uow: UnitOfWork, event: ReplyUnanswered) -> None:
    """They wrote something else than TAK or NIE: whether they come is to be read there."""
    waiting = uow.select(Task).where(
        Task.client_id == event.client_id, Task.kind == Kind.TO_CONFIRM, Task.state == TaskState.OPEN
    )
    for row in await uow.list(waiting.order_by(col(Task.line))):
        await _finish(uow, row.line or "")


async def on_changed(uow: UnitOfWork, event: AppointmentEvent) -> None:
    """It was confirmed, cancelled, moved or is over: whether the client comes at that time is no question any more."""
    if isinstance(event, AppointmentMoved):
        appointment = await uow.get(Appointment, event.appointment_id)
        if appointment.scheduled_at == event.previous_time:  # with somebody else, at the same time
            return
    is_confirmed = isinstance(event, AppointmentConfirmed)
    for group in OF_APPOINTMENT:
        resolution = Resolution.CONFIRMED if is_confirmed else Resolution.WITHDRAWN
        await _finish(uow, line_name(group, event.appointment_id), resolution)


async def on_restored(uow: UnitOfWork, event: AppointmentRestored) -> None:
    """What was just done was taken back, and what it ended is open again."""
    for group in OF_APPOINTMENT:
        line = line_name(group, event.appointment_id)
        if await lines.find_open(uow, line) is not None:
            continue
        ended = uow.select(Task).where(
            Task.line == line,
            col(Task.resolution).in_([Resolution.CONFIRMED, Resolution.WITHDRAWN]),
            col(Task.done_at) > uow.now - UNDO_PERIOD,
        )
        row = await uow.one_or_none(ended.order_by(col(Task.done_at).desc()).with_for_update())
        if row is not None:
            row.state = TaskState.OPEN
            lines.change(uow, row, {})


async def _finish(uow: UnitOfWork, line: str, resolution: Resolution = Resolution.WITHDRAWN) -> None:
    row = await lines.find_open(uow, line)
    if row is not None:
        lines.finish(uow, row, resolution)
