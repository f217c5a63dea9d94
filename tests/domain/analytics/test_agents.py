"""What an agent's card says it has been doing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Forbidden
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.analytics.agents import AgentActivity, activity
from sekretarka.domain.conversations.models import Conversation, Outcome, Status
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


async def called(agent: Agent, days_ago: float, **values: Any) -> Conversation:
    """A call so long ago."""
    at = clock.now() - timedelta(days=days_ago)
    facts = {"agent_id": agent.id, "call_id": uuid4().hex, "first_seen_at": at, "started_at": at, **values}
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        return uow.add(Conversation(**{"organization_id": agent.organization_id, **facts}))


async def activity_seen_by(who: Actor) -> dict[Any, AgentActivity]:
    async with begin(who) as uow:
        return dict(await activity(uow))


async def test_calls_of_a_week_and_success_of_a_month_without_spam(database: engine.Database) -> None:
    organization = await factories.organization()
    owner = await factories.member(organization.id)
    ola, emma = await factories.agent(organization.id), await factories.agent(organization.id, name="Emma")
    newest = await called(ola, 0.5, status=Status.COMPLETED, outcome=Outcome.BOOKED)
    await called(ola, 3, status=Status.COMPLETED, outcome=Outcome.ABANDONED)
    await called(ola, 5.9, status=Status.MISSED)
    await called(ola, 1, status=Status.COMPLETED, outcome=Outcome.SPAM)
    await called(ola, 20, status=Status.COMPLETED, outcome=Outcome.TRANSFERRED)
    await called(ola, 40, status=Status.COMPLETED, outcome=Outcome.NONE)
    silent = await factories.agent(organization.id, name="Cisza")
    await called(emma, 0.1)
    activity_by_agent = await activity_seen_by(owner)
    assert activity_by_agent[ola.id] == AgentActivity(newest.started_at, 3, 3, 2)
    assert (activity_by_agent[emma.id].calls, activity_by_agent[emma.id].success_rate) == (1, None)
    assert silent.id not in activity_by_agent


async def test_neighbours_calls_are_not_counted(database: engine.Database) -> None:
    organization, other = await factories.organization(), await factories.organization()
    stranger = await factories.member(other.id)
    await called(await factories.agent(organization.id), 1, status=Status.COMPLETED)
    assert await activity_seen_by(stranger) == {}


async def test_activity_requires_conversations_read(database: engine.Database) -> None:
    organization = await factories.organization()
    key = Actor("api_key", organization_id=organization.id, scopes=frozenset({Permission.AGENTS_READ}))
    with pytest.raises(Forbidden):
        await activity_seen_by(key)
