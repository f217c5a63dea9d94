"""Who is told of a call, once; and of what is left in the evening, once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine, live
from sekretarka.core.database.jobs import ClaimedJob
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock, crypto
from sekretarka.domain import event_handlers
from sekretarka.domain.accounts.mail import SendMail
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations import settlement
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.messages import sending
from sekretarka.domain.messages.models import Channel, Message, MessageKind
from sekretarka.domain.messages.sending import Outgoing
from sekretarka.domain.notifications import digest
from sekretarka.domain.notifications import service as preferences
from sekretarka.domain.notifications.calls import TOLD, to_show
from sekretarka.domain.notifications.digest import SendDigest
from sekretarka.domain.notifications.schemas import NotificationPreferencesPatch
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories
from tests.support.jobs import jobs

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
ANSWERED: dict[str, Any] = {"status": "completed", "outcome": "answered", "summary": "Pytanie o cenę koloryzacji."}


@pytest.fixture
async def agent(database: engine.Database, configure: Callable[..., None]) -> Agent:
    configure(smtp_url="smtp://127.0.0.1:9")
    event_handlers.register()
    return await factories.agent((await factories.organization()).id)


async def member(agent: Agent, role: Role = Role.OWNER, **values: Any) -> Actor:
    """Somebody whose address is proven."""
    return await factories.member(agent.organization_id, role, email_verified_at=NOON, **values)


async def want(who: Actor, **values: Any) -> None:
    async with begin(who, write=True) as uow:
        await preferences.update_mine(uow, NotificationPreferencesPatch.model_validate(values))


async def call(agent: Agent, at: datetime = NOON, call_id: str = "call_1", **data: Any) -> None:
    """A call that has just ended; without an analysis it is settled two minutes later."""
    moment = clock.to_json(at)
    said = {"callerNumber": "+48601000111", "callerName": "Anna Lis", "startedAt": moment, "endedAt": moment, **data}
    with time_machine.travel(at, tick=False):
        async with begin(actor.system(agent.organization_id), write=True) as uow:
            event = CallEvent.model_validate(calls.event("call_ended", agent.id, call_id, moment, **said))
            await conversations.apply(uow, event, call_id)
    with time_machine.travel(at + settlement.ANALYSIS_TIMEOUT, tick=False):
        async with begin(actor.system(agent.organization_id), write=True) as uow:
            await settlement.settle_overdue(uow)


async def mails() -> list[SendMail]:
    queued = [job for job in await jobs() if job.name == SendMail.job_name]
    return [SendMail.model_validate_json(crypto.decrypt(job.payload)) for job in queued]


async def texts(agent: Agent) -> list[Message]:
    async with begin(actor.system(agent.organization_id)) as uow:
        internal = uow.select(Message).where(Message.kind == MessageKind.INTERNAL)
        return list(await uow.list(internal.order_by(col(Message.created_at))))


async def test_owner_is_told_of_each_call_once(agent: Agent) -> None:
    await member(agent, email="iga@example.com")
    await member(agent, Role.STAFF)
    await call(agent, **ANSWERED)
    await call(agent, **ANSWERED)
    [mail] = await mails()
    assert (mail.to, mail.subject) == ("iga@example.com", "Rozmowa: Anna Lis, odpowiedź")
    assert "Pytanie o cenę koloryzacji." in mail.text
    assert "601 000 111" in mail.text
    assert "/dashboard/conversations?id=" in mail.text


async def test_what_is_to_do_says_so(agent: Agent) -> None:
    await member(agent, language="en")
    await call(agent, status="missed")
    [mail] = await mails()
    assert mail.subject == "Missed call: Anna Lis"
    assert "Call back: 601 000 111" in mail.text


@pytest.mark.parametrize(
    ("wanted", "data", "told"),
    [
        ({"emailCalls": "none"}, {"status": "missed"}, 0),
        ({"emailCalls": "to_do"}, ANSWERED, 0),
        ({"emailCalls": "to_do"}, {"status": "missed"}, 1),
        ({}, {**ANSWERED, "outcome": "spam"}, 0),
        ({}, {**ANSWERED, "direction": "outbound"}, 0),
        ({}, {**ANSWERED, "startedAt": "2026-11-19T10:00:00Z", "endedAt": "2026-11-19T10:01:00Z"}, 0),
    ],
    ids=["nothing", "to do only", "to do", "spam", "ours", "history"],
)
async def test_who_is_told_of_what(agent: Agent, wanted: dict[str, Any], data: dict[str, Any], told: int) -> None:
    await want(await member(agent), **wanted)
    await call(agent, **data)
    assert len(await mails()) == told


async def test_address_that_is_not_proven_is_told_nothing(agent: Agent) -> None:
    await factories.member(agent.organization_id)
    await call(agent, **ANSWERED)
    assert await mails() == []


async def test_sms_wait_for_the_morning_unless_it_is_urgent(agent: Agent) -> None:
    who = await member(agent, Role.STAFF, phone="+48601000999")
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        await factories.add_sms_gateway(uow)
    await want(who, smsCalls="to_do")
    await call(agent, NIGHT, status="missed")
    await call(agent, NIGHT + timedelta(minutes=1), "call_2", status="failed", sentiment=-0.9)
    waiting, urgent = await texts(agent)
    assert (waiting.recipient, waiting.occurred_at.hour) == ("+48601000999", 7), "eight o'clock in Warsaw"
    assert urgent.occurred_at < NIGHT + timedelta(minutes=5)
    assert waiting.body.startswith("Anna Lis +48601000111: Nieodebrane polaczenie. http")


async def test_number_that_got_an_sms_about_the_call_gets_no_second_one(agent: Agent) -> None:
    numbers = ("+48601000998", "+48601000999")
    for number in numbers:
        await want(await member(agent, phone=number), smsCalls="all")
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        await factories.add_sms_gateway(uow)
        started = CallEvent.model_validate(
            calls.event("call_started", agent.id, "call_1", clock.to_json(NOON), startedAt=clock.to_json(NOON))
        )
        row, _ = await conversations.apply(uow, started, "start")
        warning = Outgoing(
            channel=Channel.SMS,
            to=numbers[0],
            body="Pilne",
            key="rung",
            kind=MessageKind.INTERNAL,
            conversation_id=row.id,
        )
        await sending.queue(uow, warning)
    await call(agent, **ANSWERED)
    assert sorted(str(message.recipient) for message in await texts(agent)) == list(numbers)


async def test_blocked_callers_are_not_told_of(agent: Agent) -> None:
    who = await member(agent, phone="+48601000999")
    await want(who, smsCalls="all")
    await call(agent, **ANSWERED)
    assert len(await mails()) == 1
    async with begin(who, write=True) as uow:
        [client] = await uow.list(uow.select(Client))
        client.blocked_at = NOON
    await call(agent, call_id="call_2", status="missed")
    assert len(await mails()) == 1
    async with begin(who) as uow:
        told = [event.data["conversation_id"] for event in await live.since(uow, 0) if event.name == TOLD]
        [row, _] = await uow.list(uow.select(Conversation).order_by(col(Conversation.created_at)))
    assert told == [str(row.id)]


@pytest.mark.parametrize(
    ("wanted", "at", "shown"),
    [
        ({}, NOON, ["missed", "urgent"]),
        ({"appCalls": "all"}, NOON, ["answered", "missed", "urgent"]),
        ({"appCalls": "none"}, NOON, []),
        ({"appCalls": "all"}, NIGHT, ["urgent"]),
        ({"quietFrom": "08:00", "quietTo": "08:00"}, NIGHT, ["missed", "urgent"]),
    ],
    ids=["to do", "all", "none", "night", "no quiet hours"],
)
async def test_page_shows_what_its_user_wants(
    agent: Agent, wanted: dict[str, Any], at: datetime, shown: list[str]
) -> None:
    who = await member(agent, Role.VIEWER)
    await want(who, **wanted)
    await call(agent, at - timedelta(hours=2), call_id="stale", status="failed", sentiment=-0.9)
    await call(agent, at, call_id="answered", **ANSWERED)
    await call(agent, at, call_id="missed", status="missed")
    await call(agent, at, call_id="urgent", status="failed", sentiment=-0.9)
    async with begin(who) as uow:
        uow.now = at
        ids = [row.id for row in await uow.list(uow.select(Conversation))]
        assert sorted(news.call.call_id for news in await to_show(uow, ids)) == shown


async def test_evening_tells_what_is_left_once(agent: Agent) -> None:
    await member(agent, email="iga@example.com")
    await want(await member(agent, Role.ADMIN), digest=False)
    await factories.task(agent.organization_id, urgency="high", note="Reklamacja pani Ewy")
    for _ in range(6):
        await factories.task(agent.organization_id)
    job = ClaimedJob(uuid4(), SendDigest(day=NOON.date()), agent.organization_id, 1)
    for _ in range(2):  # a worker died after the first time
        await digest.send(job)
    [mail] = await mails()
    assert (mail.to, mail.subject) == ("iga@example.com", "Do zrobienia na dziś: 7")
    assert "Pilne: Reklamacja pani Ewy." in mail.text
    assert "i jeszcze 1 sprawa" in mail.text


async def test_evening_without_anything_to_do_is_silent(agent: Agent) -> None:
    await member(agent)
    await digest.send(ClaimedJob(uuid4(), SendDigest(day=NOON.date()), agent.organization_id, 1))
    assert await mails() == []


async def test_each_organization_has_its_evening_once_a_day(agent: Agent) -> None:
    await factories.task((await factories.organization()).id)  # nobody there wants to know
    await member(agent)
    await factories.task(agent.organization_id)
    for hours in (6, 7, 7, 9, 31):  # after 11 UTC: Warsaw's evening begins at 18 UTC
        with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
            await digest.queue_due()
    due = [job for job in await jobs() if job.name == SendDigest.job_name]
    assert [job.organization_id for job in due] == [agent.organization_id] * 2
