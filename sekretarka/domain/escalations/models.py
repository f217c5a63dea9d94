"""Tables of escalations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from sekretarka.core.database.models import (
    TenantTable,
    datetime_column,
    enum_column,
    json_column,
    tenant_fk,
    tenant_key,
)
from sekretarka.domain.messages.models import Channel


class EscalationState(StrEnum):
    """`unanswered`: everybody was told and nobody took it; `withdrawn`: the call is not urgent any more, or needs
    nothing more."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"


# Which can still be taken.
UNTAKEN = (EscalationState.OPEN, EscalationState.UNANSWERED)


class AcknowledgedBy(StrEnum):
    """How somebody took it: "1" by SMS, the button, opening the call, setting what is to do to done, or a program."""

    SMS = "sms"
    BUTTON = "button"
    OPENED = "opened"
    DONE = "done"
    PROGRAM = "program"


class Escalation(TenantTable, table=True):
    """An urgent call that is told to one user after another, each `minutes` after the one before, until one takes it.

    `user_ids` are those who are told, in this order, as they were set when it began; the first `position` of them had
    their turn.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        tenant_key(),
        tenant_fk("conversations", "conversation_id"),
        UniqueConstraint("organization_id", "conversation_id"),
        Index("ix_escalations_state", "organization_id", "state"),
    )

    conversation_id: UUID
    user_ids: list[str] = json_column(list)
    minutes: int
    position: int = Field(default=0)
    state: EscalationState = enum_column(EscalationState, EscalationState.OPEN)
    ended_at: datetime | None = datetime_column(nullable=True)
    acknowledged_by: AcknowledgedBy | None = enum_column(AcknowledgedBy)
    acknowledged_by_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class EscalationRung(TenantTable, table=True):
    """One user who was told of it; an SMS is the message `message_id`, which is answered by `code`. Its `position` is
    that in `user_ids`."""

    __tablename__ = "escalation_rungs"
    __table_args__ = (
        tenant_fk("escalations", "escalation_id"),
        tenant_fk("messages", "message_id", ondelete="NO ACTION"),
        UniqueConstraint("escalation_id", "position"),
        Index("ix_escalation_rungs_message", "message_id"),
    )

    escalation_id: UUID
    position: int
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    channel: Channel = enum_column(Channel, required=True)
    told_at: datetime = datetime_column()
    message_id: UUID | None = Field(default=None)
    code: int | None = Field(default=None)
