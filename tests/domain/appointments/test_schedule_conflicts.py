"""Appointments that nobody is there for after something changed: told with why, never cancelled."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Forbidden
from sekretarka.domain.appointments import schedule_conflicts, statuses, time_off
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Status
from sekretarka.domain.appointments.schedule_conflicts import Reason
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.hours import BusinessHours
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import OrganizationPatch
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.schemas import StaffPatch, TimeOffCreate
from tests import factories
from tests.domain.appointments.organization import BookableOrganization

MORNING = [{"open": "09:00", "close": "10:59"}]
LONG = [{"open": "09:00", "close": "11:00"}]


def week(blocks: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    return dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), blocks)


async def close(uow: UnitOfWork, bookable: BookableOrganization) -> None:
    await organizations.update(uow, bookable.id, OrganizationPatch(closed_days=[factories.open_day()]))


async def open_shorter(uow: UnitOfWork, bookable: BookableOrganization) -> None:
    hours = BusinessHours.model_validate(week(MORNING))
    await organizations.update(uow, bookable.id, OrganizationPatch(business_hours=hours))


async def work_shorter(uow: UnitOfWork, bookable: BookableOrganization) -> None:
    hours = BusinessHours.model_validate(week(MORNING))
    await staff.update(uow, bookable.ewa.id, StaffPatch(weekly_hours=hours))


async def rest(uow: UnitOfWork, bookable: BookableOrganization) -> None:
    await staff.update(uow, bookable.ewa.id, StaffPatch(is_active=False))


async def leave(uow: UnitOfWork, bookable: BookableOrganization) -> None:
    await staff.delete(uow, bookable.ewa.id)


async def be_away(uow: UnitOfWork, bookable: BookableOrganization) -> None:
    at = factories.at("10:30")
    await time_off.create(uow, bookable.ewa.id, TimeOffCreate(starts_at=at, ends_at=factories.at("10:45")))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (close, Reason.CLOSED),
        (open_shorter, Reason.CLOSED),
        (work_shorter, Reason.OFF),
        (rest, Reason.LEFT),
        (leave, Reason.LEFT),
        (be_away, Reason.AWAY),
    ],
)
async def test_every_kind_of_change_reports_its_conflicts(
    bookable: BookableOrganization,
    change: Callable[[UnitOfWork, BookableOrganization], Awaitable[None]],
    reason: Reason,
) -> None:
    ola = await factories.staff(bookable.id, name="Ola")
    appointment = await factories.appointment(bookable.owner, staffId=str(bookable.ewa.id))
    elsewhere = await factories.appointment(bookable.owner, factories.at("10:00", 1), staffId=str(ola.id))
    async with begin(bookable.owner, write=True) as uow:
        assert await schedule_conflicts.find(uow) == []
        await change(uow, bookable)
    async with begin(bookable.owner) as uow:
        conflicts = await schedule_conflicts.find(uow)
        conflicts_of_ewa = [
            (conflict.appointment.id, conflict.reason)
            for conflict in conflicts
            if conflict.appointment.staff_id == bookable.ewa.id
        ]
        assert conflicts_of_ewa == [(appointment.id, reason)]
        assert [conflict.appointment.id for conflict in await schedule_conflicts.find(uow, bookable.ewa.id)] == [
            appointment.id
        ]
        others = await schedule_conflicts.find(uow, ola.id)
        assert [conflict.appointment.id for conflict in others] == ([elsewhere.id] if change is open_shorter else [])
        assert (await appointments.get(uow, appointment.id)).status is Status.SCHEDULED
    async with begin(bookable.owner, write=True) as uow:
        await statuses.cancel(uow, appointment.id)
        assert await schedule_conflicts.find(uow, bookable.ewa.id) == []


async def test_appointment_that_just_fits_is_no_conflict(bookable: BookableOrganization) -> None:
    await factories.appointment(bookable.owner)
    async with begin(bookable.owner, write=True) as uow:
        hours = BusinessHours.model_validate(week(LONG))
        await staff.update(uow, bookable.ewa.id, StaffPatch(weekly_hours=hours))
        await uow.execute(sa.update(Organization).where(col(Organization.id) == bookable.id).values(closed_days=[]))
        assert await schedule_conflicts.find(uow) == []


async def test_other_organizations_receive_no_calendar_events(bookable: BookableOrganization) -> None:
    await factories.appointment(bookable.owner)
    stranger = await factories.member((await factories.organization()).id)
    async with begin(bookable.owner, write=True) as uow:
        await close(uow, bookable)
    async with begin(stranger) as uow:
        assert await schedule_conflicts.find(uow, bookable.ewa.id) == []
        assert await schedule_conflicts.find(uow) == []


async def test_a_draft_of_hours_shows_what_would_be_free(bookable: BookableOrganization) -> None:
    day = factories.open_day()
    await factories.appointment(bookable.owner)
    async with begin(bookable.owner) as uow:
        now = await appointments.preview(uow, bookable.ewa.id, bookable.haircut.id, (day, day))
        draft = StaffPatch(weekly_hours=BusinessHours.model_validate(week(MORNING)))
        then = await appointments.preview(uow, bookable.ewa.id, bookable.haircut.id, (day, day), draft)
        business = await appointments.preview(
            uow, bookable.ewa.id, bookable.haircut.id, (day, day), StaffPatch(weekly_hours=None)
        )
    assert sum(bool(slot.free) for slot in now) > 10
    assert [slot.start for slot in then] == [slot.start for slot in now], "the raster is the business's"
    assert sum(bool(slot.free) for slot in then) == 0, "ten to eleven is taken, nine leaves no time to tidy up"
    assert business == now
    async with begin(bookable.owner) as uow:
        assert (await staff.get(uow, bookable.ewa.id)).weekly_hours is None


async def test_timeline_without_appointments_permission_has_none(bookable: BookableOrganization) -> None:
    async with begin(replace(bookable.owner, role=None)) as uow:
        with pytest.raises(Forbidden):
            await schedule_conflicts.find(uow)
