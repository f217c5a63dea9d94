"""Appointments outside of working time, because hours, closed days, time off or staff changed after the booking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.counting import is_upcoming
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader
from sekretarka.domain.appointments.scheduling.availability import StaffSchedule, working
from sekretarka.domain.appointments.scheduling.intervals import covers
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff


class Reason(StrEnum):
    """Why it cannot take place; the first that applies: the organization is closed, the staff member left (or is
    inactive), has no working hours then, is on time off."""

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
    """Upcoming appointments outside of opening or working hours, of one staff member or of all; the earliest first."""
    uow.require(Permission.APPOINTMENTS_READ)
    of_staff = [Appointment.staff_id == staff_id] if staff_id is not None else []
    rows = await uow.list(upcoming(uow).where(*of_staff))
    return list(await _outside(uow, rows)) if rows else []


def upcoming(uow: UnitOfWork) -> SelectOfScalar[Appointment]:
    """A SELECT of the appointments that are still to take place, the earliest first."""
    row = Appointment
    return uow.select(row).where(is_upcoming(uow.now)).order_by(col(row.scheduled_at), col(row.id))


async def _outside(uow: UnitOfWork, appointments: Sequence[Appointment]) -> Iterator[ScheduleConflict]:
    organization = await days.current_organization(uow)
    between = (
        clock.local_day(appointments[0].scheduled_at, organization.timezone),
        clock.local_day(appointments[-1].scheduled_at, organization.timezone),
    )
    schedule = schedule_loader.organization_schedule(organization, *between)
    members = await staff.find_by_ids(uow, {appointment.staff_id for appointment in appointments})
    ends = local_time.minute_after(max(appointment.ends_at for appointment in appointments))
    staff_schedules = await schedule_loader.load_staff_schedules(uow, members, local_time.minute_of(uow.now), ends)
    inactive = {row.id for row in members if row.deleted_at is not None or not row.is_active}
    open_time = working(schedule, StaffSchedule(UUID(int=0)), between)
    working_hours = {
        staff_schedule.id: working(schedule, replace(staff_schedule, away=()), between)
        for staff_schedule in staff_schedules
    }
    present = {staff_schedule.id: working(schedule, staff_schedule, between) for staff_schedule in staff_schedules}

    def reason(appointment: Appointment) -> Reason | None:
        start, end = local_time.minute_of(appointment.scheduled_at), local_time.minute_after(appointment.ends_at)
        if not covers(open_time, start, end):
            return Reason.CLOSED
        if appointment.staff_id in inactive:
            return Reason.LEFT
        if not covers(working_hours[appointment.staff_id], start, end):
            return Reason.OFF
        return None if covers(present[appointment.staff_id], start, end) else Reason.AWAY

    return (
        ScheduleConflict(appointment, why) for appointment in appointments if (why := reason(appointment)) is not None
    )
