"""Bases of every table: UUIDv7 keys, UTC instants on both databases, versions, composite tenant keys."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import JSON, DateTime, Dialect, ForeignKeyConstraint, MetaData, String, TypeDecorator, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from sekretarka.core.runtime import clock
from sekretarka.core.text.collation import KEY_LENGTH

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime: `timestamptz` on PostgreSQL, ISO-8601 text on SQLite; naive raises `ValueError`."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        utc = value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


class EnumType(TypeDecorator[StrEnum]):
    """A `StrEnum` stored as its values, up to 32 characters; `ValueError` for another value, written or read."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__(32)
        self.members = members

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.members(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.members(value)


# Compared by code points on both databases, whatever the collation of a PostgreSQL is.
SortText = String(KEY_LENGTH).with_variant(String(KEY_LENGTH, collation="C"), "postgresql")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def datetime_column(*, nullable: bool = False, index: bool = False) -> Any:
    """A column of aware datetimes; defaults to `clock.now()`, with `nullable` to None."""
    if nullable:
        return Field(default=None, sa_type=UtcDateTime, index=index, nullable=True)
    return Field(default_factory=clock.now, sa_type=UtcDateTime, index=index)


def enum_column(members: type[StrEnum], default: StrEnum | None = None, *, required: bool = False) -> Any:
    """A column of a `StrEnum`; nullable when there is neither a default nor `required`."""
    column = EnumType(members)
    if required:
        return Field(sa_type=column)
    return Field(default=default, sa_type=column, nullable=default is None)


def json_column(default_factory: Any = None) -> Any:
    """A JSON column (`jsonb` on PostgreSQL); nullable when nothing makes a default."""
    if default_factory is None:
        return Field(default=None, sa_type=Json, nullable=True)
    return Field(default_factory=default_factory, sa_type=Json)


def new_id() -> UUID:
    """A UUIDv7: ordered by the time it was made, the rest random."""
    return uuid_utils.compat.uuid7()


class Table(SQLModel):
    """Columns of every row. `version` starts at 1 and counts changes, `updated_at` moves with it (`bump_version`)."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = Field(default=1)
    created_at: datetime = datetime_column()
    updated_at: datetime = datetime_column()


class TenantTable(Table):
    """A row that belongs to one organization; only `UnitOfWork` reads and stamps `organization_id`."""

    organization_id: UUID = Field(index=False, foreign_key="organizations.id", ondelete="CASCADE")

    tenant: ClassVar[bool] = True


def tenant_key() -> UniqueConstraint:
    """UNIQUE (organization_id, id), the target of `tenant_fk`; every referenced tenant table declares it."""
    return UniqueConstraint("organization_id", "id")


def tenant_fk(table: str, column: str, *, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """Foreign key (organization_id, `column`) to `table`, so that a row cannot point at another organization's."""
    return ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.id"], ondelete=ondelete
    )
