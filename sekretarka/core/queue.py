"""Jobs: what must leave the process or happen later, written in the same transaction as its cause."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Field

from sekretarka.core.models import Table, choice, instant, json

MAX_ATTEMPTS = 12


class JobState(StrEnum):
    """A job is `pending` until done; `dead` after the last failed attempt."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class Job(Table, table=True):
    """One unit of later work. `lease_until` is who works on it now; a lapsed lease means the worker died."""

    __tablename__ = "jobs"

    name: str = Field(max_length=64)
    payload: dict[str, Any] = json(dict)
    organization_id: UUID | None = Field(default=None, foreign_key="organizations.id", ondelete="CASCADE")
    state: JobState = choice(JobState, JobState.PENDING)
    attempts: int = Field(default=0)
    run_after: datetime = instant()
    lease_until: datetime | None = instant(nullable=True)
    last_error: str | None = Field(default=None, max_length=200)
