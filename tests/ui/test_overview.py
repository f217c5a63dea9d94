"""The overview's list of what needs a person, through its events."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Status, Urgency
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.ui.conftest import Dashboard, People

STATE = f"{ROOT}.sekretarka___ui___pages___overview___state____overview_state"


async def open_follow_ups(agent: Agent, count: int, urgency: Urgency, days_ago: int) -> list[UUID]:
    """Calls that ended `days_ago` and later, a minute apart, each waiting for a person; the newest first."""
    first = clock.now() - timedelta(days=days_ago)
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        rows = [
            uow.add(
                Conversation(
                    organization_id=agent.organization_id,
                    agent_id=agent.id,
                    call_id=f"{urgency}_{number}",
                    started_at=first + timedelta(minutes=number),
                    status=Status.COMPLETED,  # what never ended is given up by the server, as a failure to call back
                    settled_at=first,
                    follow_up_state=FollowUpState.OPEN,
                    follow_up_urgency=urgency,
                )
            )
            for number in range(count)
        ]
        return [row.id for row in reversed(rows)]


async def test_old_urgent_follow_ups_come_before_newer_ones(dashboard: Dashboard, people: People) -> None:
    agent = await factories.agent(people.organization_id)
    urgent = await open_follow_ups(agent, 2, Urgency.HIGH, days_ago=30)
    normal = await open_follow_ups(agent, 101, Urgency.NORMAL, days_ago=2)
    await open_follow_ups(agent, 3, Urgency.LOW, days_ago=1)
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(f"{ROOT}.hydrate_and_load", path="/login")
    await tab.raw(
        "event",
        {
            "name": f"{STATE}.load",
            "payload": {},
            "router_data": {"pathname": "/dashboard", "asPath": "/dashboard", "query": {}},
        },
    )
    wanted: list[dict[str, Any]] = []

    def is_read() -> bool:
        wanted[:] = [delta[STATE] for delta in tab.deltas if delta.get(STATE, {}).get("actions_total_rx_state_") == 106]
        return bool(wanted)

    await tab.until(is_read)
    rows = wanted[0]["actions_rx_state_"]
    assert [row["id"] for row in rows] == [str(follow_up_id) for follow_up_id in [*urgent, *normal][:8]]
