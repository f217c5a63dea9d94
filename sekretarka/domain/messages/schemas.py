"""Filters and views of messages."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from sekretarka.core.web.schemas import Input, Output, OutputInstant, SearchTerm
from sekretarka.domain.messages.models import Channel, Direction, MessageStatus


class MessageFilter(Input):
    """What a list can be narrowed by."""

    channel: Channel | None = None
    direction: Direction | None = None
    status: MessageStatus | None = None
    client_id: UUID | None = None
    conversation_id: UUID | None = None
    search: SearchTerm | None = None
    sort: Literal["sentAt", "-sentAt"] = "-sentAt"


class MessageView(Output):
    """A message; `sentAt` of an inbound one is when it came in. `from` and `to` are numbers, addresses or names, null
    where whoever sent it did not say."""

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
