"""What each agent has been doing lately, for its card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.models import UtcDateTime
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.domain.analytics import metrics
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.domain.conversations.counting import is_genuine
from sekretarka.domain.conversations.models import Conversation

COUNTED = (Metric.AGENT_CALLS, Metric.AGENT_COMPLETED, Metric.AGENT_RESOLVED)


@dataclass(frozen=True)
class AgentActivity:
    """The numbers `agent_calls`, `agent_completed` and `agent_resolved`; `last_call_at` is that of any call but tests,
    None before the first one."""

    last_call_at: datetime | None = None
    calls: int = 0
    completed: int = 0
    resolved: int = 0

    @property
    def success_rate(self) -> float | None:
        """Of the completed calls those that ended as the caller wished, 0 to 1; None before any call was completed."""
        return self.resolved / self.completed if self.completed else None


async def activity(uow: UnitOfWork) -> Mapping[UUID, AgentActivity]:
    """By agent id; agents that never had a call are left out."""
    uow.require(Permission.CONVERSATIONS_READ)
    agent_id = col(Conversation.agent_id)
    latest = sa.select(agent_id, sa.func.max(col(Conversation.started_at), type_=UtcDateTime))
    latest = latest.where(col(Conversation.organization_id) == uow.organization_id, is_genuine()).group_by(agent_id)
    last_calls = dict((await uow.execute(latest)).all())
    by_metric = [await _by_agent(uow, metric) for metric in COUNTED]
    return {
        agent: AgentActivity(last, *(counted.get(agent, 0) for counted in by_metric))
        for agent, last in last_calls.items()
    }


async def _by_agent(uow: UnitOfWork, metric: Metric) -> dict[UUID, int]:
    counted = (
        (await metrics.rows(uow, metric)).order_by(None).with_only_columns(col(Conversation.agent_id), sa.func.count())
    )
    return {agent: int(number) for agent, number in await uow.execute(counted.group_by(col(Conversation.agent_id)))}
