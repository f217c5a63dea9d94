"""What an operator sees of the queue and may do with a job: contents are encrypted, so it is told by its kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.database.jobs import Job, JobState, Lane
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import InvalidStateTransition, NotFound
from sekretarka.core.runtime import wakeup
from sekretarka.jobs import queue
from sekretarka.jobs.registry import JOB_HANDLERS


@dataclass(frozen=True)
class LaneState:
    """How many jobs of a lane wait, some of them while a worker has them, since when the oldest is due (None: none is
    or will be), and how many are dead."""

    lane: Lane
    waiting: int
    due_since: datetime | None
    dead: int


async def lanes(uow: UnitOfWork) -> list[LaneState]:
    """Every lane, in the order of `Lane`."""
    columns = (col(Job.lane), col(Job.state), sa.func.count(), sa.func.min(col(Job.run_after)))
    unfinished = sa.select(*columns).where(col(Job.state) != JobState.DONE).group_by(col(Job.lane), col(Job.state))
    found = {(lane, state): (count, oldest) for lane, state, count, oldest in await uow.execute(unfinished)}
    return [
        LaneState(lane, *found.get((lane, JobState.PENDING), (0, None)), found.get((lane, JobState.DEAD), (0, None))[0])
        for lane in Lane
    ]


async def unfinished(uow: UnitOfWork, lane: Lane | None, state: JobState | None, limit: int) -> Sequence[Job]:
    """At most `limit` jobs that wait or are dead, the dead ones first, then by when they are due."""
    jobs = select(Job).where(Job.state != JobState.DONE)
    if lane is not None:
        jobs = jobs.where(Job.lane == lane)
    if state is not None:
        jobs = jobs.where(Job.state == state)
    in_order = jobs.order_by(col(Job.state) == JobState.PENDING, col(Job.run_after), col(Job.id))
    return await uow.list(in_order.limit(limit))


async def retry(uow: UnitOfWork, job_id: UUID) -> Job:
    """Make a dead job due now, with all its attempts, or one that waits due now.

    `NotFound` without such a job. `InvalidStateTransition` when it waits for no longer than a lease: a worker may have
    it, and another one would do the same beside it.
    """
    job = await _unfinished(uow, job_id)
    if job.state is JobState.PENDING and job.run_after <= uow.now + queue.LEASE:
        raise InvalidStateTransition
    if job.state is JobState.DEAD:
        job.state, job.attempts, job.settled_at, job.reason = JobState.PENDING, 0, None, None
    job.run_after = uow.now
    uow.bump_version(job)
    uow.after_commit(lambda: wakeup.current().notify(wakeup.JOBS))
    return job


async def drop(uow: UnitOfWork, job_id: UUID) -> Job:
    """Delete a job that waits or is dead; a worker that has it stops. `NotFound`; `InvalidStateTransition` for one of
    the schedule, which would be back with the next worker."""
    job = await _unfinished(uow, job_id)
    handler = JOB_HANDLERS.get(job.name)
    if handler is not None and handler.payload.every is not None:
        raise InvalidStateTransition
    await uow.delete(job)
    return job


async def _unfinished(uow: UnitOfWork, job_id: UUID) -> Job:
    wanted = select(Job).where(Job.id == job_id, Job.state != JobState.DONE).with_for_update()
    job = await uow.one_or_none(wanted)
    if job is None:
        raise NotFound
    return job
