"""Calls that the dashboard makes to test a connection are marked where they begin and counted nowhere."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain import event_handlers
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.analytics import agents as agent_activity
from sekretarka.domain.analytics import service as analytics
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.merge import needs_follow_up
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Status
from sekretarka.domain.conversations.schemas import ConversationFilter
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.timeline import service as timeline
from sekretarka.domain.usage.models import UsageRecord
from sekretarka.jobs.registry import WEBHOOK_HANDLERS
from tests import calls, factories

pytestmark = pytest.mark.usefixtures("database")


async def receive(agent: Agent, *bodies: dict[str, object], is_test: bool) -> None:
    """Store deliveries to the agent's endpoint and process them."""
    endpoint = await factories.connection(agent)
    deliveries = [
        inbox.Delivery(
            source=f"ai-service:{endpoint.id}",
            event_id=f"{body['data']['callId']}_{number}",  # type: ignore[index]
            type=str(body["type"]),
            payload=json.dumps(body).encode(),
            organization_id=agent.organization_id,
            endpoint_id=endpoint.id,
            is_test=is_test,
        )
        for number, body in enumerate(bodies)
    ]
    event_handlers.register()
    async with begin(actor.system(), write=True) as uow:
        await inbox.store(uow, deliveries)
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        assert await inbox.process_pending(uow, WEBHOOK_HANDLERS, seconds=60) == len(deliveries)


def whole_call(agent: Agent, call_id: str) -> list[dict[str, object]]:
    """Of a minute, yesterday at noon, answered."""
    began = clock.now() - timedelta(days=1)
    ended = clock.to_json(began + timedelta(seconds=60))
    return [
        calls.event(
            "call_started",
            agent.id,
            call_id,
            at=clock.to_json(began),
            callerNumber="+48601000111",
            callerName="Anna",
            startedAt=clock.to_json(began),
        ),
        calls.event(
            "call_ended",
            agent.id,
            call_id,
            at=ended,
            endedAt=ended,
            durationSeconds=60,
            outcome="answered",
            summary="Pytanie o godziny.",
        ),
    ]


async def figures(owner: Actor, agent: Agent, client_id: UUID) -> tuple[object, ...]:
    """Every number and list that says something of calls: of days, of the agent, on the bill, of a client, waiting."""
    async with begin(owner) as uow:
        days = await analytics.daily(uow, 7)
        overview = await analytics.overview(uow)
        activity = (await agent_activity.activity(uow)).get(agent.id, agent_activity.AgentActivity())
        history = await timeline.page(uow, client_id, PageQuery())
        waiting = await conversations.query(uow, ConversationFilter(follow_up=FollowUpState.OPEN))
        seconds = sa.select(sa.func.coalesce(sa.func.sum(col(UsageRecord.quantity)), 0)).where(
            col(UsageRecord.organization_id) == owner.organization_id
        )
        return (
            sum(day.calls for day in days),
            sum(day.seconds for day in days),
            overview.answered.value,
            (activity.calls, activity.success_rate, activity.last_call_at is None),
            len(history.rows),
            await uow.count(waiting),
            int((await uow.execute(seconds)).scalar_one()),
        )


async def test_a_test_call_is_counted_nowhere_and_a_call_is() -> None:
    organization = await factories.organization()
    owner, agent = await factories.member(organization.id), await factories.agent(organization.id)
    client = await factories.client(organization.id)
    nothing = (0, 0, 0, (0, None, True), 0, 0, 0)
    await receive(agent, *whole_call(agent, "test_1"), is_test=True)
    assert await figures(owner, agent, client.id) == nothing
    async with begin(owner) as uow:
        [row] = (await conversations.page(uow, ConversationFilter(), PageQuery())).rows
        [shown] = await conversations.view(uow, row)
        health = (await connections.health_of(uow, [agent.id]))[agent.id]
    assert (row.status, row.duration_seconds) == (Status.COMPLETED, 60)
    assert (shown.is_test, shown.billable_seconds) == (True, 0)
    assert health.last_event_at is None, "nothing was ever connected"

    await receive(agent, *whole_call(agent, "call_1"), is_test=False)
    assert await figures(owner, agent, client.id) == (1, 60, 1, (1, 1.0, False), 1, 0, 60)
    async with begin(owner) as uow:
        health = (await connections.health_of(uow, [agent.id]))[agent.id]
    assert health.last_event_at is not None


async def test_a_test_call_without_an_end_needs_nobody() -> None:
    organization = await factories.organization()
    agent = await factories.agent(organization.id)
    started, _ = whole_call(agent, "test_2")
    await receive(agent, started, is_test=True)
    async with begin(actor.system(organization.id), write=True) as uow:
        assert await conversations.fail_stale_calls(uow) == 1
    async with begin(actor.system(organization.id)) as uow:
        [row] = await uow.list(uow.select(Conversation))
    assert (row.status, row.follow_up_state) == (Status.FAILED, None)
    row.is_test = False
    assert needs_follow_up(row)
