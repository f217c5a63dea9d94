"""Tables of users, their sessions, and the tokens we email them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import Table, datetime_column, enum_column, json_column


class User(EditedTable, Table, table=True):
    """A user who can sign in. `email_key` is the casefolded address, unique; `email` is as it was typed."""

    __tablename__ = "users"

    email: str = Field(max_length=320)
    email_key: str = Field(max_length=640, unique=True)
    password_hash: str | None = Field(default=None, max_length=256)
    name: str = Field(max_length=120)
    phone: str | None = Field(default=None, max_length=16)
    avatar_url: str | None = Field(default=None, max_length=2048)
    language: str = Field(default="pl", max_length=2)
    email_verified_at: datetime | None = datetime_column(nullable=True)


class Session(Table, table=True):
    """A signed-in browser. Only the SHA-256 of its token is stored; deleting the row signs it out at once.

    `expires_at` is the idle limit, moved on use at most once an hour; `ends_at` is the absolute one.
    """

    __tablename__ = "sessions"

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    organization_id: UUID | None = Field(default=None, foreign_key="organizations.id", ondelete="SET NULL", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    seen_at: datetime = datetime_column()
    expires_at: datetime = datetime_column()
    ends_at: datetime = datetime_column()
    user_agent: str | None = Field(default=None, max_length=200)


class Purpose(StrEnum):
    """What a one-time token is for."""

    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose
    VERIFY_EMAIL = "verify_email"


class OneTimeToken(Table, table=True):
    """A token that we emailed in a link, of which only the SHA-256 is stored. It works for the address it was sent to,
    until `expires_at` or `used_at`."""

    __tablename__ = "one_time_tokens"

    purpose: Purpose = enum_column(Purpose, required=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    email_key: str = Field(max_length=640)
    token_hash: str = Field(max_length=64, unique=True)
    expires_at: datetime = datetime_column(index=True)
    used_at: datetime | None = datetime_column(nullable=True)


class Identity(Table, table=True):
    """An account at an OpenID provider that signs a user in. `issuer` and `subject` are who it is, for ever;
    `provider` is our name of the issuer, `email` what it vouched for when the two were linked."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    provider: str = Field(max_length=32)
    issuer: str = Field(max_length=255)
    subject: str = Field(max_length=255)
    email: str = Field(max_length=320)


class Throttle(Table, table=True):
    """Attempts counted per account or network, in the database so that they outlive Redis and restarts (T7).

    `key` is a purpose and an HMAC, never an address or a name. An account has `failures` in a row and `blocked_until`;
    a network has `recent`, the instants (Unix seconds) of its latest attempts.
    """

    __tablename__ = "throttles"

    key: str = Field(max_length=100, unique=True)
    failures: int = Field(default=0)
    blocked_until: datetime | None = datetime_column(nullable=True)
    recent: list[float] = json_column(list)
