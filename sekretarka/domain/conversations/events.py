"""What happens to calls."""

from dataclasses import dataclass
from uuid import UUID

from sekretarka.core.events import Event

# The names of the live events.
CREATED, UPDATED = "conversation.created", "conversation.updated"


@dataclass(frozen=True)
class ConversationEvent(Event):
    """Something happened to this call; its row is locked by the transaction that says so."""

    conversation_id: UUID


class ConversationStarted(ConversationEvent):
    """The call was created, by whatever event came first."""


class ConversationSettled(ConversationEvent):
    """It has ended and its analysis is in, or was waited for long enough; once for every call."""


class ConversationCorrected(ConversationEvent):
    """Its facts (`settlement.FACTS`) changed after it was settled: by a late delivery, a program or a user."""


@dataclass(frozen=True)
class FollowUpChanged(ConversationEvent):
    """Something is to be done about it, or no more, or other than before (`follow_ups.FACTS`); `previous_client_id` is
    whose call it was before."""

    previous_client_id: UUID | None
