"""What availability is computed from, read from the database: the business, its people, what keeps them busy."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import wall
from sekretarka.domain.appointments.availability import Business, Need, Person
from sekretarka.domain.appointments.intervals import Interval
from sekretarka.domain.appointments.models import BUSY, LONGEST_BUSY, Appointment, Status
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.organizations import days, hours
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff import time_off
from sekretarka.domain.staff.models import Staff


def need(service: Service) -> Need:
    """How much time a service takes."""
    return Need(service.duration, service.buffer_before, service.buffer_after)


def need_of(visit: Appointment) -> Need:
    """How much time a visit takes, whatever has become of its service since."""
    start, end = wall.minute_of(visit.scheduled_at), wall.minute_after(visit.ends_at)
    return Need(end - start, start - visit.busy_from, visit.busy_to - end)


def business(organization: Organization, first: date, last: date, *, by: Actor | None = None) -> Business:
    """When the business is open on these days and their neighbours, and how it takes bookings, made `by` whom.

    The minimum notice is for programs: a person at the dashboard sees who is standing at the desk.
    """
    rules = organization.booking
    person = by is not None and by.kind == "user"
    around = timedelta(days=3)
    return Business(
        zone=clock.zone(organization.timezone),
        hours=hours.minutes(organization.business_hours),
        closed=days.closed_days(organization, first - around, last + around),
        slot=rules["slotMinutes"],
        notice=0 if person else rules["minimumNoticeMinutes"],
        advance_days=rules["maximumAdvanceDays"],
    )


async def people(
    uow: UnitOfWork, rows: Sequence[Staff], first: int, last: int, *, without: UUID | None = None
) -> list[Person]:
    """These people with what keeps them from working between two minutes; `without` one visit that is to be moved."""
    ids = [row.id for row in rows]
    away = await time_off.since(uow, ids, wall.instant_of(first), wall.instant_of(last))
    busy: dict[UUID, list[Interval]] = {staff_id: [] for staff_id in ids}
    for staff_id, start, end in await uow.execute(_busy(uow, ids, first, last, without)):
        busy[staff_id].append((start, end))
    return [
        Person(
            row.id,
            None if row.weekly_hours is None else hours.minutes(row.weekly_hours),
            [(wall.minute_of(off.starts_at), wall.minute_after(off.ends_at)) for off in away[row.id]],
            busy[row.id],
        )
        for row in rows
    ]


def _busy(
    uow: UnitOfWork, ids: Sequence[UUID], first: int, last: int, without: UUID | None
) -> sa.Select[UUID, int, int]:
    """Visits and living holds; plain columns, because there may be thousands."""
    row = Appointment
    criteria = [
        col(row.organization_id) == uow.organization_id,
        col(row.staff_id).in_(ids),
        col(row.busy_from).between(first - LONGEST_BUSY, last),
        col(row.busy_to) > first,
        col(row.status).in_(BUSY),
        sa.or_(col(row.status) != Status.HELD, col(row.held_until) > uow.now),
    ]
    if without is not None:
        criteria.append(col(row.id) != without)
    return sa.select(col(row.staff_id), col(row.busy_from), col(row.busy_to)).where(*criteria)
