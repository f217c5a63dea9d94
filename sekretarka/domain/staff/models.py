"""Tables of staff, their time off, and the services they do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import TenantTable, datetime_column, json_column, tenant_fk, tenant_key


class Staff(EditedTable, TenantTable, table=True):
    """One staff member; without `weekly_hours` they work the business hours. Deleted rows stay: appointments name them.

    Who books or moves an appointment locks this row first, in the order of ids: that is what keeps bookings apart.
    """

    __tablename__ = "staff"
    __table_args__ = (tenant_key(), UniqueConstraint("organization_id", "user_id"))

    name: str = Field(max_length=120)
    email: str | None = Field(default=None, max_length=320)
    phone: str | None = Field(default=None, max_length=16)
    role: str | None = Field(default=None, max_length=80)
    color: str | None = Field(default=None, max_length=7)
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    is_active: bool = Field(default=True)
    weekly_hours: dict[str, Any] | None = json_column()
    calendar_number: int = Field(default=1)
    deleted_at: datetime | None = datetime_column(nullable=True)


class TimeOff(TenantTable, table=True):
    """A staff member is away from one instant to another; appointments in it stay until somebody moves them."""

    __tablename__ = "time_off"
    __table_args__ = (
        tenant_fk("staff", "staff_id"),
        CheckConstraint("starts_at < ends_at", name="forwards"),
        Index("ix_time_off_person", "organization_id", "staff_id", "ends_at"),
    )

    staff_id: UUID
    starts_at: datetime = datetime_column()
    ends_at: datetime = datetime_column()
    reason: str | None = Field(default=None, max_length=200)


class StaffService(SQLModel, table=True):
    """This staff member can do this service. A service that nobody is assigned to can be done by everyone."""

    __tablename__ = "staff_services"
    __table_args__ = (tenant_fk("staff", "staff_id"), tenant_fk("services", "service_id"))

    organization_id: UUID
    service_id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(primary_key=True, index=True)
