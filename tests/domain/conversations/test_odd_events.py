"""Odd values of optional fields on their way into a call: the rest is there, the oddity is noted on the delivery."""

import json
from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.connections import ConnectionHealth
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations.models import Conversation, Direction, Segment, Speaker, Status
from sekretarka.domain.conversations.transcripts import MAX_LINES
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.inbox.models import InboxState, WebhookEvent
from sekretarka.jobs import worker
from sekretarka.providers.conversions import Oddity
from tests import calls, factories
from tests.providers.test_reading import IDENTITY, ODD, PATHS, change, full


@pytest.fixture
async def agent(database: engine.Database) -> Agent:
    return await factories.agent((await factories.organization()).id)


async def deliver(agent: Agent, *events: dict[str, Any], first: int = 0) -> list[WebhookEvent]:
    """Store and process them as deliveries to the agent's connection; all its deliveries, the oldest first."""
    endpoint_id = (await factories.connection(agent)).id
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        for number, event in enumerate(events, first):
            body, kind = json.dumps(event).encode(), str(event["type"])
            delivery = inbox.Delivery("ai-service", f"m{number:03d}", kind, body, agent.organization_id, endpoint_id)
            await inbox.store(uow, [delivery])
    while await worker.drain():
        pass
    async with begin(actor.system(agent.organization_id)) as uow:
        return sorted(await inbox.recent(uow, endpoint_id, limit=500), key=lambda row: row.event_id)


async def test_whatever_is_read_can_be_stored(agent: Agent) -> None:
    containers = {path[:2] for path in PATHS if len(path) > 2}
    values = [path for path in PATHS if path not in IDENTITY | containers]
    events = []
    for number, odd in enumerate(ODD):
        event = full()
        for path in values:
            event = change(event, path, odd)
        events.append(change(change(event, ("data", "callId"), f"call_{number}"), ("data", "agentId"), str(agent.id)))
    rows = await deliver(agent, *events)
    assert {(row.state, row.reason) for row in rows} == {(InboxState.DONE, None)}
    async with begin(actor.system(agent.organization_id)) as uow:
        assert await uow.count(uow.select(Conversation)) == len(events)


async def test_the_end_of_a_call_is_read_with_its_oddities_noted(agent: Agent) -> None:
    started, *_ = calls.story(agent.id)
    lines = [calls.line(number, f"Zdanie {number}") for number in range(10)]
    lines[4] |= {"speaker": "system", "timestamp": None, "sentiment": "great"}
    ended = calls.event(
        "call_ended",
        agent.id,
        endedAt="2026-11-20T10:01:02",
        durationSeconds=63.7,
        sentiment=1.2,
        status="busy",
        summary="Umówiona wizyta",
        topics="cena",
        recording={"url": None},
        direction="webcall",
        cost={"amount": 12.5, "currency": "PLN"},
        sequence=4.5,
        segments=lines,
    )
    _, row = await deliver(agent, started, ended)
    async with begin(actor.system(agent.organization_id)) as uow:
        [call] = await uow.list(uow.select(Conversation))
        stored = await uow.list(uow.select(Segment).order_by("said_at"))
    assert (call.status, call.summary, call.duration_seconds) == (Status.MISSED, "Umówiona wizyta", 64)
    assert (call.topics, call.sentiment, call.recording) == (["cena"], None, None)
    assert (call.direction, call.cost_amount, call.cost_currency) == (Direction.INBOUND, 13, "pln")
    assert [line.text for line in stored] == [f"Zdanie {number}" for number in range(10)]
    assert stored[4].speaker is Speaker.AGENT
    notes = {note["field"]: note["what"] for note in row.notes or ()}
    assert notes == {
        "data.endedAt": Oddity.NO_OFFSET,
        "data.durationSeconds": Oddity.ROUNDED,
        "data.sentiment": Oddity.UNREADABLE,
        "data.status": Oddity.CONVERTED,
        "data.topics": Oddity.CONVERTED,
        "data.recording.url": Oddity.MISSING,
        "data.direction": Oddity.CONVERTED,
        "data.cost.amount": Oddity.ROUNDED,
        "data.cost": Oddity.CONVERTED,
        "data.sequence": Oddity.ROUNDED,
        "data.segments.speaker": Oddity.CONVERTED,
        "data.segments.timestamp": Oddity.GUESSED,
        "data.segments.sentiment": Oddity.UNREADABLE,
    }


async def test_lines_that_a_full_call_does_not_take_are_noted(agent: Agent) -> None:
    lines = [calls.line(number, f"Zdanie {number}") for number in range(4)]
    await deliver(agent, calls.event("transcript_updated", agent.id, segments=lines[:1]))
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        row = await uow.one_or_none(uow.select(Conversation).with_for_update())
        assert row is not None
        row.line_count = MAX_LINES - 1
    [first, second, third] = await deliver(
        agent,
        calls.event("transcript_updated", agent.id, segments=lines[:2]),
        calls.event("transcript_updated", agent.id, segments=lines),
        first=1,
    )
    assert (first.notes, second.notes) == (None, None)
    assert third.notes == [{"field": "data.segments", "what": "too_many", "count": 1}]


async def health(agent: Agent) -> ConnectionHealth:
    async with begin(actor.system(agent.organization_id)) as uow:
        found = (await connections.health_of(uow, [agent.id]))[agent.id]
        assert found == await connections.health(uow, await connections.get_by_agent(uow, agent.id))
        return found


async def test_an_endpoint_whose_events_cannot_be_read_is_not_healthy(agent: Agent) -> None:
    started, *_, ended, _ = calls.story(agent.id)
    nothing = {"type": "call_ended", "data": {}}
    await deliver(agent, started, nothing)
    assert ((await health(agent)).problem, (await health(agent)).unreadable_count) == ("unreadable", 1)
    await deliver(agent, calls.event("call_started", agent.id, "call_2"), first=2)
    assert (await health(agent)).problem == "unreadable", "what can be read is of another type"
    await deliver(agent, ended, first=3)
    found = await health(agent)
    assert (found.problem, found.healthy, found.unreadable_count, found.odd_count) == (None, True, 1, 0)


async def test_odd_fields_are_counted_and_the_newest_named(agent: Agent) -> None:
    other = await factories.agent(agent.organization_id)
    await deliver(
        agent,
        calls.event("call_started", agent.id, callerName=7),
        calls.event("call_ended", agent.id, durationSeconds="62", sequence=3),
        calls.event("call_ended", agent.id, "call_2", sequence=3),
    )
    found = await health(agent)
    assert (found.healthy, found.odd_count, found.unreadable_count) == (True, 2, 0)
    assert found.odd_fields == (inbox.OddField(field="data.durationSeconds", what=Oddity.CONVERTED, count=1),)
    assert ((await health(other)).odd_count, (await health(other)).odd_fields) == (0, ())
