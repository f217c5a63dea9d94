"""What voice providers report of messages that they sent themselves (api.md#call-events): extra fields are ignored."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from sekretarka.core.web.schemas import InputInstant
from sekretarka.providers import call_ids
from sekretarka.providers.call_events import Direction, Long, Payload, ProviderEvent, Raw, Short, Way
from sekretarka.providers.conversions import word
from sekretarka.providers.reading import Meant


class Channel(StrEnum):
    """By what a message goes; `voice` is a note taken by voice."""

    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"
    CHAT = "chat"


_CHANNEL_WORDS = {"text": "sms", "textmessage": "sms", "mail": "email", "webchat": "chat", "whatsapp": "chat"}


class MessagePayload(Payload):
    """A message as the provider sent it. Without `agent_id` it is the agent of the connection that it came through;
    `call_id` is the call during which it was sent, if any."""

    agent_id: UUID | None = None
    call_id: Annotated[str | None, AfterValidator(call_ids.usable)] = None
    channel: Annotated[Channel, Meant(lambda raw: _CHANNEL_WORDS[word(raw)])]
    direction: Way = Direction.OUTBOUND
    sender: Annotated[Raw | None, Field(alias="from")] = None
    recipient: Annotated[Raw | None, Field(alias="to")] = None
    subject: Short | None = None
    body: Annotated[Long, Field(min_length=1)]
    sent_at: InputInstant | None = None
    provider_message_id: Raw | None = None


class MessageEvent(ProviderEvent):
    """The provider sent a message, or passes one on."""

    type: Literal["message_sent"]
    data: MessagePayload
