"""Messages that a voice service sent itself: stored once, with the client and the call that they belong to."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine, live
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain import event_handlers
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.inbox.models import InboxState, WebhookEvent
from sekretarka.domain.messages import service as messages
from sekretarka.domain.messages.models import Message, MessageStatus
from sekretarka.domain.messages.schemas import MessageFilter
from sekretarka.jobs import worker
from sekretarka.providers.call_events import CallEvent, Direction
from sekretarka.providers.message_events import Channel
from tests import calls, factories

BODY = "Do zobaczenia w piątek o 14:30, Łucjo"


@pytest.fixture
async def agent(database: engine.Database) -> Agent:
    event_handlers.register()
    return await factories.agent((await factories.organization()).id)


def sent(agent: Agent, **data: Any) -> dict[str, Any]:
    """The event of an SMS to Łucja after her call."""
    values = {"channel": "sms", "to": "601 000 111", "body": BODY, "sentAt": "2026-11-20T10:02:00Z", **data}
    return calls.event("message_sent", agent.id, at="2026-11-20T10:02:01Z", **values)


async def deliver(agent: Agent, *events: dict[str, Any], is_test: bool = False) -> list[WebhookEvent]:
    """Store and process them as deliveries to the agent's connection; all its deliveries, the oldest first."""
    endpoint_id = (await factories.connection(agent)).id
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        before = len(await inbox.recent(uow, endpoint_id, limit=500))
        for number, event in enumerate(events, before):
            source, body = f"ai-service:{endpoint_id}", json.dumps(event).encode()
            kind, organization_id = str(event["type"]), agent.organization_id
            delivery = inbox.Delivery(
                source, f"m{number:03d}", kind, body, organization_id, endpoint_id, is_test=is_test
            )
            await inbox.store(uow, [delivery])
    while await worker.drain():
        pass
    async with begin(actor.system(agent.organization_id)) as uow:
        return sorted(await inbox.recent(uow, endpoint_id, limit=500), key=lambda row: row.event_id)


async def stored(agent: Agent, **filters: Any) -> Sequence[Message]:
    async with begin(actor.system(agent.organization_id)) as uow:
        return (await messages.page(uow, MessageFilter(**filters), PageQuery())).rows


async def call_of(agent: Agent) -> Conversation:
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        call, _ = await conversations.apply(uow, CallEvent.model_validate(calls.story(agent.id)[0]), "call")
        return call


async def test_message_belongs_to_its_call_and_client(agent: Agent) -> None:
    call = await call_of(agent)
    [delivery] = await deliver(agent, sent(agent, providerMessageId="SM1", **{"from": "Lawenda"}))
    assert (delivery.state, delivery.notes) == (InboxState.DONE, None)
    [message] = await stored(agent)
    assert (message.channel, message.direction) == (Channel.SMS, Direction.OUTBOUND)
    assert (message.status, message.body) == (MessageStatus.SENT, BODY)
    assert (message.sender, message.recipient) == ("Lawenda", "+48601000111")
    assert (message.conversation_id, message.client_id) == (call.id, call.client_id)
    assert message.occurred_at.isoformat() == "2026-11-20T10:02:00+00:00"


async def test_each_message_is_told_once(agent: Agent) -> None:
    """The same one in two deliveries, in either order of their arrival, and one without an id of its own."""
    for number in range(2):
        await deliver(agent, sent(agent, providerMessageId="SM1", sequence=number))
        await deliver(agent, sent(agent, body="Bez identyfikatora"))
    assert len(await stored(agent)) == 3
    async with begin(actor.system(agent.organization_id)) as uow:
        told = [event.data["id"] for event in await live.since(uow, 0) if event.name == messages.CREATED]
    assert sorted(told) == sorted(str(row.id) for row in await stored(agent))


async def test_two_agents_may_use_the_same_id(agent: Agent) -> None:
    other = await factories.agent(agent.organization_id)
    for each in (agent, other):
        await deliver(each, sent(each, providerMessageId="1"))
    assert len(await stored(agent)) == 2


async def test_somebody_unknown_becomes_a_client(agent: Agent) -> None:
    inbound = {"direction": "inbound", "from": "0048 601 000 222", "to": "+48221000200"}
    await deliver(agent, sent(agent, callId=None, **inbound))
    [message] = await stored(agent)
    assert (message.direction, message.status) == (Direction.INBOUND, MessageStatus.DELIVERED)
    assert message.conversation_id is None
    async with begin(actor.system(agent.organization_id)) as uow:
        client = await clients.find_by_phone(uow, "+48601000222")
    assert client is not None
    assert message.client_id == client.id


async def test_email_belongs_to_the_client_of_its_call(agent: Agent) -> None:
    call = await call_of(agent)
    await deliver(agent, sent(agent, channel="E-mail", to="lucja@poczta.example", subject="Wizyta"))
    [message] = await stored(agent)
    assert (message.channel, message.subject) == (Channel.EMAIL, "Wizyta")
    assert (message.recipient, message.client_id) == ("lucja@poczta.example", call.client_id)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda event: event["data"].pop("body"), "fields: data.body"),
        (lambda event: event["data"].update(body=" "), "fields: data.body"),
        (lambda event: event["data"].update(channel="gołąb"), "fields: data.channel"),
        (lambda event: event["data"].update(agentId="01a20000-0000-7000-8000-000000000000"), "no agent of this organi"),
        (lambda event: event.update(data=[]), "fields: data"),
    ],
)
async def test_what_is_no_message_says_why(agent: Agent, change: Callable[[dict[str, Any]], Any], reason: str) -> None:
    event = sent(agent)
    change(event)
    [delivery] = await deliver(agent, event)
    assert delivery.state is InboxState.UNREADABLE
    assert reason in str(delivery.reason)
    assert await stored(agent) == []


async def test_odd_fields_cost_themselves_alone(agent: Agent) -> None:
    odd = sent(agent, sentAt="kiedyś", subject={"x": 1}, to=48601000111)
    [delivery] = await deliver(agent, odd)
    assert delivery.state is InboxState.DONE
    assert {(note["field"], note["what"]) for note in delivery.notes or ()} == {
        ("data.sentAt", "unreadable"),
        ("data.subject", "unreadable"),
        ("data.to", "converted"),
    }
    [message] = await stored(agent)
    assert (message.recipient, message.subject) == ("+48601000111", None)
    assert message.occurred_at.isoformat() == "2026-11-20T10:02:01+00:00"


async def test_test_of_a_connection_leaves_no_message(agent: Agent) -> None:
    [delivery] = await deliver(agent, sent(agent), is_test=True)
    assert delivery.state is InboxState.DONE
    assert await stored(agent) == []


@pytest.mark.parametrize("term", ["zobaczenia lucjo", "601000111", "601 000 111", "PIĄTEK"])
async def test_messages_are_searched_as_everything_is(agent: Agent, term: str) -> None:
    await deliver(agent, sent(agent), sent(agent, to="+48601000222", body="Coś innego"))
    [found] = await stored(agent, search=term)
    assert found.body == BODY


async def test_list_is_narrowed_by_what_a_message_is(agent: Agent) -> None:
    call = await call_of(agent)
    chat = {"channel": "chat", "to": None, "callId": "call_2"}
    await deliver(agent, sent(agent), sent(agent, direction="inbound", **{"from": "601000222"}), sent(agent, **chat))
    assert len(await stored(agent)) == 3
    for filters in ({"channel": Channel.CHAT}, {"direction": Direction.INBOUND}, {"status": MessageStatus.DELIVERED}):
        assert len(await stored(agent, **filters)) == 1, filters
    assert len(await stored(agent, conversation_id=call.id)) == 2
    [own] = await stored(agent, client_id=call.client_id, direction=Direction.OUTBOUND)
    assert own.body == BODY
    times = [row.id for row in await stored(agent, sort="sentAt")]
    assert times == [row.id for row in reversed(await stored(agent))]


async def test_merged_client_hands_messages_over(agent: Agent) -> None:
    await deliver(agent, sent(agent))
    target = await factories.client(agent.organization_id, "+48601000999", "Łucja Żak")
    [message] = await stored(agent)
    assert message.client_id is not None
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        await clients.merge(uow, target.id, message.client_id)
    [message] = await stored(agent)
    assert message.client_id == target.id
    async with begin(actor.system(agent.organization_id)) as uow:
        assert await uow.count(uow.select(Client)) == 2
