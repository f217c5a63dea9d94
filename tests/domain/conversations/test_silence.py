"""A call that nothing is heard of any more says so, leaves what is live, and returns with its next event."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine

from sekretarka.core import actor
from sekretarka.core.database import live
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.analytics import metrics
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Status
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.conversations.silence import SILENT_AFTER, silent_since
from sekretarka.jobs import schedule
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

pytestmark = pytest.mark.usefixtures("database")

Travel = Callable[[timedelta], None]


@pytest.fixture
def travel() -> Iterator[Travel]:
    """Moves the clock on."""
    with time_machine.travel(clock.now(), tick=False) as clock_of_test:
        yield clock_of_test.shift


@pytest.fixture
async def agent() -> Agent:
    return await factories.agent((await factories.organization()).id)


async def hear(agent: Agent, kind: str, **data: object) -> Conversation:
    """An event of the call arrives now."""
    event = CallEvent.model_validate(calls.event(kind, agent.id, "call_1", at=clock.to_json(clock.now()), **data))
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        row, _ = await conversations.apply(uow, event, f"{kind}_{clock.now()}")
        return row


async def counted(agent: Agent) -> tuple[int, int]:
    """How many are live, and how many silent."""
    async with begin(actor.system(agent.organization_id)) as uow:
        live_calls, silent = [await metrics.rows(uow, metric) for metric in (Metric.LIVE, Metric.SILENT)]
        return await uow.count(live_calls), await uow.count(silent)


async def announced(agent: Agent) -> int:
    """The number of live events so far."""
    async with begin(actor.system(agent.organization_id)) as uow:
        return await live.cursor(uow)


async def test_silent_call_leaves_the_live_ones_and_returns_with_news(agent: Agent, travel: Travel) -> None:
    row = await hear(agent, "call_started", startedAt=clock.to_json(clock.now()))
    last_news = clock.now()
    travel(SILENT_AFTER - timedelta(seconds=1))
    assert await counted(agent) == (1, 0)
    assert silent_since(row, clock.now()) is None
    travel(timedelta(seconds=1))
    assert await counted(agent) == (0, 1)
    assert silent_since(row, clock.now()) == last_news
    row = await hear(agent, "transcript_updated", segments=[])
    assert await counted(agent) == (1, 0)
    assert silent_since(row, clock.now()) is None
    travel(SILENT_AFTER)
    row = await hear(agent, "call_ended", durationSeconds=60)
    assert await counted(agent) == (0, 0)
    assert silent_since(row, clock.now() + timedelta(days=1)) is None


async def test_open_dashboards_learn_of_the_silence(agent: Agent, travel: Travel) -> None:
    await hear(agent, "call_started")
    before = await announced(agent)
    await schedule.announce_silent_calls()
    assert await announced(agent) == before
    travel(SILENT_AFTER)
    await schedule.announce_silent_calls()
    assert await announced(agent) == before + 1
    travel(timedelta(minutes=5))
    await schedule.announce_silent_calls()
    assert await announced(agent) == before + 1, "it is no news any more"


async def test_tool_is_news_and_a_note_is_not(agent: Agent, travel: Travel) -> None:
    row = await hear(agent, "call_started")
    owner = await factories.member(agent.organization_id)
    travel(SILENT_AFTER)
    async with begin(owner, write=True) as uow:
        await conversations.update(uow, row.id, ConversationPatch(notes="Oddzwonić"))
    assert await counted(agent) == (0, 1)
    before = await announced(agent)
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        await conversations.get_or_create_for_call(uow, agent.id, "call_1")
    assert await counted(agent) == (1, 0)
    assert await announced(agent) == before + 1


async def test_hard_end_stays_at_four_hours(agent: Agent, travel: Travel) -> None:
    row = await hear(agent, "call_started", startedAt=clock.to_json(clock.now()))
    travel(timedelta(hours=4) - timedelta(seconds=1))
    await schedule.fail_stale_calls()
    assert await counted(agent) == (0, 1)
    travel(timedelta(seconds=2))
    await schedule.fail_stale_calls()
    assert await counted(agent) == (0, 0)
    async with begin(actor.system(agent.organization_id)) as uow:
        assert (await uow.get(Conversation, row.id)).status is Status.FAILED
