"""The table of webhooks as received."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from sekretarka.core.database.models import Table, datetime_column, enum_column, json_column


class InboxState(StrEnum):
    """`waiting` is for a feature that does not exist yet, `ignored` has no handler, `unreadable` makes no sense; `dead`
    failed `MAX_ATTEMPTS` times."""

    PENDING = "pending"
    DONE = "done"
    WAITING = "waiting"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"
    DEAD = "dead"


IS_ODD = text("(state = 'unreadable' OR notes IS NOT NULL)")


class WebhookEvent(Table, table=True):
    """One verified delivery, its raw bytes, and how far its processing is. `(source, event_id)` makes duplicates one.
    Once the bytes are purged, `payload_hash` has their SHA-256; `run_after` is when a pending one is due; `is_test` is
    one of `test_deliveries`. `notes` are the fields (`OddField`) that were odd, None without any."""

    __tablename__ = "webhook_inbox"
    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        Index("ix_webhook_inbox_due", "state", "run_after"),
        Index("ix_webhook_inbox_endpoint", "endpoint_id", "received_at"),
        Index("ix_webhook_inbox_odd", "endpoint_id", "received_at", sqlite_where=IS_ODD, postgresql_where=IS_ODD),
    )

    source: str = Field(max_length=80)
    event_id: str = Field(max_length=255)
    type: str = Field(default="", max_length=64)
    organization_id: UUID | None = Field(default=None, foreign_key="organizations.id", ondelete="CASCADE")
    endpoint_id: UUID | None = Field(default=None)
    payload: bytes = Field(sa_type=LargeBinary)
    payload_hash: str | None = Field(default=None, max_length=64)
    received_at: datetime = datetime_column()
    state: InboxState = enum_column(InboxState, InboxState.PENDING)
    attempts: int = Field(default=0)
    run_after: datetime = datetime_column()
    reason: str | None = Field(default=None, max_length=200)
    notes: list[dict[str, Any]] | None = json_column()
    processed_at: datetime | None = datetime_column(nullable=True)
    is_test: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})

    @property
    def provider(self) -> str:
        """The provider it came from: what `source` begins with, up to `:`."""
        return self.source.partition(":")[0]
