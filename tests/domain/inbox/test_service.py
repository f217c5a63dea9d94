"""Deliveries are stored once, processed once, retried when they fail, and never lost."""

import asyncio
import hashlib
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlmodel import select

from sekretarka.core import actor
from sekretarka.core.database import engine, live
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.runtime import clock
from sekretarka.domain.agents import connections
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.inbox.models import InboxState, WebhookEvent
from sekretarka.jobs import schedule, worker
from sekretarka.jobs.registry import WEBHOOK_HANDLERS
from sekretarka.providers.registry import AI_SERVICE
from tests import calls, factories


@pytest.fixture
async def agent(database: engine.Database) -> Agent:
    return await factories.agent((await factories.organization()).id)


async def stored(agent: Agent, payload: bytes, event_id: str = "m1", kind: str = "call_started") -> bool:
    delivery = inbox.Delivery(f"ai-service:{agent.id}", event_id, kind, payload, agent.organization_id)
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        [first_seen] = await inbox.store(uow, [delivery])
        return first_seen


async def deliveries() -> list[WebhookEvent]:
    async with begin(actor.system()) as uow:
        return list(await uow.list(select(WebhookEvent)))


async def test_fifty_deliveries_of_one_event_are_one(agent: Agent) -> None:
    payload = calls.body(calls.story(agent.id)[0])
    first_seen = await asyncio.gather(*(stored(agent, payload) for _ in range(50)))
    assert sum(first_seen) == 1
    assert await worker.drain() == 1
    assert await worker.drain() == 0
    [event] = await deliveries()
    assert (event.state, event.payload) == (InboxState.DONE, payload)


@pytest.mark.parametrize(
    ("kind", "payload", "state", "reason"),
    [
        ("message_sent", b"{}", InboxState.UNREADABLE, "fields: data, type"),
        ("appointment_requested", b"{}", InboxState.WAITING, None),
        ("something_new", b"{}", InboxState.IGNORED, None),
        ("call_started", b"\xff", InboxState.UNREADABLE, "not JSON"),
        ("call_started", b"[" * 100_000, InboxState.UNREADABLE, "not JSON"),
        ("call_started", b'{"type": "call_started"}', InboxState.UNREADABLE, "fields: data"),
    ],
)
async def test_invalid_delivery_stores_its_reason(
    agent: Agent, kind: str, payload: bytes, state: InboxState, reason: str | None
) -> None:
    await stored(agent, payload, kind=kind)
    await worker.drain()
    [event] = await deliveries()
    assert (event.state, event.reason) == (state, reason)


async def test_agent_of_another_organization_is_invalid(agent: Agent) -> None:
    foreign = await factories.agent((await factories.organization()).id)
    await stored(agent, calls.body(calls.story(foreign.id)[0]))
    await worker.drain()
    [event] = await deliveries()
    assert event.state is InboxState.UNREADABLE
    async with begin(actor.system(foreign.organization_id)) as uow:
        assert await uow.count(uow.select(Conversation)) == 0


async def test_failure_is_retried_without_affecting_others(agent: Agent) -> None:
    async def fail(uow: UnitOfWork, event: WebhookEvent) -> None:
        await make_half(uow, agent.id)
        raise RuntimeError("no luck")

    await stored(agent, b"{}", "bad", kind="bad")
    await stored(agent, calls.body(calls.story(agent.id)[0]), "good")
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        assert await inbox.process_pending(uow, {**WEBHOOK_HANDLERS, (AI_SERVICE, "bad"): fail}, seconds=60) == 2
    states = {event.event_id: event for event in await deliveries()}
    assert states["good"].state is InboxState.DONE
    bad = states["bad"]
    assert (bad.state, bad.attempts, bad.reason) == (InboxState.PENDING, 1, "RuntimeError")
    assert bad.run_after > bad.updated_at + timedelta(seconds=3)
    async with begin(actor.system(agent.organization_id)) as uow:
        assert await uow.count(uow.select(Conversation)) == 1


async def drained() -> None:
    while await worker.drain():
        pass


async def make_half(uow: UnitOfWork, agent_id: UUID) -> None:
    uow.add(Conversation(organization_id=uow.organization_id, agent_id=agent_id, call_id="half"))
    await uow.flush()


async def test_delivery_is_dead_after_twelve_failures(agent: Agent) -> None:
    async def fail(uow: UnitOfWork, event: WebhookEvent) -> None:
        raise RuntimeError("no luck")

    await stored(agent, b"{}", kind="bad")
    with time_machine.travel(clock.now(), tick=True) as time:
        for _ in range(inbox.MAX_ATTEMPTS):
            async with begin(actor.system(agent.organization_id), write=True) as uow:
                assert await inbox.process_pending(uow, {(AI_SERVICE, "bad"): fail}) == 1
            time.shift(timedelta(hours=2))
        async with begin(actor.system(agent.organization_id), write=True) as uow:
            assert await inbox.process_pending(uow, {(AI_SERVICE, "bad"): fail}) == 0
    [event] = await deliveries()
    assert (event.state, event.attempts) == (InboxState.DEAD, 12)


async def test_two_workers_process_everything_once(agent: Agent) -> None:
    for number, body in enumerate(calls.story(agent.id) * 6):
        body["data"]["callId"] = f"call_{number // 5}"
        await stored(agent, calls.body(body), f"m{number}", kind=body["type"])
    await asyncio.gather(*(drained() for _ in range(4)))
    await drained()
    assert {event.state for event in await deliveries()} == {InboxState.DONE}
    async with begin(actor.system(agent.organization_id)) as uow:
        assert await uow.count(uow.select(Conversation)) == 6


async def test_bodies_are_purged_after_a_month(agent: Agent) -> None:
    """All that is not needed any more, also what waits for a feature: names and numbers stand in it."""
    bodies = {"m1": calls.body(calls.story(agent.id)[0]), "m2": b'{"data": {"clientPhone": "+48601000111"}}'}
    await stored(agent, bodies["m1"], "m1")
    await stored(agent, bodies["m2"], "m2", kind="appointment_requested")
    await drained()
    await stored(agent, b"{}", "pending")
    with time_machine.travel(clock.now() + timedelta(days=31)):
        async with begin(actor.system(), write=True) as uow:
            assert await inbox.purge_payloads(uow, limit=1) == 1
        await schedule.purge_expired()
        async with begin(actor.system(), write=True) as uow:
            assert await inbox.purge_payloads(uow) == 0
    payloads = {event.event_id: (event.payload, event.payload_hash) for event in await deliveries()}
    hashes = {name: (b"", hashlib.sha256(body).hexdigest()) for name, body in bodies.items()}
    assert payloads == {**hashes, "pending": (b"{}", None)}


async def given_up(agent: Agent) -> UUID:
    """An endpoint with one delivery that failed until nobody tries any more, though it is good."""

    async def fail(uow: UnitOfWork, event: WebhookEvent) -> None:
        raise RuntimeError("no luck")

    connection = await factories.connection(agent)
    body = calls.body(calls.story(agent.id)[0])
    delivery = inbox.Delivery("ai-service", "m1", "call_started", body, agent.organization_id, connection.id)
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        await inbox.store(uow, [delivery])
    with time_machine.travel(clock.now(), tick=True) as time:
        for _ in range(inbox.MAX_ATTEMPTS):
            async with begin(actor.system(agent.organization_id), write=True) as uow:
                assert await inbox.process_pending(uow, {(AI_SERVICE, "call_started"): fail}) == 1
            time.shift(timedelta(hours=2))
    return connection.id


async def test_dead_email_is_notified_live(agent: Agent, caplog: pytest.LogCaptureFixture) -> None:
    endpoint_id = await given_up(agent)
    [event] = await deliveries()
    records = [record for record in caplog.records if record.levelname == "ERROR" and "given up" in record.getMessage()]
    assert [str(event.id) in record.getMessage() for record in records] == [True]
    async with begin(actor.system(agent.organization_id)) as uow:
        assert [(change.name, change.data) for change in await live.since(uow, 0)] == [
            (inbox.DEAD_LETTERED, {"id": str(event.id)})
        ]
        assert await inbox.dead_letters(uow) == {endpoint_id: 1}
        assert await connections.dead_letters(uow) == {agent.id: 1}
    elsewhere = (await factories.organization()).id
    async with begin(actor.system(elsewhere)) as uow:
        assert await inbox.dead_letters(uow) == {}


async def test_dead_emails_are_replayed(agent: Agent) -> None:
    endpoint_id = await given_up(agent)
    elsewhere = (await factories.organization()).id
    async with begin(actor.system(elsewhere), write=True) as uow:
        assert await inbox.replay(uow, endpoint_id) == 0
    assert await worker.drain() == 0
    owner = await factories.member(agent.organization_id)
    async with begin(owner, write=True) as uow:
        assert await agents.replay(uow, agent.id) == 1
    [event] = await deliveries()
    assert (event.state, event.attempts, event.reason) == (InboxState.PENDING, 0, None)
    await worker.drain()
    [event] = await deliveries()
    assert event.state is InboxState.DONE
    async with begin(owner, write=True) as uow:
        assert await uow.count(uow.select(Conversation)) == 1
        assert await agents.replay(uow, agent.id) == 0


async def test_a_purged_body_cannot_be_replayed(agent: Agent) -> None:
    endpoint_id = await given_up(agent)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        async with begin(actor.system(), write=True) as uow:
            assert await inbox.purge_payloads(uow) == 1
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        assert await inbox.dead_letters(uow) == {}
        assert await inbox.replay(uow, endpoint_id) == 0
