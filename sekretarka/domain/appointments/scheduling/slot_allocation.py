"""Allocating a staff member's time, so that it is never given twice: lock, read, and only then write.

Whoever takes or moves a time comes through here. The rows of all staff in question are locked in the order of their
ids before their calendars are read; what the database itself refuses (see `models.py`) is the second safeguard.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Invalid, OutsideHours, SlotTaken, StaffUnavailable, TooFar, TooSoon
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.models import Appointment, Source, Status
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader
from sekretarka.domain.appointments.scheduling.availability import (
    DurationRequirement,
    OrganizationSchedule,
    StaffSchedule,
    Unavailability,
    unavailability,
)
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff

# How far around an appointment the calendars are read: enough to see who has least to do that day.
WORKLOAD_WINDOW = local_time.DAY
EXCLUSION_VIOLATION, SLOT_TAKEN_TRIGGER = "23P01", "slot_taken"
ERRORS: dict[Unavailability, type[AppError]] = {
    Unavailability.TOO_SOON: TooSoon,
    Unavailability.TOO_FAR: TooFar,
    Unavailability.OUTSIDE_HOURS: OutsideHours,
    Unavailability.AWAY: StaffUnavailable,
    Unavailability.TAKEN: SlotTaken,
}


@dataclass(frozen=True)
class Assignment:
    """A service at a time with a staff member whose row is locked: nobody else takes that time until the unit of work
    ends."""

    service: Service
    staff_id: UUID
    start: datetime
    need: DurationRequirement
    timezone: str

    def apply(self, row: Appointment) -> Appointment:
        """Put time, staff member and service into the row, and return it; the price is the service's unless the
        appointment is for that service already."""
        start, requirement = local_time.minute_of(self.start), self.need
        if row.service_id != self.service.id:
            row.price_amount, row.price_currency = self.service.price_amount, self.service.price_currency
        row.staff_id, row.service_id, row.timezone = self.staff_id, self.service.id, self.timezone
        row.scheduled_at, row.ends_at = self.start, self.start + timedelta(minutes=requirement.duration)
        row.busy_from, row.busy_to = start - requirement.before, start + requirement.duration + requirement.after
        return row


def source_of(uow: UnitOfWork) -> Source:
    """Who makes an appointment now."""
    return Source.PERSON if uow.actor.kind == "user" else Source.PROGRAM


async def new_appointment(uow: UnitOfWork, name_or_id: str, start: datetime, staff_id: UUID | None) -> Appointment:
    """A row, not stored yet, for a service at a time; raises as `bookable_service` and `allocate`."""
    assignment = await allocate(uow, await bookable_service(uow, name_or_id), start, staff_id)
    return assignment.apply(Appointment(organization_id=uow.organization_id, source=source_of(uow)))  # type: ignore[call-arg]


async def bookable_service(uow: UnitOfWork, name_or_id: str) -> Service:
    """The active service of a name or id; `Invalid` at `serviceType` when there is none."""
    service = await catalog.get_by_name(uow, name_or_id)
    if service is None or not service.is_active:
        raise Invalid.field(["body", "serviceType"], "unknown_service", "There is no such service")
    return service


async def allocate(
    uow: UnitOfWork,
    service: Service,
    start: datetime,
    staff_id: UUID | None,
    *,
    moving: Appointment | None = None,
    or_anyone: bool = False,
) -> Assignment:
    """Choose who takes an appointment: `staff_id`, or of those who are free the one with the least to do around that
    day. Raises `Invalid`, `StaffUnavailable`, `SlotTaken`, `OutsideHours`, `TooSoon` or `TooFar`.

    `moving` is an appointment that leaves its present time: for the same service it keeps its length, and if its time
    stays it may have begun. With `or_anyone` whatever is free for the service will do: where `staff_id` cannot, who is
    free takes it, and where its length does not fit, it gets the service's.
    """
    if staff_id is not None and not or_anyone and not await staff.exists(uow, staff_id):
        if moving is not None and moving.staff_id == staff_id:
            raise StaffUnavailable("They do not work here any more")
        raise Invalid.field(["body", "staffId"], "unknown_staff", "Nobody like this works here")
    candidates = await staff.find_qualified(uow, service.id, None if or_anyone else staff_id, lock=True)
    if not candidates:
        raise StaffUnavailable("Nobody does this service" if staff_id is None else "They do not do this service")
    await drop_expired_holds(uow, [row.id for row in candidates])
    minute, requirements = local_time.minute_of(start), [schedule_loader.requirement_of_service(service)]
    if moving is not None and moving.service_id == service.id:
        booked = schedule_loader.requirement_of_appointment(moving)
        requirements = [booked, *requirements] if or_anyone else [booked]
    without = moving.id if moving else None
    schedules = await schedule_loader.load_staff_schedules(
        uow, candidates, minute - WORKLOAD_WINDOW, minute + WORKLOAD_WINDOW + local_time.DAY, exclude_id=without
    )
    organization = await days.current_organization(uow)
    day = local_time.to_local(minute, clock.zone(organization.timezone)).date()
    rules, now = schedule_loader.organization_schedule(organization, day, day, by=uow.actor), uow.now
    if moving is not None and moving.scheduled_at == start:
        rules, now = replace(rules, notice=0), start
    chosen, requirement = _choose(rules, schedules, requirements, minute, local_time.minute_after(now), staff_id)
    return Assignment(service, chosen, start, requirement, organization.timezone)


@asynccontextmanager
async def map_overlap_error() -> AsyncIterator[None]:
    """Around the write: an overlap that the database rejects is `SlotTaken`."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == EXCLUSION_VIOLATION or SLOT_TAKEN_TRIGGER in str(error.orig):
            raise SlotTaken from None
        raise


def _choose(
    rules: OrganizationSchedule,
    schedules: list[StaffSchedule],
    requirements: list[DurationRequirement],
    start: int,
    now: int,
    preferred: UUID | None,
) -> tuple[UUID, DurationRequirement]:
    """Who takes it, the preferred one if they can, and the first of the requirements that they have time for."""
    fitting: dict[UUID, DurationRequirement] = {}
    reasons: set[Unavailability] = set()
    for member in schedules:
        for requirement in requirements:
            reason = unavailability(rules, member, requirement, start, now)
            if reason is None:
                fitting.setdefault(member.id, requirement)
            else:
                reasons.add(reason)
    if fitting:
        free = [member for member in schedules if member.id in fitting and preferred in (None, member.id)]
        free = free or [member for member in schedules if member.id in fitting]
        chosen = min(free, key=lambda member: (sum(end - begin for begin, end in member.busy), member.id)).id
        return chosen, fitting[chosen]
    if Unavailability.IN_PAST in reasons:
        raise Invalid.field(["body", "scheduledAt"], "in_past", "This time has passed")
    # with several staff: that somebody works then but is taken says more than that somebody else is away
    raise next(ERRORS[reason] for reason in reversed(Unavailability) if reason in reasons)


async def drop_expired_holds(uow: UnitOfWork, staff_ids: list[UUID]) -> None:
    """Delete the expired holds of staff whose rows are locked, so that the database does not count them any more;
    under the lock nobody can be using them up."""
    expired = sa.delete(Appointment).where(
        col(Appointment.organization_id) == uow.organization_id,
        col(Appointment.staff_id).in_(staff_ids),
        col(Appointment.status) == Status.HELD,
        col(Appointment.held_until) <= uow.now,
    )
    await uow.execute(expired.execution_options(synchronize_session=False))
