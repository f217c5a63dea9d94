"""Tables of messages and of the gateways that SMS go through."""

import re
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from sekretarka.core.database.models import TenantTable, datetime_column, enum_column, tenant_fk, tenant_key
from sekretarka.providers.call_events import Direction as Direction
from sekretarka.providers.message_events import Channel as Channel
from sekretarka.providers.sms import Failure as Failure


class MessageStatus(StrEnum):
    """How far a message has come."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


# Which status a message keeps when two are told of it, in whatever order they come: the later one of these.
RANKS = {status: rank for rank, status in enumerate(("pending", "sent", "failed", "delivered"))}


# The end of a client's own link, with which whoever has it moves and cancels.
_LINK_TOKEN = re.compile(r"(/c/)[0-9A-Za-z]{22}\b")
_LINK = re.compile(rf"https?://[^\s/]+{_LINK_TOKEN.pattern}")


# The `template` of internal messages that can be answered.
ESCALATION = "escalation"


class MessageKind(StrEnum):
    """`service` is about an appointment or an answer, `commercial` needs a consent; `internal` is for the
    organization's own users and is no message with a client."""

    SERVICE = "service"
    COMMERCIAL = "commercial"
    INTERNAL = "internal"


class Message(TenantTable, table=True):
    """One message.

    `sender` and `recipient` are numbers (E.164), addresses or names, as far as they are known; `occurred_at` is when it
    was sent or came in, of a pending one when it is due. `source_key` is the provider's name of it, or that of what
    asked for it, and makes repeats one message; `search` is its text and both ends as search compares them.

    With `appointment_time` its text is true only as long as the appointment is open and at that time. `failure` is why
    it failed, of a pending one why it has not left yet. Since `first_tried_at` the gateway `gateway_id` may have it;
    `gateway_message_id` is that gateway's name of it; `reported_failures` counts how often it could not bring it and
    got it once more. `price_amount` is in minor units, for all its `parts`.
    """

    __tablename__ = "messages"
    __table_args__ = (
        tenant_key(),
        tenant_fk("clients", "client_id", ondelete="NO ACTION"),
        tenant_fk("conversations", "conversation_id", ondelete="NO ACTION"),
        tenant_fk("appointments", "appointment_id", ondelete="NO ACTION"),
        tenant_fk("sms_gateways", "gateway_id", ondelete="NO ACTION"),
        UniqueConstraint("organization_id", "source_key"),
        Index("ix_messages_recent", "organization_id", "occurred_at", "id"),
        Index("ix_messages_client", "organization_id", "client_id", "occurred_at", "id"),
        Index("ix_messages_conversation", "conversation_id"),
        Index("ix_messages_appointment", "appointment_id"),
        Index("ix_messages_gateway", "gateway_id", "gateway_message_id"),
        Index("ix_messages_channel", "organization_id", "channel", "client_id"),
        Index("ix_messages_recipient", "organization_id", "recipient", "occurred_at"),
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
    kind: MessageKind = enum_column(MessageKind, MessageKind.SERVICE)
    template: str | None = Field(default=None, max_length=32)
    appointment_id: UUID | None = Field(default=None)
    appointment_time: datetime | None = datetime_column(nullable=True)
    author_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    parts: int | None = Field(default=None)
    price_amount: int | None = Field(default=None)
    price_currency: str | None = Field(default=None, max_length=3)
    failure: Failure | None = enum_column(Failure)
    gateway_id: UUID | None = Field(default=None)
    gateway_message_id: str | None = Field(default=None, max_length=64)
    first_tried_at: datetime | None = datetime_column(nullable=True)
    reported_failures: int = Field(default=0)

    @property
    def asks(self) -> bool:
        """Whether it says how to answer it, which needs a number to answer to."""
        return self.template == ESCALATION or (self.template is not None and self.appointment_time is not None)

    @property
    def shown_body(self) -> str:
        """The text as everybody but its recipient sees it: a link in it is theirs alone."""
        return without_link_tokens(self.body)


def link_in(text: str) -> str:
    """The address of a client's own link in a text, "" if there is none."""
    found = _LINK.search(text)
    return found[0] if found else ""


def without_link_tokens(text: str) -> str:
    """The text with `…` in place of what opens a client's link."""
    return _LINK_TOKEN.sub(r"\1…", text)


class SenderNameStatus(StrEnum):
    """Whether the gateway lets a name stand in place of a number, which it checks for days."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


IN_USE = text("removed_at IS NULL")


class SmsGateway(TenantTable, table=True):
    """An organization's account at a vendor of SMS.

    The one with the lower `position` (0 or 1) is used; the other one when that is down. `credentials` are encrypted
    JSON; `number` (E.164) can be answered, `sender_name` cannot. The vendor calls back at
    `/api/webhooks/{provider}/{callback_id}`, which nobody can guess. `part_price` is what a part costs, in minor units
    of the organization's currency. `problem` is what the owner has to mend, since `problem_at`.
    """

    __tablename__ = "sms_gateways"
    __table_args__ = (
        tenant_key(),
        Index(
            "uq_sms_gateways_position",
            "organization_id",
            "position",
            unique=True,
            sqlite_where=IN_USE,
            postgresql_where=IN_USE,
        ),
    )

    provider: str = Field(max_length=32)
    position: int
    credentials: str = Field(sa_type=Text)
    number: str | None = Field(default=None, max_length=16)
    sender_name: str | None = Field(default=None, max_length=11)
    sender_name_status: SenderNameStatus = enum_column(SenderNameStatus, SenderNameStatus.PENDING)
    callback_id: UUID = Field(default_factory=uuid4, unique=True)
    part_price: int = Field(default=0)
    problem: Failure | None = enum_column(Failure)
    problem_at: datetime | None = datetime_column(nullable=True)
    removed_at: datetime | None = datetime_column(nullable=True)


UNREAD = text("unread_count > 0")


class MessageThread(TenantTable, table=True):
    """The messages of a client, whose id it has: which is the last, and how many inbound ones nobody has read."""

    __tablename__ = "message_threads"
    __table_args__ = (
        tenant_fk("clients", "id", ondelete="NO ACTION"),
        tenant_fk("messages", "last_message_id", ondelete="NO ACTION"),
        Index("ix_message_threads_recent", "organization_id", "last_message_at", "id"),
        Index("ix_message_threads_unread", "organization_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
    )

    last_message_id: UUID
    last_message_at: datetime = datetime_column()
    unread_count: int = Field(default=0)
