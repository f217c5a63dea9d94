"""What each agent has been doing lately, for its card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.models import UtcDateTime
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.domain.conversations import counting
from sekretarka.domain.conversations.models import Conversation, Outcome, Status

CALLS_PERIOD = timedelta(days=7)
SUCCESS_PERIOD = timedelta(days=30)
SUCCESSFUL_OUTCOMES = (Outcome.BOOKED, Outcome.ANSWERED, Outcome.TRANSFERRED)


@dataclass(frozen=True)
class AgentActivity:
    """`calls` of the last 7 days; `success_rate` (0 to 1) of the last 30, None before any call was completed. Both
    leave spam out; `last_call_at` does not, and is None before the first call. Tests are no calls."""

    last_call_at: datetime | None = None
    calls: int = 0
    success_rate: float | None = None


async def activity(uow: UnitOfWork) -> Mapping[UUID, AgentActivity]:
    """By agent id; agents that never had a call are left out."""
    uow.require(Permission.CONVERSATIONS_READ)
    counted = counting.is_counted()
    judged = sa.and_(
        counted,
        col(Conversation.status) == Status.COMPLETED,
        col(Conversation.started_at) >= uow.now - SUCCESS_PERIOD,
    )
    statement = (
        sa.select(
            col(Conversation.agent_id),
            sa.func.max(col(Conversation.started_at), type_=UtcDateTime),
            _count_if(sa.and_(counted, col(Conversation.started_at) >= uow.now - CALLS_PERIOD)),
            _count_if(judged),
            _count_if(sa.and_(judged, col(Conversation.outcome).in_(SUCCESSFUL_OUTCOMES))),
        )
        .where(col(Conversation.organization_id) == uow.organization_id, counting.is_genuine())
        .group_by(col(Conversation.agent_id))
    )
    return {
        agent_id: AgentActivity(last, int(calls), int(successful) / int(completed) if completed else None)
        for agent_id, last, calls, completed, successful in await uow.execute(statement)
    }


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
