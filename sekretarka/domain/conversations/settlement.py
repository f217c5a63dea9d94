"""When a call is settled: its result is known, so that it can be charged and reported (decision 0025)."""

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

ANALYSIS_TIMEOUT = timedelta(seconds=120)
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
    """Dispatch what a change of a locked row means: `ConversationSettled` once, when it has ended and is analysed or
    `ANALYSIS_TIMEOUT` is over; after that `ConversationCorrected` when the facts differ from `before`."""
    if row.settled_at is not None:
        if facts_of(row) != before:
            await uow.dispatch(ConversationCorrected(row.id))
    elif row.status is not Status.ACTIVE and (_is_analyzed(row) or _ended_before(row, uow.now - ANALYSIS_TIMEOUT)):
        await _settle(uow, row)


async def settle_overdue(uow: UnitOfWork) -> int:
    """Settle the organization's calls whose analysis did not come within `ANALYSIS_TIMEOUT`. Returns how many, at most
    `BATCH`."""
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


def _is_analyzed(row: Conversation) -> bool:
    """The summary is what an analysis always brings, with the end of the call or after it."""
    return row.summary is not None


def _ended_before(row: Conversation, moment: datetime) -> bool:
    return row.ended_at is not None and row.ended_at <= moment


def _overdue(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Not every end says when it was, and not every clock is right: two minutes without a change will do as well."""
    row, moment = Conversation, now - ANALYSIS_TIMEOUT
    return (
        col(row.settled_at).is_(None),
        col(row.status) != Status.ACTIVE,
        sa.or_(col(row.ended_at) <= moment, col(row.updated_at) <= moment),
    )
