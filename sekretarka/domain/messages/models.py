"""The table of messages."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from sekretarka.core.database.models import TenantTable, datetime_column, enum_column, tenant_fk, tenant_key
from sekretarka.providers.call_events import Direction as Direction
from sekretarka.providers.message_events import Channel as Channel


class MessageStatus(StrEnum):
    """How far a message has come."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


class Message(TenantTable, table=True):
    """One message.

    `sender` and `recipient` are numbers (E.164), addresses or names, as far as they are known; `occurred_at` is when it
    was sent or came in. `source_key` is the provider's name of it and makes repeats one message; `search` is its text
    and both ends as search compares them.
    """

    __tablename__ = "messages"
    __table_args__ = (
        tenant_key(),
        tenant_fk("clients", "client_id", ondelete="NO ACTION"),
        tenant_fk("conversations", "conversation_id", ondelete="NO ACTION"),
        UniqueConstraint("organization_id", "source_key"),
        Index("ix_messages_recent", "organization_id", "occurred_at", "id"),
        Index("ix_messages_client", "organization_id", "client_id", "occurred_at", "id"),
        Index("ix_messages_conversation", "conversation_id"),
    )

    channel: Channel = enum_column(Channel, required=True)
    direction: Direction = enum_column(Direction, required=True)
    status: MessageStatus = enum_column(MessageStatus, required=True)
    client_id: UUID | None = Field(default=None)
    conversation_id: UUID | None = Field(default=None)
    sender: str | None = Field(default=None, max_length=320)
    recipient: str | None = Field(default=None, max_length=320)
    subject: str | None = Field(default=None, max_length=255)
    body: str = Field(sa_type=Text)
    occurred_at: datetime = datetime_column()
    source_key: str | None = Field(default=None, max_length=64)
    search: str = Field(default="", sa_type=Text)
