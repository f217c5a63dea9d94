"""What happens while the AI serves a caller."""

from dataclasses import dataclass
from uuid import UUID

from sekretarka.core.events import Event


@dataclass(frozen=True)
class QuestionUnanswered(Event):
    """A caller asked in this call what the agent's knowledge has no answer to."""

    conversation_id: UUID
    question: str
