"""When a call is settled: its result is known, so that it can be charged and reported (decisions 0025 and 0047)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.conversations.events import ConversationCorrected, ConversationSettled
from sekretarka.domain.conversations.merge import PLAIN_FIELDS
from sekretarka.domain.conversations.models import Conversation, Status

# Users are told of a call within 60 s of its end, or 120 s when an analysis was announced: these leave ten seconds for
# the job to come round, and ten for the sending.
END_TIMEOUT = timedelta(seconds=40)
ANALYSIS_TIMEOUT = timedelta(seconds=100)
UNANSWERED = (Status.MISSED, Status.FAILED)
BATCH = 200
FACTS = (
    *PLAIN_FIELDS,
    "status",
    "caller_number",
    "recording",
    "recording_consent",
    "cost_amount",
    "cost_currency",
)

Facts = tuple[Any, ...]


def facts_of(row: Conversation) -> Facts:
    """The values of `FACTS`, in that order, to compare them after a change."""
    return tuple(getattr(row, name) for name in FACTS)


async def announce(uow: UnitOfWork, row: Conversation, before: Facts) -> None:
    """Dispatch what a change of a locked row means: `ConversationSettled` once, when it has ended and nothing more is
    to be waited for; after that `ConversationCorrected` when the facts differ from `before`."""
    if row.settled_at is not None:
        if facts_of(row) != before:
            await uow.dispatch(ConversationCorrected(row.id))
    elif row.status is not Status.ACTIVE and _is_complete(row, uow.now):
        await _settle(uow, row)


async def settle_overdue(uow: UnitOfWork) -> int:
    """Settle the organization's calls that were waited for long enough. Returns how many, at most `BATCH`."""
    overdue = uow.select(Conversation).where(*_overdue(uow.now)).order_by(col(Conversation.id)).limit(BATCH)
    rows = await uow.list(overdue.with_for_update())
    for row in rows:
        await _settle(uow, row)
    return len(rows)


async def organizations_with_overdue(uow: UnitOfWork) -> Sequence[UUID]:
    """The ids of organizations that `settle_overdue` has work for; for the system only."""
    statement = uow.unscoped(select(Conversation.organization_id).where(*_overdue(uow.now)).distinct())
    organization_ids: Sequence[UUID] = (await uow.execute(statement)).scalars().all()
    return organization_ids


async def _settle(uow: UnitOfWork, row: Conversation) -> None:
    row.settled_at = uow.now
    await uow.dispatch(ConversationSettled(row.id))


def _is_complete(row: Conversation, now: datetime) -> bool:
    """Whether all of an ended call is there, or was waited for long enough. The summary is what an analysis always
    brings; who was missed has none, unless one was announced, but may still be to be named by an earlier event."""
    if row.summary is not None or row.analysis_follows is False:
        return True
    if row.status in UNANSWERED and row.caller_number is not None and not row.analysis_follows:
        return True
    wait = ANALYSIS_TIMEOUT if row.analysis_follows else END_TIMEOUT
    return row.ended_at is not None and row.ended_at <= now - wait


def _overdue(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Not every end says when it was, and not every clock is right: the same time without a change will do as well."""
    row = Conversation

    def waited(wait: timedelta) -> sa.ColumnElement[bool]:
        return sa.or_(col(row.ended_at) <= now - wait, col(row.updated_at) <= now - wait)

    return (
        col(row.settled_at).is_(None),
        col(row.status) != Status.ACTIVE,
        waited(END_TIMEOUT),
        sa.or_(col(row.analysis_follows).is_not(sa.true()), waited(ANALYSIS_TIMEOUT)),
    )
