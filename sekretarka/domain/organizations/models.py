"""Tables of organizations, memberships, invitations and API keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import Table, TenantTable, datetime_column, enum_column, json_column
from sekretarka.core.permissions import Role
from sekretarka.core.text.phone import DEFAULT_REGION
from sekretarka.domain.organizations import defaults


class Organization(EditedTable, Table, table=True):
    """An organization.

    `business_hours` maps mon…sun to blocks `{"open": "09:00", "close": "17:00"}` of local time, `closed_days` are ISO
    dates; `booking` has `slotMinutes`, `minimumNoticeMinutes`, `maximumAdvanceDays` and `holdMinutes`; `messaging` and
    `escalation` what `defaults` says.
    """

    __tablename__ = "organizations"

    name: str = Field(max_length=120)
    industry: str | None = Field(default=None, max_length=60)
    business_type: str | None = Field(default=None, max_length=60)
    phone: str | None = Field(default=None, max_length=16)
    email: str | None = Field(default=None, max_length=320)
    website: str | None = Field(default=None, max_length=2048)
    address: dict[str, Any] | None = json_column()
    country: str = Field(default=DEFAULT_REGION, max_length=2)
    timezone: str = Field(default="Europe/Warsaw", max_length=64)
    currency: str = Field(default="pln", max_length=3)
    business_hours: dict[str, Any] = json_column(defaults.business_hours)
    closed_days: list[str] = json_column(list)
    observes_public_holidays: bool = Field(default=True)
    booking: dict[str, Any] = json_column(defaults.booking)
    messaging: dict[str, Any] = json_column(defaults.messaging)
    escalation: dict[str, Any] = json_column(defaults.escalation)
    deleted_at: datetime | None = datetime_column(nullable=True)


class Membership(Table, table=True):
    """A user's role in an organization."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "organization_id"),)

    organization_id: UUID = Field(foreign_key="organizations.id", ondelete="CASCADE", index=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    role: Role = enum_column(Role, required=True)


class Invitation(Table, table=True):
    """An invitation by email. Open until accepted or revoked; of its token only the SHA-256 is stored."""

    __tablename__ = "invitations"

    organization_id: UUID = Field(foreign_key="organizations.id", ondelete="CASCADE", index=True)
    email: str = Field(max_length=320)
    email_key: str = Field(max_length=640)
    role: Role = enum_column(Role, required=True)
    token_hash: str = Field(max_length=64, unique=True)
    invited_by_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    expires_at: datetime = datetime_column()
    accepted_at: datetime | None = datetime_column(nullable=True)
    revoked_at: datetime | None = datetime_column(nullable=True)


class ApiKey(TenantTable, table=True):
    """A scoped key of a program; only the SHA-256 of it is stored.

    `prefix`, `sk_live_` and 8 characters, is public and finds the row.
    """

    __tablename__ = "api_keys"

    name: str = Field(max_length=80)
    prefix: str = Field(max_length=16, unique=True)
    key_hash: str = Field(max_length=64)
    scopes: list[str] = json_column(list)
    created_by_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    expires_at: datetime | None = datetime_column(nullable=True)
    last_used_at: datetime | None = datetime_column(nullable=True)
    revoked_at: datetime | None = datetime_column(nullable=True)
