"""Appointments outside of working time, because hours, closed days, time off or staff changed after the booking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.models import Appointment, Status
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader
from sekretarka.domain.appointments.scheduling.availability import StaffSchedule, working
from sekretarka.domain.appointments.scheduling.intervals import covers
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff


class Reason(StrEnum):
    """Why it cannot take place; the first that applies, from what concerns everybody to what concerns one person."""

    CLOSED = "closed"
    LEFT = "left"
    OFF = "off"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class ScheduleConflict:
    """An upcoming appointment, and why it cannot take place as booked."""

    appointment: Appointment
    reason: Reason


async def find(uow: UnitOfWork, staff_id: UUID | None = None) -> list[ScheduleConflict]:
    """Upcoming appointments outside of opening or working hours, of one staff member or of all; the earliest first.

    They stay until somebody moves or cancels them.
    """
    uow.require(Permission.APPOINTMENTS_READ)
    row = Appointment
    coming = uow.select(row).where(
        col(row.status).in_([Status.SCHEDULED, Status.CONFIRMED]), row.scheduled_at > uow.now
    )
    if staff_id is not None:
        coming = coming.where(row.staff_id == staff_id)
    visits = await uow.list(coming.order_by(col(row.scheduled_at), col(row.id)))
    return list(await _outside(uow, visits)) if visits else []


async def _outside(uow: UnitOfWork, visits: Sequence[Appointment]) -> Iterator[ScheduleConflict]:
    organization = await days.current_organization(uow)
    between = (
        clock.local_day(visits[0].scheduled_at, organization.timezone),
        clock.local_day(visits[-1].scheduled_at, organization.timezone),
    )
    business = schedule_loader.organization_schedule(organization, *between)
    rows = await staff.find_by_ids(uow, {visit.staff_id for visit in visits})
    ends = local_time.minute_after(max(visit.ends_at for visit in visits))
    people = await schedule_loader.load_staff_schedules(uow, rows, local_time.minute_of(uow.now), ends)
    gone = {row.id for row in rows if row.deleted_at is not None or not row.is_active}
    opened = working(business, StaffSchedule(UUID(int=0)), between)
    on = {one.id: working(business, replace(one, away=()), between) for one in people}
    there = {one.id: working(business, one, between) for one in people}

    def reason(visit: Appointment) -> Reason | None:
        start, end = local_time.minute_of(visit.scheduled_at), local_time.minute_after(visit.ends_at)
        if not covers(opened, start, end):
            return Reason.CLOSED
        if visit.staff_id in gone:
            return Reason.LEFT
        if not covers(on[visit.staff_id], start, end):
            return Reason.OFF
        return None if covers(there[visit.staff_id], start, end) else Reason.AWAY

    return (ScheduleConflict(visit, why) for visit in visits if (why := reason(visit)) is not None)
