"""The table of queued jobs: work that must leave the process, written with the change that asks for it.

`UnitOfWork.enqueue` writes a row; `sekretarka/jobs` claims, runs and settles it.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Index
from sqlmodel import Field, col

from sekretarka.core.database.models import Table, datetime_column, enum_column

BACKOFF_SECONDS = 5
BACKOFF_CAP_SECONDS = 3_600


class Lane(StrEnum):
    """Which jobs wait for the same outside service; a crowded lane delays no other (limits: `jobs/lanes.py`)."""

    URGENT = "urgent"
    MAIL = "mail"
    MESSAGES = "messages"
    VOICE = "voice"
    MEDIA = "media"
    DEFAULT = "default"


class JobPayload(BaseModel):
    """What one kind of job is given. Rows outlive deployments: a new field needs a default, a name never changes.

    `job_name` is how rows name the kind, at most 64 characters; `lane` is where it waits. With `every` a job that has
    ended, well or not, is due again that much later: the schedule (`jobs/schedule.py`).
    """

    model_config = ConfigDict(frozen=True)

    job_name: ClassVar[str]
    lane: ClassVar[Lane] = Lane.DEFAULT
    every: ClassVar[timedelta | None] = None


Payload = TypeVar("Payload", bound=JobPayload)


class JobState(StrEnum):
    """`dead` failed too often, or with an error that a retry cannot mend."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class Job(Table, table=True):
    """One thing to do. `payload` is encrypted JSON (links carry tokens), empty once done; `key` makes repeats one job.

    A pending job whose `run_after` has passed is due. While a worker has it, `run_after` is the end of its lease.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "state", "run_after"),
        Index("ix_jobs_turn", "state", "lane", "organization_id", "run_after", "id"),
    )

    name: str = Field(max_length=64)
    lane: Lane = enum_column(Lane, Lane.DEFAULT)
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
class ClaimedJob(Generic[Payload]):
    """A claimed job as its handler gets it. `attempt` also tells this claim from a later one of the same job."""

    id: UUID
    payload: Payload
    organization_id: UUID | None
    attempt: int


# Lanes in which something waits, and when the first of it is or was due.
OLDEST_DUE = (
    sa.select(col(Job.lane), sa.func.min(col(Job.run_after)))
    .where(col(Job.state) == JobState.PENDING)
    .group_by(col(Job.lane))
)


def backoff(attempts: int) -> timedelta:
    """Wait after the failed attempt of this number (from 1): 5 s doubling to an hour, ±20 % to spread failed jobs."""
    seconds = min(BACKOFF_CAP_SECONDS, BACKOFF_SECONDS * 2 ** (attempts - 1))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
