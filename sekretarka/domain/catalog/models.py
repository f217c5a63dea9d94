"""The table of services."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import TenantTable, datetime_column, tenant_key


class Service(EditedTable, TenantTable, table=True):
    """What can be booked. Duration and buffers are minutes, the price is minor units; deleted ones stay: appointments
    show their name."""

    __tablename__ = "services"
    __table_args__ = (tenant_key(),)

    name: str = Field(max_length=120)
    description: str | None = Field(default=None, sa_type=Text)
    category: str | None = Field(default=None, max_length=80)
    duration: int
    buffer_before: int = Field(default=0)
    buffer_after: int = Field(default=0)
    price_amount: int
    price_currency: str = Field(max_length=3)
    is_active: bool = Field(default=True)
    deleted_at: datetime | None = datetime_column(nullable=True)
