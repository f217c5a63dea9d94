"""The table of clients."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import SortText, TenantTable, datetime_column, tenant_fk, tenant_key


class Client(EditedTable, TenantTable, table=True):
    """A customer.

    One that was merged into another stays, so that its number still finds who it belongs to. `name_given` says that a
    user or a booking gave the name; until then it is what calls say. `language` is None until it is known; since
    `opted_out_at` no SMS is wanted, the consents are to advertising. `search` is name, number and email as search
    compares them, `sort_name` the first of them that is known as lists order it.
    """

    __tablename__ = "clients"
    __table_args__ = (
        tenant_key(),
        tenant_fk("clients", "merged_into_id", ondelete="NO ACTION"),
        UniqueConstraint("organization_id", "phone"),
        Index("ix_clients_recent", "organization_id", "created_at", "id"),
        Index("ix_clients_name", "organization_id", "sort_name", "id"),
    )

    name: str | None = Field(default=None, max_length=120)
    name_given: bool = Field(default=False)
    phone: str | None = Field(default=None, max_length=16)
    email: str | None = Field(default=None, max_length=320)
    language: str | None = Field(default=None, max_length=2)
    notes: str | None = Field(default=None, sa_type=Text)
    blocked_at: datetime | None = datetime_column(nullable=True)
    opted_out_at: datetime | None = datetime_column(nullable=True)
    sms_consent_at: datetime | None = datetime_column(nullable=True)
    email_consent_at: datetime | None = datetime_column(nullable=True)
    merged_into_id: UUID | None = Field(default=None)
    search: str = Field(default="", sa_type=Text)
    sort_name: str = Field(default="", sa_type=SortText)

    derived: ClassVar = frozenset({"name_given", "search", "sort_name"})
