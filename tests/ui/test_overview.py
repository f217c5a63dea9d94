"""The overview's list of what needs a person, through its events."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.conversations.models import Urgency
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.ui.conftest import Dashboard, People

STATE = f"{ROOT}.sekretarka___ui___pages___overview___state____overview_state"


async def open_tasks(organization_id: UUID, count: int, urgency: Urgency, days_ago: int) -> list[UUID]:
    """Tasks written `days_ago`; the newest first."""
    async with begin(actor.system(organization_id), write=True) as uow:
        uow.now -= timedelta(days=days_ago)
        rows = [await factories.add_task(uow, urgency=urgency) for _ in range(count)]
        return [row.id for row in reversed(rows)]


async def test_old_urgent_tasks_come_before_newer_ones(dashboard: Dashboard, people: People) -> None:
    urgent = await open_tasks(people.organization_id, 2, Urgency.HIGH, days_ago=30)
    normal = await open_tasks(people.organization_id, 101, Urgency.NORMAL, days_ago=2)
    await open_tasks(people.organization_id, 3, Urgency.LOW, days_ago=1)
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
    assert [row["id"] for row in rows] == [str(task_id) for task_id in [*urgent, *normal][:8]]
