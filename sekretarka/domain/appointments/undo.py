"""Taking back what was just done to an appointment, as long as nothing else happened to it."""

from datetime import datetime, timedelta
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import CannotUndo
from sekretarka.domain.appointments import history
from sekretarka.domain.appointments.authorization import require_writable
from sekretarka.domain.appointments.booking import get_appointment, slot_of
from sekretarka.domain.appointments.events import AppointmentRestored
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Change, Status
from sekretarka.domain.appointments.scheduling import local_time, slot_allocation
from sekretarka.domain.staff import service as staff

# Longer than the offer to undo stays on the screen; what tells the world of a change waits as long.
UNDO_PERIOD = timedelta(minutes=2)
UNDOABLE = (Change.CONFIRMED, Change.COMPLETED, Change.NO_SHOW, Change.CANCELLED, Change.MOVED)


async def undo(uow: UnitOfWork, appointment_id: UUID, version: int) -> Appointment:
    """Take back the caller's own last change of status, time or staff member, the one that made `version`.

    `CannotUndo` when anybody changed the appointment since, `UNDO_PERIOD` is over or the service was changed, too;
    `SlotTaken` when the time was given to somebody else; `NotFound`; `Forbidden` for a calendar that is not the
    caller's. Neither hours nor notice are asked for: it was there before.
    """
    current = await get_appointment(uow, appointment_id)
    change = await _last_change(uow, current)
    previous_staff = UUID(change.before.get("staffId", str(current.staff_id)))
    for staff_id in {current.staff_id, previous_staff}:
        await require_writable(uow, staff_id)
    await staff.lock(uow, [previous_staff])
    row = await get_appointment(uow, appointment_id, lock=True)
    if row.version != version or not _is_undoable(uow, row, change):
        raise CannotUndo
    await slot_allocation.drop_expired_holds(uow, [previous_staff])
    before = {"status": row.status} if change.change is not Change.MOVED else slot_of(row)
    if change.change is Change.MOVED:
        _move_back(row, datetime.fromisoformat(change.before["scheduledAt"]), previous_staff)
    else:
        row.status, row.cancelled_reason = Status(change.before["status"]), None
    uow.bump_version(row)
    async with slot_allocation.map_overlap_error():
        await uow.flush()
    await history.record(
        uow, row, Change.RESTORED, AppointmentRestored(row.id, change.change), before=before, after=change.before
    )
    return row


async def _last_change(uow: UnitOfWork, row: Appointment) -> AppointmentChange:
    last = await uow.one_or_none(history.newest_first(uow, row.id))
    if last is None:
        raise CannotUndo
    return last


def _is_undoable(uow: UnitOfWork, row: Appointment, change: AppointmentChange) -> bool:
    return (
        change.change in UNDOABLE
        and change.user_id == uow.actor.user_id
        and change.created_at > uow.now - UNDO_PERIOD
        and change.before.get("serviceId", str(row.service_id)) == str(row.service_id)
    )


def _move_back(row: Appointment, start: datetime, staff_id: UUID) -> None:
    """A move keeps an appointment's length and buffers, so do they on the way back."""
    minutes = local_time.minute_of(start) - local_time.minute_of(row.scheduled_at)
    row.ends_at, row.scheduled_at, row.staff_id = row.ends_at + (start - row.scheduled_at), start, staff_id
    row.busy_from, row.busy_to = row.busy_from + minutes, row.busy_to + minutes
