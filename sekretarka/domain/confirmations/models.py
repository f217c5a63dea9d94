"""The table of links that were sent to clients."""

from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from sekretarka.core.database.models import TenantTable, tenant_fk


class ConfirmationLink(TenantTable, table=True):
    """A link to the page of one appointment; of its token only the SHA-256 is stored. It works as long as the
    appointment is open and has not begun, at whatever time that is by then."""

    __tablename__ = "confirmation_links"
    __table_args__ = (
        tenant_fk("appointments", "appointment_id"),
        Index("ix_confirmation_links_appointment", "appointment_id"),
    )

    token_hash: str = Field(max_length=64, unique=True)
    appointment_id: UUID
