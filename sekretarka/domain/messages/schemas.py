"""Inputs and views of messages and gateways."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sekretarka.core.text.sms import Encoding
from sekretarka.core.web.money import Money
from sekretarka.core.web.schemas import BoundedStr, Input, InputInstant, Output, OutputInstant, Patch, SearchTerm
from sekretarka.domain.messages.models import (
    Channel,
    Direction,
    Failure,
    Message,
    MessageKind,
    MessageStatus,
)
from sekretarka.domain.templates.models import Template

MAX_BODY = 20_000
MAX_SMS = 1_530  # ten parts of plain letters
SentChannel = Literal[Channel.SMS, Channel.EMAIL]


class MessageFilter(Input):
    """What a list can be narrowed by."""

    channel: Channel | None = None
    direction: Direction | None = None
    status: MessageStatus | None = None
    client_id: UUID | None = None
    conversation_id: UUID | None = None
    appointment_id: UUID | None = None
    search: SearchTerm | None = None
    sort: Literal["sentAt", "-sentAt"] = "-sentAt"


class MessageSend(Input):
    """A message to send: an SMS to a mobile number or an e-mail to an address, now or at `scheduledFor`. A commercial
    one needs the client's consent. In place of `body` a `template` says what is said of the appointment."""

    channel: SentChannel
    to: Annotated[str, BoundedStr(320, 1)]
    subject: Annotated[str, BoundedStr(255)] | None = None
    body: Annotated[str, BoundedStr(MAX_BODY, 1)] | None = None
    template: Template | None = None
    appointment_id: UUID | None = None
    scheduled_for: InputInstant | None = None
    kind: Literal[MessageKind.SERVICE, MessageKind.COMMERCIAL] = MessageKind.SERVICE

    @model_validator(mode="after")
    def _says_something(self) -> "MessageSend":
        if (self.body is None) is (self.template is None):
            raise PydanticCustomError("missing", "Send either a body or a template")
        return self


class MessagePreview(Input):
    """A text, before it is sent."""

    channel: SentChannel = Channel.SMS
    body: Annotated[str, BoundedStr(MAX_BODY)]


class TextSize(Output):
    """What a text takes as SMS: `units` are septets of `gsm7` and 16-bit units of `ucs2`, `left` how many the last part
    still takes. `price` is null while there is no gateway that says what a part costs."""

    body: str
    encoding: Encoding
    units: int
    parts: int
    left: int
    price: Money | None


class MessagePreviewView(Output):
    """`plain` is the same text without the letters that make it dearer; both are null for another channel than SMS, and
    `plain` also where it would be no shorter."""

    size: TextSize | None
    plain: TextSize | None


class MessageView(Output):
    """A message; `sentAt` of an inbound one is when it came in, of a pending one when it is due. `from` and `to` are
    numbers, addresses or names, null where whoever sent it did not say. `failure` says why it failed, of a pending one
    why it has not left yet. A client's own link in `body` ends in `…`."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    channel: Channel
    direction: Direction
    status: MessageStatus
    client_id: UUID | None
    conversation_id: UUID | None
    sender: str | None = Field(alias="from")
    recipient: str | None = Field(alias="to")
    subject: str | None
    body: str
    occurred_at: OutputInstant = Field(alias="sentAt")
    kind: MessageKind
    template: str | None
    appointment_id: UUID | None
    parts: int | None
    price: Money | None
    failure: Failure | None

    @classmethod
    def of(cls, row: Message) -> "MessageView":
        """The view of one row."""
        price = row.price_amount is not None and Money(amount=row.price_amount, currency=row.price_currency or "")
        columns = row.model_dump(include=set(cls.model_fields) - {"price", "body"})
        return cls(**columns, body=row.shown_body, price=price or None)


class ThreadFilter(Input):
    """What a list of threads can be narrowed by: those with a message of a channel, or with unread ones."""

    channel: Channel | None = None
    unread: bool | None = None
    search: SearchTerm | None = None


class MessageThreadPatch(Patch):
    """Merge patch: absent keeps."""

    read: Annotated[bool, Field(strict=True, description="Whether somebody has read it; `false` marks it again.")] = (
        True
    )


class MessageThreadView(Output):
    """The messages with a client, whose id it has: the last one, and how many inbound ones nobody has read."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    client_name: str | None
    client_phone: str | None
    read: bool
    unread_count: int
    last_message: MessageView
