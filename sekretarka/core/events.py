"""Domain events (past tense, listed handlers) and live events (what an open dashboard or stream is told)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from sekretarka.core.database.models import datetime_column, json_column

if TYPE_CHECKING:
    from sekretarka.core.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Event:
    """Something that happened in a feature; `domain/event_handlers.py` lists who handles it."""


EventHandler = Callable[["UnitOfWork", Any], Awaitable[None]]
handlers: dict[type[Event], tuple[EventHandler, ...]] = {}


class LiveCursor(SQLModel, table=True):
    """Where an organisation is: the `sequence` of its newest live event, its `revision` counts commits.

    Both move in the last statement before a commit, whose row lock makes it the order of commits (api.md#live-events).
    """

    __tablename__ = "live_cursors"

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id", ondelete="CASCADE")
    sequence: int = Field(default=0)
    revision: int = Field(default=0)


class LiveEvent(SQLModel, table=True):
    """One live event; kept a day so that a stream can resume where it broke."""

    __tablename__ = "live_events"

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id", ondelete="CASCADE")
    sequence: int = Field(primary_key=True)
    name: str = Field(max_length=64)
    data: dict[str, Any] = json_column(dict)
    created_at: datetime = datetime_column(index=True)
