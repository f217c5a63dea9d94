"""People: who works here, as whom, when they are away, and who can do what."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from sekretarka.core import clock, db
from sekretarka.core.actor import Actor
from sekretarka.core.errors import Duplicate, Forbidden, Invalid, NotFound
from sekretarka.core.permissions import Role
from sekretarka.core.scope import open_scope
from sekretarka.domain.organizations.hours import Block, BusinessHours
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import skills, time_off
from sekretarka.domain.staff.schemas import StaffCreate, StaffPatch, TimeOffCreate
from tests import make


@pytest.fixture
async def owner(database: db.Database) -> Actor:
    return await make.member((await make.organization()).id)


def here(by: Actor) -> UUID:
    assert by.organization_id is not None
    return by.organization_id


async def test_hours_merge_by_day_and_end_with_null(owner: Actor) -> None:
    early, late = (Block(open=start, close=end) for start, end in (("08:00", "12:00"), ("13:00", "17:00")))
    async with open_scope(owner, write=True) as scope:
        row = await staff.create(scope, StaffCreate(name="Ewa", weekly_hours=BusinessHours(mon=[early, late])))
        await staff.update(scope, row.id, StaffPatch(weekly_hours=BusinessHours(tue=[late])))
        assert row.weekly_hours is not None
        assert [len(row.weekly_hours[day]) for day in ("mon", "tue", "wed")] == [2, 1, 0]
        await staff.update(scope, row.id, StaffPatch(weekly_hours=BusinessHours(mon=None)))
        assert (row.weekly_hours["mon"], len(row.weekly_hours["tue"])) == ([], 1)
        await staff.update(scope, row.id, StaffPatch(weekly_hours=None))
        assert row.weekly_hours is None


async def test_a_member_works_as_one_person(owner: Actor) -> None:
    stranger = await make.member((await make.organization()).id)
    async with open_scope(owner, write=True) as scope:
        await staff.create(scope, StaffCreate(name="Ewa", user_id=owner.user_id))
        for unknown in (stranger.user_id, uuid4()):
            with pytest.raises(Invalid):
                await staff.create(scope, StaffCreate(name="Ola", user_id=unknown))
    with pytest.raises(Duplicate):
        async with open_scope(owner, write=True) as scope:
            await staff.create(scope, StaffCreate(name="Ola", user_id=owner.user_id))
    async with open_scope(owner, write=True) as scope:
        [ewa] = await staff.find(scope)
        await staff.delete(scope, ewa.id)
        await scope.flush()
        again = await staff.create(scope, StaffCreate(name="Ewa", user_id=owner.user_id))
        assert await staff.names(scope) == {ewa.id: "Ewa", again.id: "Ewa"}, "her visits keep a name"
        assert [row.id for row in await staff.find(scope)] == [again.id]


async def test_who_may_and_whose_they_are(owner: Actor) -> None:
    ewa = await make.staff(here(owner))
    teammate, stranger = await make.member(here(owner), Role.STAFF), await make.member((await make.organization()).id)
    day = TimeOffCreate(starts_at=date(2027, 1, 4), ends_at=date(2027, 1, 4))
    async with open_scope(teammate, write=True) as scope:
        assert (await staff.get(scope, ewa.id)).name == "Ewa"
        for refused in (
            staff.update(scope, ewa.id, StaffPatch()),
            staff.delete(scope, ewa.id),
            time_off.add(scope, ewa.id, day),
            skills.choose(scope, ewa.id, []),
        ):
            with pytest.raises(Forbidden):
                await refused
    async with open_scope(stranger, write=True) as scope:
        for staff_id in (ewa.id, uuid4()):
            for unknown in (
                staff.get(scope, staff_id),
                staff.update(scope, staff_id, StaffPatch(name="x")),
                staff.delete(scope, staff_id),
                time_off.remove(scope, staff_id, uuid4()),
            ):
                with pytest.raises(NotFound):
                    await unknown


async def test_time_off_is_of_local_days_both_included(owner: Actor) -> None:
    ewa = await make.staff(here(owner))
    async with open_scope(owner, write=True) as scope:
        # The clocks are put forward in between: two local days are 47 hours.
        row = await time_off.add(scope, ewa.id, TimeOffCreate(starts_at=date(2027, 3, 27), ends_at=date(2027, 3, 28)))
        assert row.ends_at - row.starts_at == timedelta(hours=47)
        assert clock.to_json(row.starts_at) == "2027-03-26T23:00:00.000Z"
        with pytest.raises(Invalid):
            await time_off.add(scope, ewa.id, TimeOffCreate(starts_at=row.ends_at, ends_at=row.starts_at))
        assert (await time_off.since(scope, [ewa.id], row.ends_at))[ewa.id] == []
        assert (await time_off.since(scope, [ewa.id], row.starts_at, row.starts_at))[ewa.id] == []
        assert [one.id for one in (await time_off.since(scope, [ewa.id], row.starts_at))[ewa.id]] == [row.id]


async def test_nobody_listed_means_everyone_until_somebody_chooses(owner: Actor) -> None:
    ewa, ola = [await make.staff(here(owner), name=name) for name in ("Ewa", "Ola")]
    cut, dye = [await make.service(here(owner), name=name) for name in ("Strzyżenie", "Koloryzacja")]
    async with open_scope(owner, write=True) as scope:
        assert await skills.able(scope, ewa.id) == {cut.id, dye.id}
        assert not await skills.choose(scope, ewa.id, [cut.id, dye.id]), "as it is"
        assert await skills.choose(scope, ewa.id, [cut.id])
        assert await skills.listed(scope, [cut.id, dye.id]) == {cut.id: [], dye.id: [ola.id]}
        assert [row.id for row in await staff.able(scope, dye.id)] == [ola.id]
        with pytest.raises(Invalid) as refused:
            await skills.choose(scope, ola.id, [cut.id])
        assert isinstance(refused.value.details, list)
        assert refused.value.details[0].code == "last_able"
        with pytest.raises(Invalid):
            await skills.choose(scope, ola.id, [uuid4()])
        assert await skills.choose(scope, ewa.id, [cut.id, dye.id])
        assert (await skills.listed(scope, [dye.id]))[dye.id] == sorted([ewa.id, ola.id])
        assert await skills.choose(scope, ola.id, [])
        assert await skills.able(scope, ola.id) == set()
        assert [row.id for row in await staff.able(scope, cut.id)] == [ewa.id]
