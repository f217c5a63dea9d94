"""The table of what owners changed of the messages' texts."""

from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from sekretarka.core.database.edits import EditedTable
from sekretarka.core.database.models import TenantTable, enum_column, json_column


class Template(StrEnum):
    """What is sent by itself, in the order of an appointment's life. `reply_yes` and `reply_no` answer TAK and NIE."""

    CONFIRMATION = "confirmation"
    REMINDER_DAY = "reminder_day"
    REMINDER_HOURS = "reminder_hours"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    REPLY_YES = "reply_yes"
    REPLY_NO = "reply_no"
    MISSED_CALL = "missed_call"


class Part(StrEnum):
    """A text of a template in one language: the SMS, and the subject and body of the email."""

    SMS = "sms"
    SUBJECT = "subject"
    EMAIL = "email"


# These answer an SMS or a call: there is no email of them.
SMS_ONLY = frozenset({Template.REPLY_YES, Template.REPLY_NO, Template.MISSED_CALL})


class MessageTemplate(EditedTable, TenantTable, table=True):
    """What an organization changed of one template: `texts` is `<language>.<part>` → text, of those that are not the
    default. Its id follows from organization and name, so that one without a row has it, too."""

    __tablename__ = "message_templates"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    name: Template = enum_column(Template, required=True)
    enabled: bool = Field(default=True)
    texts: dict[str, Any] = json_column(dict)
