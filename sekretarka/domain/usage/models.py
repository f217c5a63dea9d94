"""The table of usage."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from sekretarka.core.database.models import TenantTable, datetime_column, enum_column, tenant_fk


class Unit(StrEnum):
    """What is counted; seconds become minutes once, when a period is billed."""

    SECOND = "second"


class Reason(StrEnum):
    """Why there is an entry: a call was settled, or what is known of it changed afterwards."""

    SETTLED = "settled"
    CORRECTED = "corrected"


class UsageRecord(TenantTable, table=True):
    """One entry of the ledger. The database rejects changing or deleting it: a correction is another entry. `quantity`
    is in `unit` and negative where a correction takes back; `source_key` makes the same fact one entry."""

    __tablename__ = "usage_records"
    __table_args__ = (
        tenant_fk("conversations", "conversation_id", ondelete="NO ACTION"),
        UniqueConstraint("organization_id", "source_key"),
        Index("ix_usage_records_conversation", "organization_id", "conversation_id"),
        Index("ix_usage_records_period", "organization_id", "occurred_at"),
    )

    conversation_id: UUID
    quantity: int
    unit: Unit = enum_column(Unit, required=True)
    reason: Reason = enum_column(Reason, required=True)
    occurred_at: datetime = datetime_column()
    source_key: str = Field(max_length=120)
