"""Statuses of appointments: changed under the row lock, so that of two changes at once exactly one counts."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import InvalidStateTransition
from sekretarka.core.permissions import Permission
from sekretarka.domain.appointments import history
from sekretarka.domain.appointments.authorization import require_writable
from sekretarka.domain.appointments.booking import get_appointment
from sekretarka.domain.appointments.events import (
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentConfirmed,
    AppointmentEvent,
    AppointmentMissed,
    AppointmentReopened,
)
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Change, Status
from sekretarka.domain.appointments.scheduling import slot_allocation
from sekretarka.domain.staff import service as staff

# What comes after what (product.md#statuses-of-an-appointment).
NEXT: dict[Status, tuple[Status, ...]] = {
    Status.SCHEDULED: (Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED),
    Status.CONFIRMED: (Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED),
}
# What a user may correct for a while after the appointment.
CORRECTIONS = {Status.COMPLETED: Status.NO_SHOW, Status.NO_SHOW: Status.COMPLETED}
CORRECTION_PERIOD = timedelta(days=7)
CHANGES: dict[Status, tuple[Change, type[AppointmentEvent]]] = {
    Status.CONFIRMED: (Change.CONFIRMED, AppointmentConfirmed),
    Status.COMPLETED: (Change.COMPLETED, AppointmentCompleted),
    Status.NO_SHOW: (Change.NO_SHOW, AppointmentMissed),
    Status.CANCELLED: (Change.CANCELLED, AppointmentCancelled),
}


async def confirm(uow: UnitOfWork, appointment_id: UUID) -> Appointment:
    """Set the status to confirmed; repeating it changes nothing. `InvalidStateTransition` unless it is scheduled,
    `Forbidden` for a calendar that is not the caller's."""
    return await _change_status(uow, appointment_id, Status.CONFIRMED)


async def complete(uow: UnitOfWork, appointment_id: UUID) -> Appointment:
    """Set the status to completed; repeating it changes nothing. `InvalidStateTransition` when `allowed` does not have
    it, `Forbidden` as `confirm`."""
    return await _change_status(uow, appointment_id, Status.COMPLETED)


async def mark_no_show(uow: UnitOfWork, appointment_id: UUID) -> Appointment:
    """Set the status to no_show; repeating it changes nothing. Raises as `complete`."""
    return await _change_status(uow, appointment_id, Status.NO_SHOW)


async def cancel(uow: UnitOfWork, appointment_id: UUID, reason: str | None = None) -> Appointment:
    """Set the status to cancelled, with the reason, which frees the time; repeating it changes nothing. Raises as
    `complete`."""
    return await _change_status(uow, appointment_id, Status.CANCELLED, reason)


async def reopen(uow: UnitOfWork, appointment_id: UUID) -> Appointment:
    """Take back completed or no_show: the status is again what it was before. `InvalidStateTransition` unless
    `can_reopen`, `SlotTaken` when the time was given to somebody else meanwhile, `Forbidden` as `confirm`."""
    uow.require(Permission.APPOINTMENTS_WRITE)
    await staff.lock(uow, [(await get_appointment(uow, appointment_id)).staff_id])
    row = await get_appointment(uow, appointment_id, lock=True)
    await require_writable(uow, row.staff_id)
    marked = row.status
    if not can_reopen(uow, row):
        raise InvalidStateTransition.between(marked, Status.SCHEDULED, allowed(uow, row))
    await slot_allocation.drop_expired_holds(uow, [row.staff_id])
    row.status = await _status_before(uow, row)
    async with slot_allocation.map_overlap_error():
        uow.bump_version(row)
        await uow.flush()
    event, before, after = AppointmentReopened(row.id), {"status": marked}, {"status": row.status}
    await history.record(uow, row, Change.REOPENED, event, before=before, after=after)
    return row


async def _status_before(uow: UnitOfWork, row: Appointment) -> Status:
    """Scheduled or confirmed, as its history has it."""
    marks = col(AppointmentChange.change).in_([Change.COMPLETED, Change.NO_SHOW])
    changes = await uow.list(history.newest_first(uow, row.id).where(marks))
    marked = (Status(change.before["status"]) for change in changes)
    return next((status for status in marked if status in NEXT), Status.SCHEDULED)


def can_reopen(uow: UnitOfWork, row: Appointment) -> bool:
    """Whether `reopen` may: users may correct completed and no_show until `CORRECTION_PERIOD` after its end. Whether
    the caller may write it is not looked at."""
    return row.status in CORRECTIONS and uow.actor.kind == "user" and row.ends_at >= uow.now - CORRECTION_PERIOD


def sensible(uow: UnitOfWork, row: Appointment) -> list[Status]:
    """Of `allowed`, what a user would say now: whether somebody came is not known before the appointment begins, and
    nobody confirms one that has begun."""
    untimely = {Status.CONFIRMED} if row.scheduled_at <= uow.now else CORRECTIONS.keys()
    return [status for status in allowed(uow, row) if status not in untimely]


def premature(uow: UnitOfWork, row: Appointment) -> list[Status]:
    """Of `allowed`, what a user is asked about first: how an appointment ended that has not begun."""
    pending = row.status in NEXT and row.scheduled_at > uow.now
    return [status for status in allowed(uow, row) if status in CORRECTIONS] if pending else []


def allowed(uow: UnitOfWork, row: Appointment) -> list[Status]:
    """The statuses that the appointment can get now; users may correct completed and no_show for `CORRECTION_PERIOD`
    after its end. Whether the caller may write it is not looked at."""
    after = list(NEXT.get(row.status, ()))
    if can_reopen(uow, row):
        after.append(CORRECTIONS[row.status])
    return after


async def _change_status(uow: UnitOfWork, appointment_id: UUID, to: Status, reason: str | None = None) -> Appointment:
    row = await get_appointment(uow, appointment_id, lock=True)
    await require_writable(uow, row.staff_id)
    before = row.status
    if before is to:
        return row
    if to not in allowed(uow, row):
        raise InvalidStateTransition.between(before, to, allowed(uow, row))
    row.status, row.cancelled_reason = to, reason
    uow.bump_version(row)
    change, event = CHANGES[to]
    await history.record(uow, row, change, event(row.id), before={"status": before}, after={"status": to})
    return row
