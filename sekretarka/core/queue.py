"""Work that must leave the process: rows written with the change that asks for it, worked off outside any transaction.

A claim moves `run_after` to the end of its lease, which no two workers win. Whoever claimed then calls
out without a transaction and settles in another one. A worker that dies leaves the row as it is: after the lease the
next one takes over. So an effect happens at least once; what must not happen twice carries the job's id as its name.
"""

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy import Index
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core import bus, crypto
from sekretarka.core.models import Table, choice, instant, new_id

if TYPE_CHECKING:
    from sekretarka.core.scope import Scope

LEASE = timedelta(seconds=60)
PATIENCE_SECONDS = 50  # a worker gives up on a job before its lease ends: two never have the same one
MAX_ATTEMPTS = 12
BACKOFF_SECONDS = 5
BACKOFF_CAP_SECONDS = 3_600
DONE_KEPT = timedelta(days=7)
DEAD_KEPT = timedelta(days=30)


class JobState(StrEnum):
    """`dead` failed too often, or in a way that trying again cannot mend."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class Job(Table, table=True):
    """One thing to do. `payload` is sealed (links carry tokens) and empty once done; `key` makes repeats one job."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_due", "state", "run_after"),)

    name: str = Field(max_length=64)
    key: str | None = Field(default=None, max_length=200, unique=True)
    organization_id: UUID | None = Field(
        default=None, foreign_key="organizations.id", ondelete="CASCADE", index=True, nullable=True
    )
    payload: str = Field(default="")
    state: JobState = choice(JobState, JobState.PENDING)
    attempts: int = Field(default=0)
    run_after: datetime = instant()
    reason: str | None = Field(default=None, max_length=200)
    settled_at: datetime | None = instant(nullable=True)


@dataclass(frozen=True)
class Work:
    """A claimed job as its function gets it. `attempt` also tells this claim from a later one of the same job."""

    id: UUID
    name: str
    payload: dict[str, Any]
    organization_id: UUID | None
    attempt: int


Handler = Callable[[Work], Awaitable[None]]


async def put(
    scope: "Scope", name: str, payload: dict[str, Any], run_after: datetime | None = None, key: str | None = None
) -> None:
    """Store a job in the scope's transaction; nothing happens for a `key` that was used before."""
    job = Job(
        id=new_id(),
        created_at=scope.now,
        updated_at=scope.now,
        name=name,
        key=key,
        organization_id=scope.actor.organization_id,
        payload=crypto.seal(json.dumps(payload, ensure_ascii=False)),
        run_after=run_after or scope.now,
    )
    await scope.execute(scope.insert(Job).values(job.model_dump()).on_conflict_do_nothing(index_elements=["key"]))
    scope.after_commit(lambda: bus.current().wake(bus.JOBS))


async def is_due(scope: "Scope") -> bool:
    """Whether there is anything to claim; a read, so that idle workers never queue as writers."""
    return await scope.first(_due(scope)) is not None


async def claim(scope: "Scope", limit: int) -> list[Work]:
    """Take up to `limit` due jobs for one lease; other workers skip them meanwhile."""
    due = _due(scope).order_by(col(Job.run_after), col(Job.id)).limit(limit)
    claimed = []
    for job in await scope.all(due.with_for_update(skip_locked=True)):
        job.attempts += 1
        if job.attempts > MAX_ATTEMPTS:  # its workers died so often that it may be the reason
            _bury(scope, job, job.reason or "its workers died")
            continue
        try:
            payload = json.loads(crypto.unseal(job.payload))
        except (InvalidTag, ValueError):
            _bury(scope, job, "the payload cannot be read, SECRET_KEY was changed")
            continue
        job.run_after = scope.now + LEASE
        scope.touch(job)
        claimed.append(Work(job.id, job.name, payload, job.organization_id, job.attempts))
    return claimed


def _due(scope: "Scope") -> SelectOfScalar[Job]:
    return select(Job).where(Job.state == JobState.PENDING, Job.run_after <= scope.now)


async def finish(scope: "Scope", work: Work) -> None:
    """It is done; what it carried is forgotten."""
    job = await _held(scope, work)
    if job is not None:
        job.state, job.settled_at, job.payload, job.reason = JobState.DONE, scope.now, "", None
        scope.touch(job)


async def fail(scope: "Scope", work: Work, reason: str, *, temporary: bool) -> None:
    """It did not work out: later again, or never, which is kept for a month with the reason."""
    job = await _held(scope, work)
    if job is None:
        return
    if not temporary or job.attempts >= MAX_ATTEMPTS:
        _bury(scope, job, reason)
    else:
        job.run_after, job.reason = scope.now + backoff(job.attempts), reason[:200]
        scope.touch(job)


def _bury(scope: "Scope", job: Job, reason: str) -> None:
    job.state, job.settled_at, job.reason = JobState.DEAD, scope.now, reason[:200]
    scope.touch(job)


async def _held(scope: "Scope", work: Work) -> Job | None:
    """The job, unless the lease ran out and somebody else has it now."""
    mine = select(Job).where(Job.id == work.id, Job.attempts == work.attempt, Job.state == JobState.PENDING)
    return await scope.first(mine.with_for_update())


def backoff(attempts: int) -> timedelta:
    """5 s doubling to an hour, ±20 % so that failures do not come back in step."""
    seconds = min(BACKOFF_CAP_SECONDS, BACKOFF_SECONDS * 2 ** (attempts - 1))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret


async def pending_age(scope: "Scope") -> timedelta:
    """How long the oldest due job has been waiting (readiness)."""
    statement = sa.select(sa.func.min(col(Job.run_after))).where(col(Job.state) == JobState.PENDING)
    oldest = (await scope.execute(statement)).scalar_one()
    return max(scope.now - oldest, timedelta()) if oldest else timedelta()


async def forget_old(scope: "Scope") -> None:
    """Delete what was settled long ago."""
    for state, kept in ((JobState.DONE, DONE_KEPT), (JobState.DEAD, DEAD_KEPT)):
        old = (col(Job.state) == state, col(Job.settled_at) < scope.now - kept)
        await scope.execute(sa.delete(Job).where(*old))
