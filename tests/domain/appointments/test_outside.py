"""Visits that nobody is there for after something changed: told with why, never cancelled."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.errors import Forbidden
from sekretarka.core.scope import Scope, open_scope
from sekretarka.domain.appointments import outside, statuses, time_off
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Status
from sekretarka.domain.appointments.outside import Reason
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.hours import BusinessHours
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import OrganizationPatch
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.schemas import StaffPatch, TimeOffCreate
from tests import make
from tests.domain.appointments.salon import Salon

MORNING = [{"open": "09:00", "close": "10:59"}]
LONG = [{"open": "09:00", "close": "11:00"}]


def week(blocks: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    return dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), blocks)


async def close(scope: Scope, salon: Salon) -> None:
    await organizations.update(scope, salon.id, OrganizationPatch(closed_days=[make.open_day()]))


async def open_shorter(scope: Scope, salon: Salon) -> None:
    hours = BusinessHours.model_validate(week(MORNING))
    await organizations.update(scope, salon.id, OrganizationPatch(business_hours=hours))


async def work_shorter(scope: Scope, salon: Salon) -> None:
    hours = BusinessHours.model_validate(week(MORNING))
    await staff.update(scope, salon.ewa.id, StaffPatch(weekly_hours=hours))


async def rest(scope: Scope, salon: Salon) -> None:
    await staff.update(scope, salon.ewa.id, StaffPatch(is_active=False))


async def leave(scope: Scope, salon: Salon) -> None:
    await staff.delete(scope, salon.ewa.id)


async def be_away(scope: Scope, salon: Salon) -> None:
    at = make.at("10:30")
    await time_off.take(scope, salon.ewa.id, TimeOffCreate(starts_at=at, ends_at=make.at("10:45")))


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
async def test_every_change_tells_which_visits_it_leaves_and_why(
    salon: Salon, change: Callable[[Scope, Salon], Awaitable[None]], reason: Reason
) -> None:
    ola = await make.staff(salon.id, name="Ola")
    visit = await make.appointment(salon.owner, staffId=str(salon.ewa.id))
    elsewhere = await make.appointment(salon.owner, make.at("10:00", 1), staffId=str(ola.id))
    async with open_scope(salon.owner, write=True) as scope:
        assert await outside.find(scope) == []
        await change(scope, salon)
    async with open_scope(salon.owner) as scope:
        found = await outside.find(scope)
        mine = [(one.visit.id, one.reason) for one in found if one.visit.staff_id == salon.ewa.id]
        assert mine == [(visit.id, reason)]
        assert [one.visit.id for one in await outside.find(scope, salon.ewa.id)] == [visit.id]
        others = await outside.find(scope, ola.id)
        assert [one.visit.id for one in others] == ([elsewhere.id] if change is open_shorter else [])
        assert (await appointments.get(scope, visit.id)).status is Status.SCHEDULED
    async with open_scope(salon.owner, write=True) as scope:
        await statuses.cancel(scope, visit.id)
        assert await outside.find(scope, salon.ewa.id) == []


async def test_a_visit_that_just_fits_is_not_told(salon: Salon) -> None:
    await make.appointment(salon.owner)
    async with open_scope(salon.owner, write=True) as scope:
        hours = BusinessHours.model_validate(week(LONG))
        await staff.update(scope, salon.ewa.id, StaffPatch(weekly_hours=hours))
        await scope.execute(sa.update(Organization).where(col(Organization.id) == salon.id).values(closed_days=[]))
        assert await outside.find(scope) == []


async def test_another_business_hears_nothing(salon: Salon) -> None:
    await make.appointment(salon.owner)
    stranger = await make.member((await make.organization()).id)
    async with open_scope(salon.owner, write=True) as scope:
        await close(scope, salon)
    async with open_scope(stranger) as scope:
        assert await outside.find(scope, salon.ewa.id) == []
        assert await outside.find(scope) == []


async def test_a_draft_of_hours_shows_what_would_be_free(salon: Salon) -> None:
    day = make.open_day()
    await make.appointment(salon.owner)
    async with open_scope(salon.owner) as scope:
        now = await appointments.preview(scope, salon.ewa.id, salon.haircut.id, (day, day))
        draft = StaffPatch(weekly_hours=BusinessHours.model_validate(week(MORNING)))
        then = await appointments.preview(scope, salon.ewa.id, salon.haircut.id, (day, day), draft)
        business = await appointments.preview(
            scope, salon.ewa.id, salon.haircut.id, (day, day), StaffPatch(weekly_hours=None)
        )
    assert sum(bool(slot.free) for slot in now) > 10
    assert [slot.start for slot in then] == [slot.start for slot in now], "the raster is the business's"
    assert sum(bool(slot.free) for slot in then) == 0, "ten to eleven is taken, nine leaves no time to tidy up"
    assert business == now
    async with open_scope(salon.owner) as scope:
        assert (await staff.get(scope, salon.ewa.id)).weekly_hours is None


async def test_who_may_not_read_visits_is_told_none(salon: Salon) -> None:
    async with open_scope(replace(salon.owner, role=None)) as scope:
        with pytest.raises(Forbidden):
            await outside.find(scope)
