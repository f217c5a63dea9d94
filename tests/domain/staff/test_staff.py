"""Staff: who works here, as whom, when they are away, and who can do what."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Duplicate, Forbidden, Invalid, NotFound
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock
from sekretarka.domain.organizations.hours import Block, BusinessHours
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import service_assignments, time_off
from sekretarka.domain.staff.schemas import StaffCreate, StaffPatch, TimeOffCreate
from tests import factories


@pytest.fixture
async def owner(database: engine.Database) -> Actor:
    return await factories.member((await factories.organization()).id)


def organization_of(by: Actor) -> UUID:
    assert by.organization_id is not None
    return by.organization_id


async def test_hours_merge_by_day_and_end_with_null(owner: Actor) -> None:
    early, late = (Block(open=start, close=end) for start, end in (("08:00", "12:00"), ("13:00", "17:00")))
    async with begin(owner, write=True) as uow:
        row = await staff.create(uow, StaffCreate(name="Ewa", weekly_hours=BusinessHours(mon=[early, late])))
        await staff.update(uow, row.id, StaffPatch(weekly_hours=BusinessHours(tue=[late])))
        assert row.weekly_hours is not None
        assert [len(row.weekly_hours[day]) for day in ("mon", "tue", "wed")] == [2, 1, 0]
        await staff.update(uow, row.id, StaffPatch(weekly_hours=BusinessHours(mon=None)))
        assert (row.weekly_hours["mon"], len(row.weekly_hours["tue"])) == ([], 1)
        await staff.update(uow, row.id, StaffPatch(weekly_hours=None))
        assert row.weekly_hours is None


async def test_member_has_at_most_one_staff_row(owner: Actor) -> None:
    stranger = await factories.member((await factories.organization()).id)
    async with begin(owner, write=True) as uow:
        await staff.create(uow, StaffCreate(name="Ewa", user_id=owner.user_id))
        for unknown in (stranger.user_id, uuid4()):
            with pytest.raises(Invalid):
                await staff.create(uow, StaffCreate(name="Ola", user_id=unknown))
    with pytest.raises(Duplicate):
        async with begin(owner, write=True) as uow:
            await staff.create(uow, StaffCreate(name="Ola", user_id=owner.user_id))
    async with begin(owner, write=True) as uow:
        [ewa] = await staff.find(uow)
        await staff.delete(uow, ewa.id)
        await uow.flush()
        again = await staff.create(uow, StaffCreate(name="Ewa", user_id=owner.user_id))
        assert await staff.names(uow) == {ewa.id: "Ewa", again.id: "Ewa"}, "earlier appointments keep a name"
        assert [row.id for row in await staff.find(uow)] == [again.id]


async def test_permissions_and_tenant_of_conflicts(owner: Actor) -> None:
    ewa = await factories.staff(organization_of(owner))
    teammate, stranger = (
        await factories.member(organization_of(owner), Role.STAFF),
        await factories.member((await factories.organization()).id),
    )
    day = TimeOffCreate(starts_at=date(2027, 1, 4), ends_at=date(2027, 1, 4))
    async with begin(teammate, write=True) as uow:
        assert (await staff.get(uow, ewa.id)).name == "Ewa"
        for refused in (
            staff.update(uow, ewa.id, StaffPatch()),
            staff.delete(uow, ewa.id),
            time_off.add(uow, ewa.id, day),
            service_assignments.assign(uow, ewa.id, []),
        ):
            with pytest.raises(Forbidden):
                await refused
    async with begin(stranger, write=True) as uow:
        for staff_id in (ewa.id, uuid4()):
            for unknown in (
                staff.get(uow, staff_id),
                staff.update(uow, staff_id, StaffPatch(name="x")),
                staff.delete(uow, staff_id),
                time_off.remove(uow, staff_id, uuid4()),
            ):
                with pytest.raises(NotFound):
                    await unknown


async def test_time_off_is_of_local_days_both_included(owner: Actor) -> None:
    ewa = await factories.staff(organization_of(owner))
    async with begin(owner, write=True) as uow:
        # The clocks are put forward in between: two local days are 47 hours.
        row = await time_off.add(uow, ewa.id, TimeOffCreate(starts_at=date(2027, 3, 27), ends_at=date(2027, 3, 28)))
        assert row.ends_at - row.starts_at == timedelta(hours=47)
        assert clock.to_json(row.starts_at) == "2027-03-26T23:00:00.000Z"
        with pytest.raises(Invalid):
            await time_off.add(uow, ewa.id, TimeOffCreate(starts_at=row.ends_at, ends_at=row.starts_at))
        assert (await time_off.find_by_staff(uow, [ewa.id], row.ends_at))[ewa.id] == []
        assert (await time_off.find_by_staff(uow, [ewa.id], row.starts_at, row.starts_at))[ewa.id] == []
        assert [entry.id for entry in (await time_off.find_by_staff(uow, [ewa.id], row.starts_at))[ewa.id]] == [row.id]


async def test_service_without_staff_is_done_by_everyone(owner: Actor) -> None:
    ewa, ola = [await factories.staff(organization_of(owner), name=name) for name in ("Ewa", "Ola")]
    cut, dye = [await factories.service(organization_of(owner), name=name) for name in ("Strzyżenie", "Koloryzacja")]
    async with begin(owner, write=True) as uow:
        assert await service_assignments.services_of(uow, ewa.id) == {cut.id, dye.id}
        assert not await service_assignments.assign(uow, ewa.id, [cut.id, dye.id]), "as it is"
        assert await service_assignments.assign(uow, ewa.id, [cut.id])
        assert await service_assignments.staff_by_service(uow, [cut.id, dye.id]) == {cut.id: [], dye.id: [ola.id]}
        assert [row.id for row in await staff.find_qualified(uow, dye.id)] == [ola.id]
        with pytest.raises(Invalid) as refused:
            await service_assignments.assign(uow, ola.id, [cut.id])
        assert isinstance(refused.value.details, list)
        assert refused.value.details[0].code == "last_able"
        with pytest.raises(Invalid):
            await service_assignments.assign(uow, ola.id, [uuid4()])
        assert await service_assignments.assign(uow, ewa.id, [cut.id, dye.id])
        assert (await service_assignments.staff_by_service(uow, [dye.id]))[dye.id] == sorted([ewa.id, ola.id])
        assert await service_assignments.assign(uow, ola.id, [])
        assert await service_assignments.services_of(uow, ola.id) == set()
        assert [row.id for row in await staff.find_qualified(uow, cut.id)] == [ewa.id]
