"""Calls whose end never came: after a while without any news they are not live any more (product.md#calls)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.conversations.events import UPDATED
from sekretarka.domain.conversations.models import Conversation, Status

SILENT_AFTER = timedelta(minutes=10)
# Several runs of the job that announces it: one that comes late, or with a worker of another machine, misses none.
ANNOUNCED_WITHIN = timedelta(minutes=3)


def is_silent(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a call is active as far as is known, but nothing has been heard of it for `SILENT_AFTER`."""
    return sa.and_(col(Conversation.status) == Status.ACTIVE, col(Conversation.last_event_at) <= now - SILENT_AFTER)


def silent_since(row: Conversation, now: datetime) -> datetime | None:
    """The last news of a call that `is_silent`; None for any other."""
    if row.status is Status.ACTIVE and row.last_event_at <= now - SILENT_AFTER:
        return row.last_event_at
    return None


def note_news(uow: UnitOfWork, row: Conversation) -> None:
    """Something was heard of a locked call that leaves no trace of its own; to the minute, so that most is no write."""
    if row.last_event_at > uow.now - timedelta(minutes=1):
        return
    if silent_since(row, uow.now):
        uow.notify_live(UPDATED, {"id": str(row.id)})
    row.last_event_at = uow.now


async def announce(uow: UnitOfWork) -> int:
    """Send the live events of the organization's calls that have just fallen silent; returns how many."""
    rows = await uow.list(uow.select(Conversation).where(*_just_silent(uow.now)))
    for row in rows:
        uow.notify_live(UPDATED, {"id": str(row.id)})
    return len(rows)


async def organizations_to_tell(uow: UnitOfWork) -> Sequence[UUID]:
    """The ids of organizations that `announce` has work for; for the system only."""
    statement = uow.unscoped(select(Conversation.organization_id).where(*_just_silent(uow.now)).distinct())
    organization_ids: Sequence[UUID] = (await uow.execute(statement)).scalars().all()
    return organization_ids


def _just_silent(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return is_silent(now), col(Conversation.last_event_at) > now - SILENT_AFTER - ANNOUNCED_WITHIN
