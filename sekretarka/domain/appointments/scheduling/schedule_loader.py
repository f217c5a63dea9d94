"""What availability is computed from, read from the database: the organization, its staff, what occupies them."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.models import BUSY_STATUSES, MAX_BUSY_MINUTES, Appointment, Status
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.scheduling.availability import (
    DurationRequirement,
    OrganizationSchedule,
    StaffSchedule,
)
from sekretarka.domain.appointments.scheduling.intervals import Interval
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.organizations import days, hours
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff import time_off
from sekretarka.domain.staff.models import Staff


def requirement_of_service(service: Service) -> DurationRequirement:
    """Duration and buffers of a service."""
    return DurationRequirement(service.duration, service.buffer_before, service.buffer_after)


def requirement_of_appointment(appointment: Appointment) -> DurationRequirement:
    """Duration and buffers of an appointment as booked, whatever has become of its service since."""
    start, end = local_time.minute_of(appointment.scheduled_at), local_time.minute_after(appointment.ends_at)
    return DurationRequirement(end - start, start - appointment.busy_from, appointment.busy_to - end)


def organization_schedule(
    organization: Organization, first: date, last: date, *, by: Actor | None = None
) -> OrganizationSchedule:
    """When the organization is open on these days and three around them, and how it takes bookings made `by` an actor.
    A user at the dashboard needs no minimum notice: they see who is standing at the desk."""
    rules = organization.booking
    by_user = by is not None and by.kind == "user"
    around = timedelta(days=3)
    return OrganizationSchedule(
        zone=clock.zone(organization.timezone),
        hours=hours.minutes(organization.business_hours),
        closed=days.closed_days(organization, first - around, last + around),
        slot=rules["slotMinutes"],
        notice=0 if by_user else rules["minimumNoticeMinutes"],
        advance_days=rules["maximumAdvanceDays"],
    )


async def load_staff_schedules(
    uow: UnitOfWork, rows: Sequence[Staff], first: int, last: int, *, exclude_id: UUID | None = None
) -> list[StaffSchedule]:
    """The schedules of these staff, in the same order, with what occupies them from `first` to `last` (minutes since
    1970), without the appointment `exclude_id`."""
    ids = [row.id for row in rows]
    away = await time_off.find_by_staff(uow, ids, local_time.instant_of(first), local_time.instant_of(last))
    busy: dict[UUID, list[Interval]] = {staff_id: [] for staff_id in ids}
    for staff_id, start, end in await uow.execute(_busy_intervals(uow, ids, first, last, exclude_id)):
        busy[staff_id].append((start, end))
    return [
        StaffSchedule(
            row.id,
            None if row.weekly_hours is None else hours.minutes(row.weekly_hours),
            [(local_time.minute_of(off.starts_at), local_time.minute_after(off.ends_at)) for off in away[row.id]],
            busy[row.id],
        )
        for row in rows
    ]


def _busy_intervals(
    uow: UnitOfWork, ids: Sequence[UUID], first: int, last: int, exclude_id: UUID | None
) -> sa.Select[UUID, int, int]:
    """Appointments and active holds; plain columns, because there may be thousands."""
    row = Appointment
    criteria = [
        col(row.organization_id) == uow.organization_id,
        col(row.staff_id).in_(ids),
        col(row.busy_from).between(first - MAX_BUSY_MINUTES, last),
        col(row.busy_to) > first,
        col(row.status).in_(BUSY_STATUSES),
        sa.or_(col(row.status) != Status.HELD, col(row.held_until) > uow.now),
    ]
    if exclude_id is not None:
        criteria.append(col(row.id) != exclude_id)
    return sa.select(col(row.staff_id), col(row.busy_from), col(row.busy_to)).where(*criteria)
