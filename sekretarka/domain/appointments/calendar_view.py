"""What a calendar of some days shows: appointments, who works when, who is away, and what else occupies them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import authorization
from sekretarka.domain.appointments.models import MAX_BUSY_MINUTES, Appointment, Status
from sekretarka.domain.appointments.scheduling import availability, local_time, schedule_loader
from sekretarka.domain.appointments.scheduling.intervals import Interval, Intervals
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import time_off
from sekretarka.domain.staff.models import Staff, TimeOff


@dataclass(frozen=True)
class CalendarView:
    """What a calendar shows. By staff id, `working` and `held` are intervals in minutes since 1970, `away` is time off;
    `writable` are the ids of the staff whose appointments the caller may write, `closed` is as `days.closures`."""

    staff: Sequence[Staff]
    appointments: Sequence[Appointment]
    working: dict[UUID, Intervals]
    away: dict[UUID, list[TimeOff]]
    held: dict[UUID, list[Interval]]
    writable: frozenset[UUID]
    closed: dict[date, dict[str, str]]


async def load(uow: UnitOfWork, between: tuple[date, date], staff_id: UUID | None = None) -> CalendarView:
    """The local days (both included) of all active staff or of one staff member; of one who has left only the
    appointments. Intervals may reach into the days around."""
    uow.require(Permission.APPOINTMENTS_READ)
    organization = await days.current_organization(uow)
    first, last = clock.day_start(between[0], organization.timezone), between[1] + timedelta(days=1)
    end = clock.day_start(last, organization.timezone)
    overlapping = uow.select(Appointment).where(
        Appointment.scheduled_at >= first - timedelta(minutes=MAX_BUSY_MINUTES),
        Appointment.scheduled_at < end,
        Appointment.ends_at > first,
    )
    members = [row for row in await staff.find(uow) if row.is_active]
    if staff_id is not None:
        overlapping = overlapping.where(Appointment.staff_id == staff_id)
        members = [row for row in members if row.id == staff_id]
    rows = await uow.list(overlapping.order_by(col(Appointment.scheduled_at), col(Appointment.id)))
    ids = [row.id for row in members]
    schedule = schedule_loader.organization_schedule(organization, *between)
    loaded = await schedule_loader.load_staff_schedules(
        uow, members, local_time.minute_of(first), local_time.minute_of(end)
    )
    return CalendarView(
        staff=members,
        appointments=[row for row in rows if row.status is not Status.HELD],
        working={
            staff_schedule.id: availability.working(schedule, staff_schedule, between) for staff_schedule in loaded
        },
        away=await time_off.find_by_staff(uow, ids, first, end),
        held=_held(uow, rows),
        writable=frozenset(await authorization.filter_writable(uow, ids)),
        closed=days.closures(organization, *between),
    )


def _held(uow: UnitOfWork, rows: Sequence[Appointment]) -> dict[UUID, list[Interval]]:
    held: dict[UUID, list[Interval]] = {}
    for row in rows:
        if row.status is Status.HELD and row.held_until is not None and row.held_until > uow.now:
            held.setdefault(row.staff_id, []).append((row.busy_from, row.busy_to))
    return held
