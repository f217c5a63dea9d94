"""The table of what users want to be told."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import TenantTable, enum_column


class CallScope(StrEnum):
    """Of which calls: every one, those that leave something to do, none."""

    ALL = "all"
    TO_DO = "to_do"
    NONE = "none"


class NotificationPreferences(EditedTable, TenantTable, table=True):
    """What one member of an organization is told, and how. Its id follows from both, so that a member without a row has
    one, too. From `quiet_from` to `quiet_to`, local times of the organization, SMS wait and pages show nothing; equal
    ones are no quiet hours."""

    __tablename__ = "notification_preferences"
    __table_args__ = (UniqueConstraint("organization_id", "user_id"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    email_calls: CallScope = enum_column(CallScope, CallScope.NONE)
    sms_calls: CallScope = enum_column(CallScope, CallScope.NONE)
    app_calls: CallScope = enum_column(CallScope, CallScope.TO_DO)
    digest: bool = Field(default=False)
    quiet_from: str = Field(default="21:00", max_length=5)
    quiet_to: str = Field(default="08:00", max_length=5)
