"""Statements given to the drivers themselves say what a unit of work would say, and survive the server's restarts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.models import UtcDateTime, new_id
from sekretarka.core.database.prepared_query import PreparedQuery
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Unavailable
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.runtime import clock
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.organizations.models import ApiKey, Organization
from tests import factories

BY_ID = PreparedQuery(
    sa.select(
        col(Organization.id),
        col(Organization.name),
        col(Organization.business_hours),
        col(Organization.created_at),
        col(Organization.deleted_at),
    ).where(col(Organization.id) == sa.bindparam("id", type_=sa.Uuid))
)
KEYS = PreparedQuery(
    sa.select(col(ApiKey.scopes)).where(col(ApiKey.expires_at) > sa.bindparam("now", type_=UtcDateTime))
)


async def test_columns_come_as_python_has_them(database: engine.Database) -> None:
    row = await factories.organization(name="Studio Źdźbło")
    fetched = await BY_ID.fetch_row(id=row.id)
    assert fetched is not None
    assert list(fetched) == [row.id, "Studio Źdźbło", row.business_hours, row.created_at, None]
    assert fetched[3].utcoffset() == timedelta(0)
    assert await BY_ID.fetch_row(id=new_id()) is None


async def test_instants_are_parameters_and_lists_are_results(database: engine.Database) -> None:
    business = await factories.organization()
    owner = await factories.member(business.id, Role.OWNER)
    assert owner.user_id is not None
    until = clock.now() + timedelta(hours=1)
    async with begin(actor.system(), write=True) as uow:
        api_keys.issue(uow, business.id, owner.user_id, "x", [Permission.AGENTS_READ], until)
    assert await KEYS.fetch_row(now=clock.now()) == [["agents:read"]]
    assert await KEYS.fetch_row(now=until) is None


async def test_it_sees_what_was_committed_a_moment_ago(database: engine.Database) -> None:
    row = await factories.organization()
    for number in range(20):
        async with begin(actor.system(row.id), write=True) as uow:
            await uow.execute(sa.update(Organization).where(col(Organization.id) == row.id).values(name=str(number)))
            before = await BY_ID.fetch_row(id=row.id)
        after = await BY_ID.fetch_row(id=row.id)
        assert before is not None
        assert before[1] != str(number)
        assert after is not None
        assert after[1] == str(number)


async def test_connections_that_died_meanwhile_are_replaced(database: engine.Database) -> None:
    await database.engine.dispose()  # earlier tests' connections would die one after the other while this one asks
    row = await factories.organization()
    assert await BY_ID.fetch_row(id=row.id)
    if not database.is_sqlite:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        async with begin(actor.system()) as uow:
            await uow.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))  # noqa: S608 - our own words
    fetched = await BY_ID.fetch_row(id=row.id)
    assert fetched is not None
    assert fetched[0] == row.id


async def test_a_database_that_is_away_is_unavailable() -> None:
    database = engine.Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        await database.raw.fetch_row("SELECT 1", [])
    await database.dispose()
