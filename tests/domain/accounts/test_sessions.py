"""Sessions: what the database knows of them, how long they live, how they end."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Forbidden, NotFound, Unauthenticated
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.models import Session, User
from sekretarka.domain.auth.session_auth import actor_of_session, session_view
from tests import factories
from tests.support.accounts import session_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_no_usable_token_is_in_the_database(database: engine.Database) -> None:
    token = await session_of(await factories.user())
    async with begin(actor.system()) as uow:
        row = (await uow.execute(sa.select(Session))).scalar_one()
    assert token not in row.model_dump_json()
    assert await actor_of_session(token)
    assert await actor_of_session(row.token_hash) is None


@pytest.mark.parametrize("token", ["", "x", "0" * 63, "0" * 64, "0" * 65, "Ł" * 64, "\x00" * 64, "%" * 64])
async def test_invalid_session_tokens_have_no_actor(database: engine.Database, token: str) -> None:
    assert await actor_of_session(token) is None
    assert await session_view(token) is None


async def test_an_unused_session_ends_after_thirty_days(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        token = await session_of(await factories.user())
        time.move_to(NOON + timedelta(days=30))
        assert await actor_of_session(token) is None


async def test_used_session_is_extended_up_to_ninety_days(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        token = await session_of(await factories.user())
        for day in range(1, 90):
            time.move_to(NOON + timedelta(days=day))
            view = await session_view(token)
            assert view is not None
            assert view.expires == min(NOON + timedelta(days=day + 30), NOON + timedelta(days=90))
        time.move_to(NOON + timedelta(days=90))
        assert await actor_of_session(token) is None


async def test_using_it_writes_at_most_once_an_hour(database: engine.Database) -> None:
    versions = []
    with time_machine.travel(NOON, tick=False) as time:
        token = await session_of(await factories.user())
        for _ in range(9):
            assert await actor_of_session(token)
            async with begin(actor.system()) as uow:
                versions.append((await uow.execute(sa.select(col(Session.version)))).scalar_one())
            time.shift(timedelta(minutes=15))
    assert versions == [1] * 4 + [2] * 4 + [3]


async def actor_of_user(user: User) -> Actor:
    return Actor("user", user_id=user.id)


async def test_users_see_and_end_their_own_sessions_only(database: engine.Database) -> None:
    iga, ola = await factories.user(), await factories.user()
    tokens = [await session_of(iga), await session_of(iga)]
    other = await session_of(ola)
    async with begin(await actor_of_user(iga)) as uow:
        rows = await sessions.find(uow)
    assert len(rows) == 2
    async with begin(await actor_of_user(ola), write=True) as uow:
        with pytest.raises(NotFound):
            await sessions.revoke(uow, rows[0].id)
        with pytest.raises(NotFound):
            await sessions.revoke(uow, uuid4())
    async with begin(await actor_of_user(iga), write=True) as uow:
        await sessions.revoke(uow, rows[0].id)
    assert sum([await actor_of_session(token) is not None for token in tokens]) == 1
    assert await actor_of_session(other)


async def test_only_users_have_sessions(database: engine.Database) -> None:
    async with begin(Actor("anonymous")) as uow:
        with pytest.raises(Unauthenticated):
            await sessions.find(uow)
    async with begin(Actor("api_key", organization_id=uuid4())) as uow:
        with pytest.raises(Forbidden):
            await sessions.find(uow)


async def test_ended_sessions_are_purged(database: engine.Database) -> None:
    with time_machine.travel(NOON, tick=False) as time:
        user = await factories.user()
        await session_of(user)
        time.shift(timedelta(days=20))
        alive = await session_of(user)
        time.shift(timedelta(days=11))
        async with begin(actor.system(), write=True) as uow:
            await sessions.purge_expired(uow)
            assert len((await uow.execute(sa.select(Session))).all()) == 1
        assert await actor_of_session(alive)
