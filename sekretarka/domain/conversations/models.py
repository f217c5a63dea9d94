"""Tables of conversations: the call, its transcript, and the folded text that search reads."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import (
    Json,
    TenantTable,
    UtcDateTime,
    datetime_column,
    enum_column,
    json_column,
    tenant_fk,
    tenant_key,
)
from sekretarka.core.runtime import clock
from sekretarka.providers.call_events import Direction as Direction
from sekretarka.providers.call_events import Outcome as Outcome
from sekretarka.providers.call_events import Speaker as Speaker
from sekretarka.providers.call_events import Status as Status


class Channel(StrEnum):
    """How the caller reached us."""

    VOICE = "voice"


class Urgency(StrEnum):
    """How soon somebody should act."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class FollowUpState(StrEnum):
    """Whether somebody still has to act."""

    OPEN = "open"
    DONE = "done"


IS_OPEN = text("follow_up_state = 'open'")


class Conversation(EditedTable, TenantTable, table=True):
    """One call.

    What events say is merged by `merge.py`; `field_versions` says by field which version (`merge.field_version`) its
    value has. `sentiment` is −1 to 1, `cost_amount` minor units; `caller_raw` is what was sent in place of a number.
    `last_event_at` is when anything of it last came in (`silence.py`). One with `is_test` was made by the dashboard and
    counts nowhere (`counting.py`).
    """

    __tablename__ = "conversations"
    __table_args__ = (
        tenant_key(),
        tenant_fk("agents", "agent_id"),
        tenant_fk("clients", "client_id", ondelete="NO ACTION"),
        UniqueConstraint("organization_id", "agent_id", "call_id"),
        Index("ix_conversations_client", "organization_id", "client_id", "started_at"),
        Index("ix_conversations_recent", "organization_id", "started_at", "id"),
        Index("ix_conversations_status", "organization_id", "status", "started_at"),
        Index(
            "ix_conversations_open_follow_ups",
            "organization_id",
            "started_at",
            "id",
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index(
            "ix_conversations_unsettled",
            "organization_id",
            "status",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    agent_id: UUID
    call_id: str = Field(max_length=255)
    channel: Channel = enum_column(Channel, Channel.VOICE)
    direction: Direction = enum_column(Direction, Direction.INBOUND)
    status: Status = enum_column(Status, Status.ACTIVE)
    caller_number: str | None = Field(default=None, max_length=16)
    caller_raw: str | None = Field(default=None, max_length=64)
    caller_name: str | None = Field(default=None, max_length=120)
    called_number: str | None = Field(default=None, max_length=16)
    client_id: UUID | None = Field(default=None)
    first_seen_at: datetime = datetime_column()
    last_event_at: datetime = Field(default_factory=clock.now, sa_type=UtcDateTime, nullable=True)  # never null
    started_at: datetime = datetime_column()
    ended_at: datetime | None = datetime_column(nullable=True)
    duration_seconds: int | None = Field(default=None)
    ended_reason: str | None = Field(default=None, max_length=120)
    analysis_follows: bool | None = Field(default=None)
    outcome: Outcome | None = enum_column(Outcome)
    intent: str | None = Field(default=None, max_length=120)
    summary: str | None = Field(default=None, sa_type=Text)
    sentiment: float | None = Field(default=None)
    topics: list[str] = json_column(list)
    recording: dict[str, Any] | None = json_column()
    ai_disclosed_at: datetime | None = datetime_column(nullable=True)
    recording_consent: dict[str, Any] | None = json_column()
    cost_amount: int | None = Field(default=None)
    cost_currency: str | None = Field(default=None, max_length=3)
    line_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    last_line: str | None = Field(default=None, sa_type=Text)
    last_speaker: Speaker | None = enum_column(Speaker)
    notes: str | None = Field(default=None, sa_type=Text)
    follow_up_state: FollowUpState | None = enum_column(FollowUpState)
    follow_up_urgency: Urgency = enum_column(Urgency, Urgency.NORMAL)
    follow_up_assignee_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    follow_up_note: str | None = Field(default=None, sa_type=Text)
    tool_changes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    tool_failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    is_test: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    settled_at: datetime | None = datetime_column(nullable=True)
    field_versions: dict[str, Any] = Field(default_factory=dict, sa_type=Json, sa_column_kwargs={"name": "stamps"})

    derived: ClassVar = frozenset({"field_versions"})


class Segment(TenantTable, table=True):
    """One line of a transcript; of a segment id the greatest `stamp` wins, in whatever order they arrive. `part` says
    which text of `TranscriptSearch` it is in."""

    __tablename__ = "segments"
    __table_args__ = (
        tenant_fk("conversations", "conversation_id"),
        UniqueConstraint("conversation_id", "segment_id"),
        Index("ix_segments_in_order", "conversation_id", "said_at", "segment_id"),
        Index("ix_segments_part", "conversation_id", "part"),
    )

    conversation_id: UUID
    segment_id: str = Field(max_length=120)
    speaker: Speaker = enum_column(Speaker, required=True)
    text: str = Field(sa_type=Text)
    said_at: datetime = datetime_column()
    said_until: datetime | None = datetime_column(nullable=True)
    final: bool = Field(default=True)
    sentiment: float | None = Field(default=None)
    stamp: str = Field(max_length=400)
    part: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class ConversationSearch(SQLModel, table=True):
    """Folded names, numbers, summary and notes of one conversation, apart so that lists do not carry them."""

    __tablename__ = "conversation_search"
    __table_args__ = (tenant_fk("conversations", "conversation_id"),)

    organization_id: UUID
    conversation_id: UUID = Field(primary_key=True)
    content: str = Field(sa_type=Text)


class TranscriptSearch(SQLModel, table=True):
    """Folded lines of one part of a transcript: short enough to be written anew for one line, long enough that search
    reads few rows."""

    __tablename__ = "transcript_search"
    __table_args__ = (tenant_fk("conversations", "conversation_id"),)

    organization_id: UUID
    conversation_id: UUID = Field(primary_key=True)
    part: int = Field(primary_key=True)
    content: str = Field(sa_type=Text)
