"""Claiming and settling queued jobs.

A claim moves `run_after` to the end of its lease, which no two workers win; whoever has the job renews the lease while
it runs without a transaction, and settles it in another one. A worker that dies leaves the row as it is: after the
lease the next one takes over. So an effect happens at least once; what must not happen twice carries the job's id as
its name.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.jobs import ClaimedJob, Job, JobState, Lane, Payload, backoff
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import crypto

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
BEFORE_ALL = UUID(int=0)
DONE_RETENTION = timedelta(days=7)
DEAD_RETENTION = timedelta(days=30)


@dataclass(frozen=True)
class JobHandler(Generic[Payload]):
    """Which function runs the jobs that were enqueued with this payload."""

    payload: type[Payload]
    run: Callable[[ClaimedJob[Payload]], Awaitable[None]]


JobHandlers = Mapping[str, JobHandler[Any]]


def by_name(*handlers: JobHandler[Any]) -> JobHandlers:
    """The handlers by the names of their jobs; `ValueError` when two have the same."""
    named = {handler.payload.job_name: handler for handler in handlers}
    if len(named) != len(handlers):
        raise ValueError("two jobs have the same name")
    return named


async def is_due(uow: UnitOfWork, handlers: JobHandlers, lane: Lane) -> bool:
    """Whether the lane has a due job; only a read, so that idle workers do not wait for writers."""
    return await uow.one_or_none(_due(uow, handlers, lane)) is not None


async def claim(
    uow: UnitOfWork,
    handlers: JobHandlers,
    lane: Lane,
    after: UUID | None = None,
    without: Collection[UUID | None] = (),
) -> ClaimedJob[Any] | None:
    """Take the next due job of a lane for one lease; None when there is none.

    Organizations take turns: next is the one that follows `after`, what belongs to none counts as one more. `without`
    names those that get none now (None: jobs of no organization). Jobs without a handler wait for a worker of the
    version that has one.
    """
    while (job := await _next(uow, handlers, lane, after, without)) is not None:
        job.attempts += 1
        job.run_after = uow.now + LEASE
        uow.bump_version(job)
        claimed = _opened(uow, job, handlers[job.name])
        await uow.flush()
        if claimed is not None:
            return claimed
    return None


def _due(uow: UnitOfWork, handlers: JobHandlers, lane: Lane) -> SelectOfScalar[Job]:
    return select(Job).where(
        Job.state == JobState.PENDING, Job.lane == lane, Job.run_after <= uow.now, col(Job.name).in_(handlers)
    )


async def _next(
    uow: UnitOfWork, handlers: JobHandlers, lane: Lane, after: UUID | None, without: Collection[UUID | None]
) -> Job | None:
    owner = col(Job.organization_id)
    due = _due(uow, handlers, lane).order_by(owner, col(Job.run_after), col(Job.id))
    due = due.with_for_update(skip_locked=True)
    owned = due.where(owner.not_in([owner_id for owner_id in without if owner_id is not None]))
    unowned = [] if None in without else [due.where(owner.is_(None))]
    first = owned.where(owner > BEFORE_ALL)  # not "IS NOT NULL", for which SQLite would not use the index
    for turn in [first, *unowned] if after is None else [owned.where(owner > after), *unowned, first]:
        if (job := await uow.one_or_none(turn)) is not None:
            return job
    return None


def _opened(uow: UnitOfWork, job: Job, handler: JobHandler[Any]) -> ClaimedJob[Any] | None:
    if handler.payload.every is not None:  # the schedule carries nothing, and outlives any SECRET_KEY
        return ClaimedJob(job.id, handler.payload(), job.organization_id, job.attempts)
    if job.attempts > MAX_ATTEMPTS:  # its workers died so often that it may be the reason
        _dead_letter(uow, job, job.reason or "its workers died")
        return None
    try:
        payload = handler.payload.model_validate_json(crypto.decrypt(job.payload))
    except InvalidTag:
        _dead_letter(uow, job, "the payload cannot be read, SECRET_KEY was changed")
    except ValueError:
        _dead_letter(uow, job, f"the payload is no {handler.payload.__name__}")
    else:
        return ClaimedJob(job.id, payload, job.organization_id, job.attempts)
    return None


async def renew(uow: UnitOfWork, claimed: Sequence[ClaimedJob[Any]]) -> set[UUID]:
    """Renew the leases of these jobs by `LEASE` from now; returns the ids that were, as others were cancelled or taken
    over."""
    is_claimed = sa.tuple_(col(Job.id), col(Job.attempts)).in_([(job.id, job.attempt) for job in claimed])
    renewed = sa.update(Job).where(is_claimed, col(Job.state) == JobState.PENDING).values(run_after=uow.now + LEASE)
    return set((await uow.execute(renewed.returning(col(Job.id)))).scalars())


async def complete(uow: UnitOfWork, claimed: ClaimedJob[Any]) -> None:
    """Mark it done and empty its payload; a scheduled one is due again after `every`. Nothing if the claim was lost."""
    job = await _owned(uow, claimed)
    if job is None:
        return
    if claimed.payload.every is not None:
        job.run_after, job.reason = uow.now + claimed.payload.every, None
    else:
        job.state, job.settled_at, job.payload, job.reason = JobState.DONE, uow.now, "", None
    uow.bump_version(job)


async def fail(uow: UnitOfWork, claimed: ClaimedJob[Any], reason: str, *, temporary: bool) -> None:
    """Record a failure: with `temporary` due again after `backoff`, else, or after `MAX_ATTEMPTS`, dead; a scheduled
    one is due again after `every`. `reason` is cut to 200 characters. Nothing if the claim was lost."""
    job = await _owned(uow, claimed)
    if job is None:
        return
    if claimed.payload.every is not None:
        job.run_after, job.reason = uow.now + claimed.payload.every, reason[:200]
    elif not temporary or job.attempts >= MAX_ATTEMPTS:
        _dead_letter(uow, job, reason)
    else:
        job.run_after, job.reason = uow.now + backoff(job.attempts), reason[:200]
    uow.bump_version(job)


def _dead_letter(uow: UnitOfWork, job: Job, reason: str) -> None:
    job.state, job.settled_at, job.reason = JobState.DEAD, uow.now, reason[:200]


async def _owned(uow: UnitOfWork, claimed: ClaimedJob[Any]) -> Job | None:
    """The job, unless it was cancelled, or the lease ran out and somebody else has it now."""
    statement = select(Job).where(Job.id == claimed.id, Job.attempts == claimed.attempt, Job.state == JobState.PENDING)
    return await uow.one_or_none(statement.with_for_update())


async def purge(uow: UnitOfWork) -> None:
    """Delete jobs done for `DONE_RETENTION` and dead for `DEAD_RETENTION`."""
    for state, retention in ((JobState.DONE, DONE_RETENTION), (JobState.DEAD, DEAD_RETENTION)):
        old = (col(Job.state) == state, col(Job.settled_at) < uow.now - retention)
        await uow.execute(sa.delete(Job).where(*old))
