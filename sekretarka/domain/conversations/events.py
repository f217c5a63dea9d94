"""What happens to calls."""

from dataclasses import dataclass
from uuid import UUID

from sekretarka.core.events import Event


@dataclass(frozen=True)
class ConversationEvent(Event):
    """Something happened to this call; its row is locked by the transaction that says so."""

    conversation_id: UUID


class ConversationStarted(ConversationEvent):
    """We heard of it for the first time, by whatever event."""


class ConversationSettled(ConversationEvent):
    """It has ended and its analysis is in, or was waited for long enough; once for every call."""


class ConversationCorrected(ConversationEvent):
    """What is known of it changed after it was settled: a late delivery, or a member of the team said better."""
