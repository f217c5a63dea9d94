"""The ledger of usage says what calls cost, whatever the order, repetition, loss or company of their events."""

import asyncio
import copy
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import engine, unit_of_work
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.events import Event
from sekretarka.core.runtime import clock
from sekretarka.domain import event_handlers
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations import settlement
from sekretarka.domain.conversations.events import ConversationCorrected, ConversationSettled, ConversationStarted
from sekretarka.domain.conversations.merge import billable_seconds
from sekretarka.domain.conversations.models import Conversation, Outcome, Status
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.usage.models import Reason, UsageRecord
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

EVENTS = (ConversationStarted, ConversationSettled, ConversationCorrected)
Entry = tuple[Reason, int]


@pytest.fixture(autouse=True)
def dispatched() -> Iterator[Counter[type[Event]]]:
    """How many of which event were committed, while the product's own handlers run."""
    committed: Counter[type[Event]] = Counter()

    async def count(uow: UnitOfWork, event: Event) -> None:
        async def committing() -> None:
            committed[type(event)] += 1

        uow.after_commit(committing)

    event_handlers.register()
    before = dict(unit_of_work.event_handlers)
    for event in EVENTS:
        unit_of_work.event_handlers[event] = (*before.get(event, ()), count)
    yield committed
    unit_of_work.event_handlers.update(before)


class Crash(Exception):
    """The process dies before the commit."""


async def apply_events(agent: Agent, *events: dict[str, Any], crash: bool = False) -> None:
    """Apply events in one transaction that is lost when it crashes."""
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        for body in events:
            body["data"]["agentId"] = str(agent.id)
            await conversations.apply(uow, CallEvent.model_validate(body), body["data"]["eventId"])
        if crash:
            raise Crash


def event(kind: str, event_id: str, at: str = "2026-11-20T10:01:02Z", **data: Any) -> dict[str, Any]:
    return calls.event(kind, uuid4(), at=at, eventId=event_id, **data)


async def conversation(agent: Agent) -> Conversation:
    async with begin(actor.system(agent.organization_id)) as uow:
        [row] = await uow.list(uow.select(Conversation))
        return row


async def entries(agent: Agent) -> list[Entry]:
    async with begin(actor.system(agent.organization_id)) as uow:
        rows = await uow.list(uow.select(UsageRecord).order_by(col(UsageRecord.id)))
        return [(row.reason, row.quantity) for row in rows]


async def settle_overdue(agent: Agent, now: datetime) -> int:
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        uow.now = now
        return await settlement.settle_overdue(uow)


@pytest.fixture
async def agent(database: engine.Database) -> Agent:
    return await factories.agent((await factories.organization()).id)


def life() -> list[dict[str, Any]]:
    """A call whose end is corrected twice: it was longer, and it was spam."""
    story = [
        {**body, "data": {**body["data"], "eventId": f"m{number}"}} for number, body in enumerate(calls.story(uuid4()))
    ]
    longer = event("call_ended", "longer", sequence=6, durationSeconds=95)
    spam = event("call_ended", "spam", sequence=7, outcome="spam")
    without_analysis = event("call_ended", "bare", sequence=1, endedAt="2026-11-20T10:00:50Z")
    return [*story, longer, spam, without_analysis]


@st.composite
def scenarios(draw: st.DrawFn) -> list[tuple[list[int], bool]]:
    """Which events arrive in which order and how often, grouped into transactions, some of which crash once."""
    group = st.tuples(st.lists(st.integers(0, len(life()) - 1), min_size=1, max_size=3), st.booleans())
    return draw(st.lists(group, min_size=1, max_size=8))


@pytest.mark.parametrize("stories", [15, pytest.param(5_000, marks=pytest.mark.soak)])
async def test_ledger_is_what_the_call_costs_whatever_happened(
    database: engine.Database, dispatched: Counter[type[Event]], stories: int
) -> None:
    loop = asyncio.get_running_loop()

    async def check(scenario: list[tuple[list[int], bool]]) -> None:
        dispatched.clear()
        agent = await factories.agent((await factories.organization()).id)
        for numbers, crashes in scenario:
            events = [copy.deepcopy(life()[number]) for number in numbers]
            if crashes:
                with pytest.raises(Crash):
                    await apply_events(agent, *events, crash=True)
            await apply_events(agent, *events)
        await settle_overdue(agent, clock.now() + timedelta(seconds=121))
        row = await conversation(agent)
        ended = row.status is not Status.ACTIVE
        ledger = await entries(agent)
        assert sum(quantity for _, quantity in ledger) == (billable_seconds(row) if ended else 0)
        assert sum(reason is Reason.SETTLED for reason, _ in ledger) <= 1
        assert (row.settled_at is not None) == ended
        assert (dispatched[ConversationStarted], dispatched[ConversationSettled]) == (1, int(ended))

    @settings(max_examples=stories, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(scenarios())
    def run(scenario: list[tuple[list[int], bool]]) -> None:
        asyncio.run_coroutine_threadsafe(check(scenario), loop).result()

    await asyncio.to_thread(run)


async def test_events_side_by_side_settle_once(agent: Agent, dispatched: Counter[type[Event]]) -> None:
    await asyncio.gather(*(apply_events(agent, copy.deepcopy(body)) for body in life() * 3))
    row = await conversation(agent)
    assert (dispatched[ConversationStarted], dispatched[ConversationSettled]) == (1, 1)
    assert sum(quantity for _, quantity in await entries(agent)) == billable_seconds(row) == 0
    assert row.outcome is Outcome.SPAM


async def test_late_corrections_are_entries_of_their_own(agent: Agent, dispatched: Counter[type[Event]]) -> None:
    *story, longer, spam, _ = life()
    await apply_events(agent, *story)
    assert await entries(agent) == [(Reason.SETTLED, 62)]
    dispatched.clear()
    for late in (longer, longer, spam, spam):
        await apply_events(agent, late)
    assert await entries(agent) == [(Reason.SETTLED, 62), (Reason.CORRECTED, 33), (Reason.CORRECTED, -95)]
    assert dispatched[ConversationCorrected] == 2, "a repetition corrects nothing"
    assert (await conversation(agent)).duration_seconds == 95


async def test_outcome_spam_set_by_owner_reverses_the_charge(agent: Agent) -> None:
    owner = await factories.member(agent.organization_id)
    await apply_events(agent, *life()[:5])
    row = await conversation(agent)
    for outcome in (Outcome.SPAM, Outcome.ANSWERED):
        async with begin(owner, write=True) as uow:
            patch = ConversationPatch.model_validate({"outcome": outcome})
            await conversations.update(uow, row.id, patch)
    assert [quantity for _, quantity in await entries(agent)] == [62, -62, 62]


@pytest.mark.parametrize("status", [Status.MISSED, Status.FAILED])
async def test_a_call_that_was_not_completed_costs_nothing(agent: Agent, status: Status) -> None:
    end = event("call_ended", "end", status=status, durationSeconds=30, summary="Nikt nie odebrał.")
    await apply_events(agent, end)
    assert (await conversation(agent)).settled_at is not None
    assert await entries(agent) == []


@pytest.mark.parametrize(("data", "early", "late"), [({}, 39, 41), ({"analysisFollows": True}, 99, 101)])
async def test_analysis_is_waited_for(
    agent: Agent, dispatched: Counter[type[Event]], data: dict[str, Any], early: int, late: int
) -> None:
    now = clock.now()
    end = event("call_ended", "end", at=clock.to_json(now), endedAt=clock.to_json(now), durationSeconds=40, **data)
    await apply_events(agent, end)
    assert (await conversation(agent)).settled_at is None
    assert await settle_overdue(agent, now + timedelta(seconds=early)) == 0
    moments = (now + timedelta(seconds=late + seconds) for seconds in (5, 6))
    assert sorted(await asyncio.gather(*(settle_overdue(agent, moment) for moment in moments))) == [0, 1]
    assert await entries(agent) == [(Reason.SETTLED, 40)]
    analysis = event("call_ended", "analysis", at=clock.to_json(now), sequence=2, summary="Pytanie o cenę.")
    await apply_events(agent, analysis)
    assert (await conversation(agent)).summary == "Pytanie o cenę."
    assert (dispatched[ConversationSettled], dispatched[ConversationCorrected]) == (1, 1)
    assert await entries(agent) == [(Reason.SETTLED, 40)]


@pytest.mark.parametrize(
    ("data", "is_settled"),
    [
        ({"status": "missed"}, True),
        ({"status": "failed"}, True),
        ({"status": "missed", "callerNumber": None}, False),
        ({"status": "missed", "analysisFollows": True}, False),
        ({"analysisFollows": False}, True),
        ({"analysisFollows": True, "summary": "Pytanie o cenę."}, True),
    ],
    ids=["missed", "failed", "caller to come", "announced", "no analysis", "analysis"],
)
async def test_what_is_complete_is_settled_at_once(agent: Agent, data: dict[str, Any], is_settled: bool) -> None:
    now = clock.to_json(clock.now())
    await apply_events(
        agent, event("call_ended", "end", at=now, **{"endedAt": now, "callerNumber": "601000111", **data})
    )
    assert ((await conversation(agent)).settled_at is not None) is is_settled


async def test_failed_stale_call_is_settled_and_corrected_by_its_late_end(agent: Agent) -> None:
    await apply_events(agent, event("call_started", "start", startedAt="2026-11-20T10:00:00Z"))
    assert await settle_overdue(agent, clock.now() + timedelta(days=1)) == 0, "it may still be going on"
    system = actor.system(agent.organization_id)
    async with begin(system, write=True) as uow:
        assert await conversations.fail_stale_calls(uow) == 1
    assert await settle_overdue(agent, clock.now() + timedelta(seconds=121)) == 1
    await apply_events(agent, event("call_ended", "end", endedAt="2026-11-20T10:05:00Z"))
    assert await entries(agent) == [(Reason.CORRECTED, 300)]


@pytest.mark.parametrize(
    "change",
    [
        lambda whose: sa.update(UsageRecord).where(whose).values(quantity=0),
        lambda whose: sa.delete(UsageRecord).where(whose),
    ],
)
async def test_database_rejects_update_and_delete_of_entries(agent: Agent, change: Any) -> None:
    await apply_events(agent, *life()[:5])
    whose = col(UsageRecord.organization_id) == UUID(str(agent.organization_id))
    with pytest.raises(DBAPIError, match="append-only"):
        async with begin(actor.system(agent.organization_id), write=True) as uow:
            await uow.execute(change(whose))
    assert await entries(agent) == [(Reason.SETTLED, 62)]
