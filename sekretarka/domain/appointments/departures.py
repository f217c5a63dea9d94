"""Staff who leave or stop taking clients, and their upcoming appointments: those stay until somebody moves or cancels
them, so whoever lets a staff member go is told of them."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.domain.appointments.counting import is_upcoming
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schedule_conflicts import Reason, ScheduleConflict, upcoming
from sekretarka.domain.appointments.schemas import StaffAppointmentsView
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.models import Staff

MAX_LISTED = 100


async def delete(uow: UnitOfWork, staff_id: UUID) -> tuple[Staff, Sequence[Appointment]]:
    """Delete a staff member; also returns the first of the upcoming appointments that are left, none for callers who
    may not read appointments. `NotFound`."""
    row = await staff.delete(uow, staff_id)
    if Permission.APPOINTMENTS_READ not in uow.actor.permissions:
        return row, ()
    return row, await uow.list(upcoming(uow).where(Appointment.staff_id == staff_id).limit(MAX_LISTED))


async def count_upcoming(uow: UnitOfWork, staff_ids: Collection[UUID]) -> dict[UUID, int]:
    """By staff id, how many appointments are still to take place."""
    row = Appointment
    counted = (
        sa.select(col(row.staff_id), sa.func.count())
        .where(
            col(row.organization_id) == uow.organization_id,
            col(row.staff_id).in_(staff_ids),
            is_upcoming(uow.now),
        )
        .group_by(col(row.staff_id))
    )
    counts = dict.fromkeys(staff_ids, 0)
    for staff_id, count in await uow.execute(counted):
        counts[staff_id] = count
    return counts


async def view(uow: UnitOfWork, *rows: Staff) -> list[StaffAppointmentsView]:
    """Staff as the API shows them, with how many appointments they have to come, in the same order."""
    counts = await count_upcoming(uow, [row.id for row in rows])
    return [
        StaffAppointmentsView(**shown.model_dump(), upcoming_appointments=counts[shown.id])
        for shown in await staff.view(uow, *rows)
    ]


async def find_left(uow: UnitOfWork) -> list[ScheduleConflict]:
    """The upcoming appointments of staff who were deleted or do not take clients, the earliest first."""
    uow.require(Permission.APPOINTMENTS_READ)
    gone = uow.select(Staff).where(sa.or_(col(Staff.deleted_at).is_not(None), ~col(Staff.is_active)))
    ids = [row.id for row in await uow.list(gone)]
    rows = await uow.list(upcoming(uow).where(col(Appointment.staff_id).in_(ids)))
    return [ScheduleConflict(row, Reason.LEFT) for row in rows]
