"""Filters and views of messages."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sekretarka.core.web.schemas import Input, Output, OutputInstant, Patch, SearchTerm
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
