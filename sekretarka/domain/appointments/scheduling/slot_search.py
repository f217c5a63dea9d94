"""The slots of some days, with who is free, for everything that offers a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.appointments.scheduling import availability, local_time, schedule_loader
from sekretarka.domain.appointments.scheduling.availability import DurationRequirement, Slot
from sekretarka.domain.organizations import hours
from sekretarka.domain.organizations.hours import BusinessHours
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff.models import Staff


async def find_slots(
    uow: UnitOfWork,
    organization: Organization,
    members: Sequence[Staff],
    requirement: DurationRequirement,
    between: tuple[date, date],
    draft_hours: Mapping[UUID, BusinessHours | None] | None = None,
) -> list[Slot]:
    """Every slot of some days, both included; `draft_hours` replace the stored hours of these staff (None: the
    organization's)."""
    first, last = (local_time.midnight(day) for day in between)
    loaded = await schedule_loader.load_staff_schedules(
        uow, members, first - 2 * local_time.DAY, last + 4 * local_time.DAY
    )
    for staff_id, week in (draft_hours or {}).items():
        own = None if week is None else hours.minutes(week.merge_into({}))
        loaded = [replace(member, hours=own) if member.id == staff_id else member for member in loaded]
    schedule = schedule_loader.organization_schedule(organization, *between, by=uow.actor)
    return availability.slots(schedule, loaded, requirement, between, local_time.minute_after(uow.now))
