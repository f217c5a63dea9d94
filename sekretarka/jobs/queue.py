"""Claiming and settling queued jobs.

A claim moves `run_after` to the end of its lease, which no two workers win. Whoever claimed then calls out without a
transaction and settles in another one. A worker that dies leaves the row as it is: after the lease the next one takes
over. So an effect happens at least once; what must not happen twice carries the job's id as its name.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.jobs import ClaimedJob, Job, JobState, backoff
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import crypto

LEASE = timedelta(seconds=60)
JOB_TIMEOUT = 50  # a worker gives up on a job before its lease ends: two never have the same one
MAX_ATTEMPTS = 12
DONE_RETENTION = timedelta(days=7)
DEAD_RETENTION = timedelta(days=30)

Handler = Callable[[ClaimedJob], Awaitable[None]]


async def is_due(uow: UnitOfWork) -> bool:
    """Whether there is anything to claim; a read, so that idle workers never queue as writers."""
    return await uow.one_or_none(_due(uow)) is not None


async def claim(uow: UnitOfWork, limit: int) -> list[ClaimedJob]:
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


def _due(uow: UnitOfWork) -> SelectOfScalar[Job]:
    return select(Job).where(Job.state == JobState.PENDING, Job.run_after <= uow.now)


async def complete(uow: UnitOfWork, work: ClaimedJob) -> None:
    """It is done; what it carried is forgotten."""
    job = await _owned(uow, work)
    if job is not None:
        job.state, job.settled_at, job.payload, job.reason = JobState.DONE, uow.now, "", None
        uow.bump_version(job)


async def fail(uow: UnitOfWork, work: ClaimedJob, reason: str, *, temporary: bool) -> None:
    """It did not work out: later again, or never, which is kept for a month with the reason."""
    job = await _owned(uow, work)
    if job is None:
        return
    if not temporary or job.attempts >= MAX_ATTEMPTS:
        _dead_letter(uow, job, reason)
    else:
        job.run_after, job.reason = uow.now + backoff(job.attempts), reason[:200]
        uow.bump_version(job)


def _dead_letter(uow: UnitOfWork, job: Job, reason: str) -> None:
    job.state, job.settled_at, job.reason = JobState.DEAD, uow.now, reason[:200]
    uow.bump_version(job)


async def _owned(uow: UnitOfWork, work: ClaimedJob) -> Job | None:
    """The job, unless the lease ran out and somebody else has it now."""
    mine = select(Job).where(Job.id == work.id, Job.attempts == work.attempt, Job.state == JobState.PENDING)
    return await uow.one_or_none(mine.with_for_update())


async def purge(uow: UnitOfWork) -> None:
    """Delete what was settled long ago."""
    for state, kept in ((JobState.DONE, DONE_RETENTION), (JobState.DEAD, DEAD_RETENTION)):
        old = (col(Job.state) == state, col(Job.settled_at) < uow.now - kept)
        await uow.execute(sa.delete(Job).where(*old))
