"""The table of tasks."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import (
    SortText,
    TenantTable,
    datetime_column,
    enum_column,
    json_column,
    tenant_fk,
    tenant_key,
)
from sekretarka.domain.conversations.models import Urgency as Urgency


class Kind(StrEnum):
    """What it is about; of a line of several calls the first of these that one of them is. `own` was written, or
    opened on a call, by a user."""

    MESSAGE_TAKEN = "message_taken"
    URGENT = "urgent"
    MISSED_CALL = "missed_call"
    UNANSWERED_QUESTION = "unanswered_question"
    DECLINED = "declined"
    TO_CONFIRM = "to_confirm"
    REPLY = "reply"
    FAILED_MESSAGE = "failed_message"
    OWN = "own"


class TaskState(StrEnum):
    """Whether somebody still has to act."""

    OPEN = "open"
    DONE = "done"


class Resolution(StrEnum):
    """Why it is done: somebody did it, or it took care of itself. `answered`: a later call of theirs was answered;
    `called_back`: they were called, `written`: written to; `booked`: they have an appointment since; `confirmed`: they
    come; `arrived`: the message arrived after all; `withdrawn`: what it was about changed; `merged`: it went on in
    another one's line."""

    DONE = "done"
    ANSWERED = "answered"
    CALLED_BACK = "called_back"
    WRITTEN = "written"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


IS_OPEN = text("state = 'open'")


class Task(EditedTable, TenantTable, table=True):
    """One thing to do.

    `line` names what makes things one task, of which one is open at a time; what folds into it is in `folded_ids`, the
    newest first: calls, or messages. State, urgency, assignee and note of a line of calls are those of its calls'
    follow-ups (`calls.py`). `position` is where it stands in lists, `search` its note and number as search compares
    them.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        tenant_key(),
        tenant_fk("clients", "client_id", ondelete="NO ACTION"),
        tenant_fk("conversations", "conversation_id", ondelete="NO ACTION"),
        tenant_fk("appointments", "appointment_id", ondelete="NO ACTION"),
        tenant_fk("messages", "message_id", ondelete="NO ACTION"),
        Index("ix_tasks_position", "organization_id", "state", "position", "id"),
        Index("ix_tasks_client", "organization_id", "client_id"),
        Index("ix_tasks_conversation", "organization_id", "conversation_id"),
        Index(
            "uq_tasks_open_line",
            "organization_id",
            "line",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    kind: Kind = enum_column(Kind, required=True)
    urgency: Urgency = enum_column(Urgency, Urgency.NORMAL)
    state: TaskState = enum_column(TaskState, TaskState.OPEN)
    resolution: Resolution | None = enum_column(Resolution)
    done_at: datetime | None = datetime_column(nullable=True)
    snoozed_until: datetime | None = datetime_column(nullable=True)
    assignee_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    note: str | None = Field(default=None, sa_type=Text)
    client_id: UUID | None = Field(default=None)
    conversation_id: UUID | None = Field(default=None)
    appointment_id: UUID | None = Field(default=None)
    message_id: UUID | None = Field(default=None)
    caller_number: str | None = Field(default=None, max_length=16)
    last_at: datetime = datetime_column()
    line: str | None = Field(default=None, max_length=64)
    folded_ids: list[str] = json_column(list)
    position: str = Field(default="", sa_type=SortText)
    search: str = Field(default="", sa_type=Text)

    derived: ClassVar = frozenset({"line", "folded_ids", "position", "search", "last_at"})
