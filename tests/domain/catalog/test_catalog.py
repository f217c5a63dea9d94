"""Services: created and changed by who may, found by name or id, deleted without a trace on their appointments."""

from uuid import uuid4

import pytest

from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import CannotUndo, Forbidden, NotFound
from sekretarka.core.permissions import Role
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.schemas import ServiceCreate, ServicePatch
from tests import factories

CUT = {"name": "Strzyżenie", "duration": 45, "price": {"amount": 12_050, "currency": "pln"}}


@pytest.fixture
async def owner(database: engine.Database) -> Actor:
    return await factories.member((await factories.organization()).id)


async def test_service_is_created_changed_and_deleted(owner: Actor) -> None:
    async with begin(owner, write=True) as uow:
        row = await catalog.create(uow, ServiceCreate.model_validate({**CUT, "bufferAfter": 10}))
    assert (row.duration, row.buffer_before, row.buffer_after, row.price_amount) == (45, 0, 10, 12_050)
    async with begin(owner, write=True) as uow:
        patch = ServicePatch.model_validate({"price": {"amount": 0, "currency": "pln"}, "category": "Włosy"})
        changed = await catalog.update(uow, row.id, patch)
    assert (changed.name, changed.price_amount, changed.category) == ("Strzyżenie", 0, "Włosy")
    assert changed.version == row.version + 1
    async with begin(owner, write=True) as uow:
        assert (await catalog.update(uow, row.id, patch)).version == changed.version, "the same again is no change"
        await catalog.delete(uow, row.id)
    async with begin(owner) as uow:
        assert await catalog.find(uow) == []
        assert (await catalog.by_ids(uow, [row.id]))[row.id].name == "Strzyżenie"
        with pytest.raises(NotFound):
            await catalog.get(uow, row.id)


@pytest.mark.parametrize("spelling", ["Strzyżenie", "  STRZYZENIE ", "strzyżenie"])
async def test_service_is_found_by_any_spelling_and_the_older_one_wins(owner: Actor, spelling: str) -> None:
    assert owner.organization_id is not None
    first = await factories.service(owner.organization_id)
    await factories.service(owner.organization_id)
    async with begin(owner) as uow:
        row = await catalog.get_by_name(uow, spelling)
        assert row is not None
        assert row.id == first.id
        assert await catalog.get_by_name(uow, "strzyż") is None
        by_id = await catalog.get_by_name(uow, str(first.id))
        assert by_id is not None
        assert by_id.id == first.id


async def test_permissions_and_tenant_of_the_calendar(owner: Actor) -> None:
    assert owner.organization_id is not None
    row = await factories.service(owner.organization_id)
    teammate = await factories.member(owner.organization_id, Role.STAFF)
    stranger = await factories.member((await factories.organization()).id)
    async with begin(teammate, write=True) as uow:
        assert (await catalog.get(uow, row.id)).id == row.id
        for refused in (catalog.update(uow, row.id, ServicePatch()), catalog.delete(uow, row.id)):
            with pytest.raises(Forbidden):
                await refused
    async with begin(stranger, write=True) as uow:
        for service_id in (row.id, uuid4()):
            for unknown in (
                catalog.get(uow, service_id),
                catalog.update(uow, service_id, ServicePatch(is_active=False)),
                catalog.delete(uow, service_id),
            ):
                with pytest.raises(NotFound):
                    await unknown
        assert await catalog.get_by_name(uow, str(row.id)) is None


async def test_deletion_is_taken_back_once(owner: Actor) -> None:
    async with begin(owner, write=True) as uow:
        row = await catalog.create(uow, ServiceCreate.model_validate(CUT))
        with pytest.raises(CannotUndo):
            await catalog.restore(uow, row.id, row.version)
        await catalog.delete(uow, row.id)
        deleted = row.version
    async with begin(owner, write=True) as uow:
        with pytest.raises(CannotUndo):
            await catalog.restore(uow, row.id, deleted - 1)
        await catalog.restore(uow, row.id, deleted)
    async with begin(owner, write=True) as uow:
        assert [service.name for service in await catalog.find(uow)] == ["Strzyżenie"]
        with pytest.raises(CannotUndo):
            await catalog.restore(uow, row.id, deleted)
    viewer = await factories.member(row.organization_id, Role.VIEWER)
    async with begin(viewer, write=True) as uow:
        with pytest.raises(Forbidden):
            await catalog.restore(uow, row.id, deleted)
