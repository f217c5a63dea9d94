"""Tables of appointments and their changes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import (
    TenantTable,
    datetime_column,
    enum_column,
    json_column,
    tenant_fk,
    tenant_key,
)

# Minutes that the longest appointment with the longest buffers occupies; queries for neighbours look no further.
MAX_BUSY_MINUTES = 24 * 60 + 2 * 240


class Status(StrEnum):
    """`held` is a reservation for a few minutes, listed nowhere; the first three occupy a staff member's time."""

    HELD = "held"
    SCHEDULED = "scheduled"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


OPEN_STATUSES = (Status.SCHEDULED, Status.CONFIRMED)  # which may still take place, be moved or cancelled
BUSY_STATUSES = (Status.HELD, *OPEN_STATUSES)


class Source(StrEnum):
    """Who booked: the AI during a call, a user in the dashboard, another program."""

    AGENT = "agent"
    PERSON = "person"
    PROGRAM = "program"


class Appointment(EditedTable, TenantTable, table=True):
    """An appointment, or a hold.

    `busy_from` to `busy_to`, minutes since 1970, is the appointment with its buffers; `price_amount` is in minor units.
    No two busy rows of one staff member overlap: the migration has an exclusion constraint for that on PostgreSQL and
    triggers on SQLite. Price and times are those of the booking, whatever becomes of the service. `held_by` is the id
    of the API key or user whose hold it is.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        tenant_key(),
        tenant_fk("staff", "staff_id", ondelete="NO ACTION"),
        tenant_fk("services", "service_id", ondelete="NO ACTION"),
        tenant_fk("clients", "client_id", ondelete="NO ACTION"),
        tenant_fk("agents", "agent_id", ondelete="NO ACTION"),
        tenant_fk("conversations", "conversation_id", ondelete="NO ACTION"),
        CheckConstraint(f"busy_from < busy_to AND busy_to - busy_from <= {MAX_BUSY_MINUTES}", name="busy"),
        CheckConstraint("status = 'held' OR client_id IS NOT NULL", name="somebody"),
        Index("ix_appointments_recent", "organization_id", "scheduled_at", "id"),
        Index("ix_appointments_busy", "organization_id", "staff_id", "busy_from"),
        Index("ix_appointments_client", "organization_id", "client_id"),
        Index("ix_appointments_conversation", "organization_id", "conversation_id"),
    )

    staff_id: UUID
    service_id: UUID
    client_id: UUID | None = Field(default=None)
    client_name: str | None = Field(default=None, max_length=120)
    client_phone: str | None = Field(default=None, max_length=16)
    client_email: str | None = Field(default=None, max_length=320)
    scheduled_at: datetime = datetime_column()
    timezone: str = Field(max_length=64)
    ends_at: datetime = datetime_column()
    busy_from: int
    busy_to: int
    status: Status = enum_column(Status, Status.SCHEDULED)
    held_until: datetime | None = datetime_column(nullable=True)
    held_by: UUID | None = Field(default=None)
    price_amount: int
    price_currency: str = Field(max_length=3)
    notes: str | None = Field(default=None, sa_type=Text)
    source: Source = enum_column(Source, Source.PERSON)
    agent_id: UUID | None = Field(default=None)
    conversation_id: UUID | None = Field(default=None)
    cancelled_reason: str | None = Field(default=None, max_length=500)


class Change(StrEnum):
    """What was done to an appointment; `restored` took back the change before it."""

    BOOKED = "booked"
    MOVED = "moved"
    EDITED = "edited"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    RESTORED = "restored"


class AppointmentChange(TenantTable, table=True):
    """Who changed what and when; `conversation_id` is the call during which the AI did. `before` and `after` hold
    times, ids and statuses, never personal data."""

    __tablename__ = "appointment_changes"
    __table_args__ = (
        tenant_fk("appointments", "appointment_id"),
        tenant_fk("conversations", "conversation_id", ondelete="NO ACTION"),
        Index("ix_appointment_changes_visit", "organization_id", "appointment_id", "created_at"),
    )

    appointment_id: UUID
    change: Change = enum_column(Change, required=True)
    actor: str = Field(max_length=16)
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    conversation_id: UUID | None = Field(default=None)
    before: dict[str, Any] = json_column(dict)
    after: dict[str, Any] = json_column(dict)
