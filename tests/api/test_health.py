"""Liveness and readiness: true, short, and silent about versions and addresses."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from httpx2 import AsyncClient
from pydantic import SecretStr

from sekretarka.core import actor
from sekretarka.core.database import engine, storage
from sekretarka.core.database.jobs import Lane
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import redis
from sekretarka.core.runtime.settings import settings
from tests.jobs.kinds import Film, Note
from tests.support.redis import Valkey

READY = "/api/health/ready"


@pytest.fixture
async def valkey_of_ours(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Valkey]:
    """A Valkey that may be stopped."""
    server = Valkey()
    server.start()
    monkeypatch.setitem(settings.__dict__, "redis_url", SecretStr(server.url))
    yield server
    server.stop()
    await redis.disconnect()


async def test_alive_and_ready(nobody: AsyncClient) -> None:
    assert (await nobody.get("/api/health/live")).json()["data"] == {"status": "ok"}
    response = await nobody.get(READY)
    assert response.status_code == 200
    state = {"database": "ok", "migrations": "ok", "redis": "unused"}
    assert response.json()["data"] == {**state, "outboxLagSeconds": 0, "laneLagSeconds": dict.fromkeys(Lane, 0)}


async def test_readiness_reports_the_age_of_the_oldest_due_job(nobody: AsyncClient) -> None:
    async with begin(actor.system(), write=True) as uow:
        await uow.enqueue(Note(), run_after=uow.now - timedelta(minutes=5))
        await uow.enqueue(Film(), run_after=uow.now + timedelta(minutes=5))
    told = (await nobody.get(READY)).json()["data"]
    assert 300 <= told["outboxLagSeconds"] < 330
    assert told["laneLagSeconds"] == {**dict.fromkeys(Lane, 0), Lane.DEFAULT: told["outboxLagSeconds"]}


async def test_not_ready_when_nothing_can_be_stored(
    nobody: AsyncClient, database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite on a disk with too little space, PostgreSQL that takes no writes, as a standby does."""
    monkeypatch.setattr(storage, "KEEP_SECONDS", -1)
    assert (await nobody.get(READY)).status_code == 200
    with monkeypatch.context() as patch:
        if database.is_sqlite:
            patch.setattr(storage, "MINIMUM_FREE", 2**62)
        else:
            await refuse_writes(database, "on")
        response = await nobody.get(READY)
    assert (response.status_code, response.json()["error"]["details"]["database"]) == (503, "readonly")
    if not database.is_sqlite:
        await refuse_writes(database, "off")
    assert (await nobody.get(READY)).status_code == 200


async def refuse_writes(database: engine.Database, state: str) -> None:
    """On every new connection to this test's PostgreSQL database."""
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.text("SET TRANSACTION READ WRITE"))
        statement = f'ALTER DATABASE "{database.url.database}" SET default_transaction_read_only = {state}'
        await uow.execute(sa.text(statement))
    await database.engine.dispose()


async def test_not_ready_behind_the_migrations(nobody: AsyncClient) -> None:
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        response = await nobody.get(READY)
    finally:
        from sekretarka.core.database.migrations import head_revisions

        async with begin(actor.system(), write=True) as uow:
            statement = sa.text("UPDATE alembic_version SET version_num = :head")
            await uow.execute(statement.bindparams(head=min(head_revisions())))
    assert response.status_code == 503
    assert response.json()["error"]["details"]["migrations"] == "behind"


async def test_not_ready_without_the_database(nobody: AsyncClient, tmp_path: object) -> None:
    await engine.disconnect()
    engine.connect("postgresql://nobody@127.0.0.1:1/none")
    response = await nobody.get(READY)
    assert (await nobody.get("/api/health/live")).status_code == 200
    assert response.status_code == 503
    error = response.json()["error"]
    assert (error["code"], error["details"]["database"]) == ("SERVICE_UNAVAILABLE", "failed")
    assert "127.0.0.1" not in response.text
    for path in ("/api/v1/agents", "/api/v1/users/me"):
        refused = await nobody.get(path, headers={"Cookie": "authjs.session-token=" + "a" * 64})
        assert refused.json()["error"]["code"] == "SERVICE_UNAVAILABLE"


async def test_readiness_reports_redis_and_does_not_need_it(nobody: AsyncClient, valkey_of_ours: Valkey) -> None:
    assert (await nobody.get(READY)).json()["data"]["redis"] == "ok"
    valkey_of_ours.stop()
    response = await nobody.get(READY)
    assert (response.status_code, response.json()["data"]["redis"]) == (200, "failed")
    valkey_of_ours.start()
    await redis.current().wait_available()
    assert (await nobody.get(READY)).json()["data"]["redis"] == "ok"
