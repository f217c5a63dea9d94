"""The table of queued jobs: work that must leave the process, written with the change that asks for it.

`UnitOfWork.enqueue` writes a row; `sekretarka/jobs` claims, runs and settles it.
"""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Index
from sqlmodel import Field, col

from sekretarka.core.database.models import Table, datetime_column, enum_column
from sekretarka.core.runtime import crypto

BACKOFF_SECONDS = 5
BACKOFF_CAP_SECONDS = 3_600


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


# When the job that waits longest was due; null when none waits.
OLDEST_DUE = sa.select(sa.func.min(col(Job.run_after))).where(col(Job.state) == JobState.PENDING)


def encrypt_payload(payload: dict[str, Any]) -> str:
    """JSON values as the column stores them."""
    return crypto.encrypt(json.dumps(payload, ensure_ascii=False))


def backoff(attempts: int) -> timedelta:
    """5 s doubling to an hour, ±20 % so that failures do not come back in step."""
    seconds = min(BACKOFF_CAP_SECONDS, BACKOFF_SECONDS * 2 ** (attempts - 1))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
