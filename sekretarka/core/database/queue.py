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

from sekretarka.core.database.models import Table, datetime_column, enum_column, new_id
from sekretarka.core.runtime import crypto, wakeup

if TYPE_CHECKING:
    from sekretarka.core.database.unit_of_work import UnitOfWork

LEASE = timedelta(seconds=60)
JOB_TIMEOUT = 50  # a worker gives up on a job before its lease ends: two never have the same one
MAX_ATTEMPTS = 12
BACKOFF_SECONDS = 5
BACKOFF_CAP_SECONDS = 3_600
DONE_RETENTION = timedelta(days=7)
DEAD_RETENTION = timedelta(days=30)


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
    state: JobState = enum_column(JobState, JobState.PENDING)
    attempts: int = Field(default=0)
    run_after: datetime = datetime_column()
    reason: str | None = Field(default=None, max_length=200)
    settled_at: datetime | None = datetime_column(nullable=True)


@dataclass(frozen=True)
class ClaimedJob:
    """A claimed job as its function gets it. `attempt` also tells this claim from a later one of the same job."""

    id: UUID
    name: str
    payload: dict[str, Any]
    organization_id: UUID | None
    attempt: int


Handler = Callable[[ClaimedJob], Awaitable[None]]


async def enqueue(
    uow: "UnitOfWork", name: str, payload: dict[str, Any], run_after: datetime | None = None, key: str | None = None
) -> None:
    """Store a job in the scope's transaction; nothing happens for a `key` that was used before."""
    job = Job(
        id=new_id(),
        created_at=uow.now,
        updated_at=uow.now,
        name=name,
        key=key,
        organization_id=uow.actor.organization_id,
        payload=crypto.encrypt(json.dumps(payload, ensure_ascii=False)),
        run_after=run_after or uow.now,
    )
    await uow.execute(uow.insert(Job).values(job.model_dump()).on_conflict_do_nothing(index_elements=["key"]))
    uow.after_commit(lambda: wakeup.current().notify(wakeup.JOBS))


async def is_due(uow: "UnitOfWork") -> bool:
    """Whether there is anything to claim; a read, so that idle workers never queue as writers."""
    return await uow.one_or_none(_due(uow)) is not None


async def claim(uow: "UnitOfWork", limit: int) -> list[ClaimedJob]:
    """Take up to `limit` due jobs for one lease; other workers skip them meanwhile."""
    due = _due(uow).order_by(col(Job.run_after), col(Job.id)).limit(limit)
    claimed = []
    for job in await uow.list(due.with_for_update(skip_locked=True)):
        job.attempts += 1
        if job.attempts > MAX_ATTEMPTS:  # its workers died so often that it may be the reason
            _dead_letter(uow, job, job.reason or "its workers died")
            continue
        try:
            payload = json.loads(crypto.decrypt(job.payload))
        except (InvalidTag, ValueError):
            _dead_letter(uow, job, "the payload cannot be read, SECRET_KEY was changed")
            continue
        job.run_after = uow.now + LEASE
        uow.bump_version(job)
        claimed.append(ClaimedJob(job.id, job.name, payload, job.organization_id, job.attempts))
    return claimed


def _due(uow: "UnitOfWork") -> SelectOfScalar[Job]:
    return select(Job).where(Job.state == JobState.PENDING, Job.run_after <= uow.now)


async def complete(uow: "UnitOfWork", work: ClaimedJob) -> None:
    """It is done; what it carried is forgotten."""
    job = await _owned(uow, work)
    if job is not None:
        job.state, job.settled_at, job.payload, job.reason = JobState.DONE, uow.now, "", None
        uow.bump_version(job)


async def fail(uow: "UnitOfWork", work: ClaimedJob, reason: str, *, temporary: bool) -> None:
    """It did not work out: later again, or never, which is kept for a month with the reason."""
    job = await _owned(uow, work)
    if job is None:
        return
    if not temporary or job.attempts >= MAX_ATTEMPTS:
        _dead_letter(uow, job, reason)
    else:
        job.run_after, job.reason = uow.now + backoff(job.attempts), reason[:200]
        uow.bump_version(job)


def _dead_letter(uow: "UnitOfWork", job: Job, reason: str) -> None:
    job.state, job.settled_at, job.reason = JobState.DEAD, uow.now, reason[:200]
    uow.bump_version(job)


async def _owned(uow: "UnitOfWork", work: ClaimedJob) -> Job | None:
    """The job, unless the lease ran out and somebody else has it now."""
    mine = select(Job).where(Job.id == work.id, Job.attempts == work.attempt, Job.state == JobState.PENDING)
    return await uow.one_or_none(mine.with_for_update())


def backoff(attempts: int) -> timedelta:
    """5 s doubling to an hour, ±20 % so that failures do not come back in step."""
    seconds = min(BACKOFF_CAP_SECONDS, BACKOFF_SECONDS * 2 ** (attempts - 1))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret


async def pending_age(uow: "UnitOfWork") -> timedelta:
    """How long the oldest due job has been waiting (readiness)."""
    statement = sa.select(sa.func.min(col(Job.run_after))).where(col(Job.state) == JobState.PENDING)
    oldest = (await uow.execute(statement)).scalar_one()
    return max(uow.now - oldest, timedelta()) if oldest else timedelta()


async def purge(uow: "UnitOfWork") -> None:
    """Delete what was settled long ago."""
    for state, kept in ((JobState.DONE, DONE_RETENTION), (JobState.DEAD, DEAD_RETENTION)):
        old = (col(Job.state) == state, col(Job.settled_at) < uow.now - kept)
        await uow.execute(sa.delete(Job).where(*old))
