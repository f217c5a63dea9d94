"""Statuses of appointments: changed under the row lock, so that of two changes at once exactly one counts."""

from datetime import timedelta
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import InvalidStateTransition
from sekretarka.domain.appointments import history
from sekretarka.domain.appointments.authorization import require_writable
from sekretarka.domain.appointments.booking import get_appointment
from sekretarka.domain.appointments.events import (
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentConfirmed,
    AppointmentEvent,
    AppointmentMissed,
)
from sekretarka.domain.appointments.models import Appointment, Change, Status

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


def allowed(uow: UnitOfWork, row: Appointment) -> list[Status]:
    """The statuses that the appointment can get now; users may correct completed and no_show for `CORRECTION_PERIOD`
    after its end. Whether the caller may write it is not looked at."""
    after = list(NEXT.get(row.status, ()))
    if row.status in CORRECTIONS and uow.actor.kind == "user" and row.ends_at >= uow.now - CORRECTION_PERIOD:
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
