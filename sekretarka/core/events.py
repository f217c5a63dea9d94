"""Domain events: past tense, handled inside the transaction that made them happen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that happened in a feature; `UnitOfWork.dispatch` runs its handlers (`domain/event_handlers.py`)."""
