"""A row that is found or inserted, whatever other transactions do to it between the two."""

import asyncio
from contextvars import Context

import pytest
from sqlmodel import col, select

from sekretarka.core.actor import system
from sekretarka.core.database import engine
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import GET_OR_INSERT_TRIES, UnitOfWork, begin
from sekretarka.core.errors import Unavailable
from sekretarka.domain.accounts.models import Throttle

KEY = "sign-in:one"


def fresh(uow: UnitOfWork) -> Throttle:
    return Throttle(id=new_id(), key=KEY, created_at=uow.now, updated_at=uow.now)


async def rename(uow: UnitOfWork, key: str, to: str) -> None:
    """Insert the row when there is none."""
    row = await uow.one_or_none(select(Throttle).where(col(Throttle.key) == key))
    (row or uow.add(fresh(uow))).key = to
    await uow.flush()


async def elsewhere(uow: UnitOfWork, key: str, to: str) -> None:
    """In a transaction of its own, except on SQLite, where one writes at a time."""
    if uow.is_sqlite:
        return await rename(uow, key, to)

    async def act() -> None:
        async with begin(system(), write=True) as other:
            await rename(other, key, to)

    return await asyncio.create_task(act(), context=Context())


async def test_a_row_that_goes_and_comes_between_is_no_error(database: engine.Database) -> None:
    calls = 0

    async with begin(system(), write=True) as uow:

        async def find() -> Throttle | None:
            nonlocal calls
            calls += 1
            if calls == 2:  # the insert met the row; now it is called otherwise
                await elsewhere(uow, KEY, "sign-in:other")
            row = await uow.one_or_none(select(Throttle).where(col(Throttle.key) == KEY))
            if calls == 1:
                await elsewhere(uow, "none", KEY)
            return row

        row, created = await uow.get_or_insert(find, fresh(uow), ("key",))
    assert (row.key, created, calls) == (KEY, True, 2)


async def test_a_row_that_is_never_seen_ends_as_unavailable(database: engine.Database) -> None:
    async with begin(system(), write=True) as uow:
        await rename(uow, "none", KEY)
    calls = 0

    async def blind() -> Throttle | None:
        nonlocal calls
        calls += 1
        return None

    with pytest.raises(Unavailable):
        async with begin(system(), write=True) as uow:
            await uow.get_or_insert(blind, fresh(uow), ("key",))
    assert calls == GET_OR_INSERT_TRIES
