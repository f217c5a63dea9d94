"""Time off together with the appointments it overlaps: they stay until somebody moves or cancels them."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import time_off
from sekretarka.domain.staff.models import TimeOff
from sekretarka.domain.staff.schemas import TimeOffCreate


async def create(uow: UnitOfWork, staff_id: UUID, data: TimeOffCreate) -> tuple[TimeOff, Sequence[Appointment]]:
    """New time off, and the appointments in it that are still to take place; the lock of the staff row lets no booking
    in between. `NotFound` for the staff member, `Invalid` for a period that ends before it starts."""
    uow.require(Permission.STAFF_WRITE)
    await staff.lock_one(uow, staff_id)
    away = await time_off.add(uow, staff_id, data)
    return away, await find_affected(uow, away)


async def find_affected(uow: UnitOfWork, away: TimeOff) -> Sequence[Appointment]:
    """The scheduled and confirmed appointments that overlap a staff member's time off, the earliest first."""
    uow.require(Permission.APPOINTMENTS_READ)
    overlapping = uow.select(Appointment).where(
        Appointment.staff_id == away.staff_id,
        col(Appointment.status).in_(OPEN_STATUSES),
        Appointment.scheduled_at < away.ends_at,
        Appointment.ends_at > away.starts_at,
    )
    return await uow.list(overlapping.order_by(col(Appointment.scheduled_at), col(Appointment.id)))
