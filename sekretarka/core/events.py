"""Domain events (past tense, listed reactions) and live events (what an open dashboard or stream is told)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from sekretarka.core.models import instant, json

if TYPE_CHECKING:
    from sekretarka.core.scope import Scope


@dataclass(frozen=True)
class Event:
    """Something that happened in a feature; `domain/reactions.py` lists who listens."""


Reaction = Callable[["Scope", Any], Awaitable[None]]
reactions: dict[type[Event], tuple[Reaction, ...]] = {}


class LiveHead(SQLModel, table=True):
    """Where an organisation is: the number `n` of its newest live event, and how many `changes` were committed.

    Both move in the last statement before a commit, whose row lock makes their order the order of commits (API.md §12).
    """

    __tablename__ = "live_heads"

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id", ondelete="CASCADE")
    n: int = Field(default=0)
    changes: int = Field(default=0)


class LiveEvent(SQLModel, table=True):
    """One live event; kept a day so that a stream can resume where it broke."""

    __tablename__ = "live_events"

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id", ondelete="CASCADE")
    n: int = Field(primary_key=True)
    name: str = Field(max_length=64)
    data: dict[str, Any] = json(dict)
    created_at: datetime = instant(index=True)
