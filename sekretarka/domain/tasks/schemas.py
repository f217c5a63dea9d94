"""Inputs and outputs of tasks."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from sekretarka.core.web.schemas import BoundedStr, Input, InputInstant, Output, OutputInstant, Patch, SearchTerm
from sekretarka.domain.conversations.schemas import LONGEST_NOTE
from sekretarka.domain.tasks.models import Kind, Resolution, Task, TaskState, Urgency


class TaskFilter(Input):
    """What a list can be narrowed by."""

    state: TaskState | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None
    assignee_id: UUID | None = None
    mine: Annotated[bool | None, Field(description="`true`: only those assigned to the signed-in user.")] = None
    snoozed: Annotated[bool | None, Field(description="Whether they wait for a later time.")] = None
    search: SearchTerm | None = None


class TaskCreate(Input):
    """A user's own task: what to do, and about whom."""

    note: Annotated[str, BoundedStr(LONGEST_NOTE, 1)]
    urgency: Urgency = Urgency.NORMAL
    assignee_id: UUID | None = None
    client_id: UUID | None = None
    snoozed_until: InputInstant | None = None


class TaskPatch(Patch):
    """Merge patch: absent keeps, `null` clears."""

    state: TaskState = TaskState.OPEN
    urgency: Urgency = Urgency.NORMAL
    assignee_id: UUID | None = None
    note: Annotated[str, BoundedStr(LONGEST_NOTE)] | None = None
    snoozed_until: Annotated[
        InputInstant | None, Field(description="Until then it is not among what needs action.")
    ] = None


class TaskView(Output):
    """Something to do. `count` is how many calls or messages it is about, `lastAt` when the last of them came,
    `conversationId` and `messageId` which one that was; `summary` is what it said."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    kind: Kind
    urgency: Urgency
    state: TaskState
    resolution: Annotated[Resolution | None, Field(description="Why it is done.")]
    done_at: OutputInstant | None
    snoozed_until: OutputInstant | None
    assignee_id: UUID | None
    note: str | None
    client_id: UUID | None
    conversation_id: UUID | None
    appointment_id: UUID | None
    message_id: UUID | None
    caller_number: str | None
    name: Annotated[str | None, Field(description="Of the client, else what the caller gave.")]
    summary: str | None
    count: int
    last_at: OutputInstant
    scheduled_at: Annotated[OutputInstant | None, Field(description="When the appointment begins.")]

    @classmethod
    def of(cls, row: Task, name: str | None, summary: str | None, scheduled_at: datetime | None) -> Self:
        """The view of one row, and of the rows it is about."""
        count = max(1, len(row.folded_ids))
        return cls(**row.model_dump(), name=name, summary=summary, count=count, scheduled_at=scheduled_at)
