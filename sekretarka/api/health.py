"""`/api/health`: whether this process lives, and whether it can serve. No versions, hosts or addresses."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, Literal, cast

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from sekretarka.core.actor import system
from sekretarka.core.database import jobs, storage
from sekretarka.core.database.jobs import Lane
from sekretarka.core.database.migrations import head_revisions
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, Unavailable
from sekretarka.core.runtime import redis
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.inbox import service as inbox
from sekretarka.http.responses import Envelope

router = APIRouter(prefix="/api/health", tags=["health"])

State = Literal["ok", "failed", "readonly", "behind", "unused"]


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """What serving needs; `outboxLagSeconds` is how long the oldest due job or webhook has been waiting, and
    `laneLagSeconds` the same of the jobs of each lane.

    `readonly` is a database that answers but stores nothing: its disk is full, or it is a standby.
    A failed Redis is reported but is no reason to take the process out: it works without.
    """

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)

    database: State
    migrations: State
    redis: State
    outbox_lag_seconds: int | None
    lane_lag_seconds: dict[Lane, int] | None


@router.get("/live")
async def live() -> Envelope[Live]:
    """Whether the process is alive; no other service is asked."""
    return Envelope(data=Live())


@router.get("/ready")
async def ready() -> Envelope[Ready]:
    """Whether the process can serve: database and migrations, else 503 with what is missing; Redis is reported."""
    state = Ready(**await _database(), redis=await _redis())
    if state.database != "ok" or state.migrations != "ok":
        error = Unavailable()
        error.details = state.model_dump(by_alias=True)
        raise error
    return Envelope(data=state)


async def _database() -> dict[str, Any]:
    try:
        async with begin(system()) as uow:
            present = set((await uow.execute(sa.text("SELECT version_num FROM alembic_version"))).scalars())
            oldest_due = {row[0]: row[1] for row in await uow.execute(jobs.OLDEST_DUE)}
            lags = {lane: _seconds(uow.now - oldest_due.get(lane, uow.now)) for lane in Lane}
            lag = max(_seconds(await inbox.pending_age(uow)), *lags.values())
    except (AppError, SQLAlchemyError, OSError):
        return {"database": "failed", "migrations": "failed", "outbox_lag_seconds": None, "lane_lag_seconds": None}
    return {
        "database": "ok" if await storage.is_writable() else "readonly",
        "migrations": "ok" if present == head_revisions() else "behind",
        "outbox_lag_seconds": lag,
        "lane_lag_seconds": lags,
    }


def _seconds(age: timedelta) -> int:
    return max(0, int(age.total_seconds()))


async def _redis() -> State:
    if settings.redis_url is None:
        return "unused"
    try:
        await cast(Awaitable[object], redis.current().ping())
    except RedisError:
        return "failed"
    return "ok"
