"""What voice providers report of messages that they sent themselves (api.md#call-events): extra fields are ignored."""

from collections import Counter
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, PrivateAttr

from sekretarka.core.web.schemas import InputInstant
from sekretarka.providers import call_ids
from sekretarka.providers.call_events import UNTIMED, Direction, Long, Payload, Raw, Short, Way
from sekretarka.providers.conversions import Oddity, word
from sekretarka.providers.errors import UnreadableFields
from sekretarka.providers.reading import Meant, Otherwise, Reader, Unreadable


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


class MessageEvent(Payload):
    """The provider sent a message, or passes one on."""

    type: Literal["message_sent"]
    timestamp: Annotated[InputInstant, Otherwise(lambda _: UNTIMED)]
    data: MessagePayload

    _notes: Counter[tuple[str, Oddity]] = PrivateAttr(default_factory=Counter)

    @property
    def notes(self) -> Counter[tuple[str, Oddity]]:
        """How often a field, by its path, was odd in which way."""
        return self._notes


def read(value: Any, received_at: datetime) -> MessageEvent:
    """One event from what was sent; odd values of optional fields are left out and noted. `UnreadableFields` when it
    has no channel or no text; one without a time happened when it was received."""
    reader = Reader()
    try:
        event = reader.read(MessageEvent, value)
    except Unreadable as fault:
        raise UnreadableFields(*sorted(set(fault.paths))) from None
    if event.timestamp == UNTIMED:
        event.timestamp = received_at
    event._notes = Counter(reader.noted)
    return event
