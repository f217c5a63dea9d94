"""What is read under a lock is what the row has then, whatever was read of it before."""

import asyncio
from contextvars import Context

import pytest
from sqlmodel import col, select

from sekretarka.core.actor import system
from sekretarka.core.database import engine
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.organizations.models import Organization
from tests import factories

OWN = select(Organization)


async def rename(name: str) -> None:
    async with begin(system(), write=True) as uow:
        row = await uow.one_or_none(OWN.with_for_update())
        assert row is not None
        row.name = name
        uow.bump_version(row)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_lock_shows_what_another_changed_since_the_first_read(database: engine.Database) -> None:
    await factories.organization(name="Przed")
    async with begin(system(), write=True) as uow:
        read = await uow.one_or_none(OWN)
        await asyncio.create_task(rename("Po"), context=Context())
        locked = await uow.one_or_none(OWN.with_for_update())
        assert read is locked is not None
        assert (locked.name, locked.version) == ("Po", 2)
        [listed] = await uow.list(OWN.with_for_update())
        assert listed.name == "Po"


async def test_a_lock_keeps_what_was_not_sent_yet(database: engine.Database) -> None:
    await factories.organization(name="Przed")
    async with begin(system(), write=True) as uow:
        row = await uow.one_or_none(OWN)
        assert row is not None
        row.name = "Po"
        uow.add(Organization(id=new_id(), name="Druga"))
        locked = await uow.list(OWN.order_by(col(Organization.name)).with_for_update())
        assert [each.name for each in locked] == ["Druga", "Po"]
