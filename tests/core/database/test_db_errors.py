"""The database goes away in every way it can: `Unavailable` at once, nothing half-done, well again by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database import db_errors, engine
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Unavailable
from sekretarka.domain.organizations.models import Organization
from tests import factories
from tests.support.postgres import Postgres


@pytest.fixture
async def postgres(own_postgres: Postgres) -> AsyncIterator[Postgres]:
    """The test's own server, opened as this process's database."""
    engine.connect(own_postgres.url, pool_size=4)
    yield own_postgres
    await engine.disconnect()


async def names() -> list[str]:
    async with begin(actor.system()) as uow:
        rows = await uow.list(uow.unscoped(select(Organization).order_by(col(Organization.name))))
    return [row.name for row in rows]


async def well_again(seconds: float = 5) -> list[str]:
    """What is stored, as soon as it can be read; nobody restarted anything of ours."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                return await names()
            except Unavailable:
                await asyncio.sleep(0.05)


async def half_way(uow: UnitOfWork, interrupt: Callable[[], object]) -> None:
    uow.add(Organization(name="Połowa"))
    await uow.flush()
    await asyncio.to_thread(interrupt)
    uow.add(Organization(name="Druga połowa"))


@pytest.mark.parametrize("how", ["stopped", "backend killed", "terminated"])
async def test_what_was_not_committed_is_gone_and_the_rest_is_there(postgres: Postgres, how: str) -> None:
    await factories.organization(name="Cała")
    held = [
        await engine.current().begin(write=False) for _ in range(3)
    ]  # the pool has more than one connection to lose
    for session in held:
        await session.close()
    others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    interrupt: dict[str, Callable[[], object]] = {
        "stopped": postgres.stop,
        "backend killed": postgres.kill_backend,
        "terminated": lambda: postgres.ask(others),
    }
    with pytest.raises(Unavailable) as refused:
        async with begin(actor.system(), write=True) as uow:
            await half_way(uow, interrupt[how])
    assert refused.value.headers["Retry-After"]
    if how == "stopped":
        with pytest.raises(Unavailable):
            await names()
        await asyncio.to_thread(postgres.start)
    assert await well_again() == ["Cała"]


async def test_a_statement_that_takes_too_long_is_given_up(
    own_postgres: Postgres, configure: Callable[..., None]
) -> None:
    configure(database_statement_timeout=0.2)
    engine.connect(own_postgres.url)
    with pytest.raises(Unavailable):
        async with begin(actor.system()) as uow:
            await uow.execute(sa.text("SELECT pg_sleep(5)"))
    assert await names() == []
    await engine.disconnect()


async def test_a_full_pool_is_waited_for_only_so_long(own_postgres: Postgres, configure: Callable[..., None]) -> None:
    configure(database_pool_timeout=0.2)
    engine.connect(own_postgres.url, pool_size=1)
    session = await engine.current().begin(write=False)
    with pytest.raises(Unavailable):
        await names()
    await session.close()
    assert await names() == []
    await engine.disconnect()


async def test_of_two_that_lock_each_other_out_one_is_asked_to_come_back(postgres: Postgres) -> None:
    rows = [await factories.organization(name=name) for name in ("Pierwsza", "Druga")]
    barrier = asyncio.Barrier(2)

    async def rename(first: Organization, second: Organization) -> bool:
        try:
            async with begin(actor.system(), write=True) as uow:
                for row in (first, second):
                    change = sa.update(Organization).where(col(Organization.id) == row.id).values(name="Zmieniona")
                    await uow.execute(change)
                    if row is first:
                        await barrier.wait()
        except Unavailable:
            return False
        return True

    outcomes = await asyncio.gather(rename(*rows), rename(*reversed(rows)))
    assert sorted(outcomes) == [False, True]
    assert await names() == ["Zmieniona", "Zmieniona"]


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_who_stood_in_anothers_way_is_tried_three_times_more(postgres: Postgres, state: str) -> None:
    for collisions, done in ((db_errors.MAX_RETRIES, True), (db_errors.MAX_RETRIES + 1, False)):
        left = iter([True] * collisions)

        async def act(left: Iterator[bool] = left) -> None:
            async with begin(actor.system(), write=True) as uow:
                uow.add(Organization(name=f"{state} raz"))
                await uow.flush()
                if next(left, False):
                    await uow.execute(sa.text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"))

        if done:
            await db_errors.retry_on_conflict(act)
        else:
            with pytest.raises(Unavailable):
                await db_errors.retry_on_conflict(act)
        assert await names() == [f"{state} raz"]
