"""What gateways report, as the sandbox reports it over real HTTP: how far messages came, and what clients wrote."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin, event_handlers
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.clients import service as clients
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.messages import leave
from sekretarka.domain.conversations.models import Conversation, Urgency
from sekretarka.domain.escalations import service as escalations
from sekretarka.domain.inbox import service as inbox
from sekretarka.domain.inbox.models import InboxState
from sekretarka.domain.messages import gateways, sending, service
from sekretarka.domain.messages.events import MessageReceived
from sekretarka.domain.messages.models import Channel, Failure, Message, MessageKind, MessageStatus, SmsGateway
from sekretarka.domain.messages.schemas import MessageFilter
from sekretarka.domain.messages.sending import Outgoing
from sekretarka.jobs import runner, worker
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.providers.call_events import Direction
from sekretarka.sandbox.sms.behavior import Callbacks
from sekretarka.sandbox.sms.gateway import Gateway
from tests import factories
from tests.clients import Caller
from tests.support.messages import AWAKE, work
from tests.support.sms_gateways import CREDENTIALS, Webhook

ANNA = "+48601000111"
PROVIDERS = pytest.mark.parametrize("provider", ["smsapi", "twilio"])


class Line:
    """An organization with a gateway, the vendor's side of it, and the way of its calls to us."""

    def __init__(self, organization_id: Any, sandbox: Gateway, webhook: Webhook, client: httpx2.AsyncClient) -> None:
        self.organization_id = organization_id
        self.sandbox = sandbox
        self.webhook = webhook
        self.client = client
        self.gateway: SmsGateway

    async def send(self, *bodies: str, to: str = ANNA) -> list[Message]:
        """Messages that the gateway took."""
        rows: list[Message] = []
        async with begin(actor.system(self.organization_id), write=True) as uow:
            for body in bodies:
                row = await sending.queue(uow, Outgoing(channel=Channel.SMS, to=to, body=body, key=str(uuid4())))
                assert isinstance(row, Message)
                rows.append(row)
        await runner.drain(JOB_HANDLERS)
        self.sandbox.settle()
        return rows

    async def pass_on(self) -> list[httpx2.Response]:
        """What the vendor called us with since, given to us, and processed."""
        calls, self.webhook.calls[:] = list(self.webhook.calls), []
        answers = []
        for call in calls:
            parts = urlsplit(call.url)
            headers = {name: value for name, value in call.headers.items() if name.startswith(("x-", "content-type"))}
            method = "POST" if call.body else "GET"
            path = f"{parts.path}?{parts.query}"
            answers.append(await self.client.request(method, path, content=call.body, headers=headers))
        while await worker.drain():
            pass
        return answers

    async def write(self, text: str) -> None:
        """As the client who got the last message."""
        sent = next(message for message in self.sandbox.log.newest() if not message.is_inbound)
        self.sandbox.write_back(sent, text)
        assert [answer.status_code for answer in await self.pass_on()] == [200]

    async def now_of(self, message: Message) -> Message:
        async with begin(actor.system(self.organization_id)) as uow:
            return await uow.get(Message, message.id)

    async def stored(self, **filters: Any) -> Sequence[Message]:
        async with begin(actor.system(self.organization_id)) as uow:
            return (await service.page(uow, MessageFilter(**filters), PageQuery())).rows

    async def opted_out(self) -> bool:
        async with begin(actor.system(self.organization_id)) as uow:
            client = await clients.find_by_phone(uow, ANNA)
            return client is not None and client.opted_out_at is not None


@pytest.fixture
def caught(webhook: Webhook, configure: Any) -> Webhook:
    """Everything that vendors call."""
    configure(base_url=f"http://127.0.0.1:{webhook.port}")
    return webhook


@pytest.fixture
async def line(caught: Webhook, app: Any, owner: Caller, nobody: httpx2.AsyncClient, sms_sandbox: Gateway) -> Line:
    await owner.data("PATCH", f"/api/v1/organizations/{owner.organization_id}", json={"messaging": AWAKE})
    return Line(owner.organization_id, sms_sandbox, caught, nobody)


async def connect(line: Line, provider: str) -> None:
    async with begin(actor.system(line.organization_id), write=True) as uow:
        line.gateway = await factories.add_sms_gateway(uow, provider, credentials=dict(CREDENTIALS[provider]))


@PROVIDERS
@pytest.mark.parametrize("how", [Callbacks.IN_ORDER, Callbacks.REVERSED, Callbacks.DUPLICATED, Callbacks.BATCHED])
async def test_delivered_stays_delivered(line: Line, provider: str, how: Callbacks) -> None:
    await connect(line, provider)
    line.sandbox.behavior.callbacks = how
    messages = await line.send("raz", "dwa", "trzy")
    answers = await line.pass_on()
    assert {answer.status_code for answer in answers} == {200}
    vendor = gateways.vendor_of(line.gateway)
    assert {answer.text for answer in answers} == {vendor.reply.body}
    for message in messages:
        assert (await line.now_of(message)).status is MessageStatus.DELIVERED


@PROVIDERS
async def test_callback_before_the_answer_counts(line: Line, provider: str) -> None:
    """It names our id, so nothing has to be known of theirs."""
    await connect(line, provider)
    [message] = await line.send("raz")
    async with begin(actor.system(line.organization_id), write=True) as uow:
        row = await uow.get(Message, message.id)
        row.status, row.gateway_message_id = MessageStatus.PENDING, None
    await line.pass_on()
    assert (await line.now_of(message)).status is MessageStatus.DELIVERED


@PROVIDERS
async def test_undelivered_says_why(line: Line, provider: str) -> None:
    await connect(line, provider)
    line.sandbox.behavior.callbacks = Callbacks.UNDELIVERED
    [message] = await line.send("raz")
    for _ in range(2):  # Twilio says of a telephone that is off that it may be on later
        await line.pass_on()
        await work()
        line.sandbox.settle()
    failed = await line.now_of(message)
    assert failed.status is MessageStatus.FAILED
    assert failed.failure in set(Failure)


@PROVIDERS
async def test_callback_for_nobodys_message_is_stored_and_answered(line: Line, provider: str) -> None:
    await connect(line, provider)
    [message] = await line.send("raz")
    async with begin(actor.system(line.organization_id), write=True) as uow:
        row = await uow.get(Message, message.id)
        row.gateway_id = None
    assert {answer.status_code for answer in await line.pass_on()} == {200}
    async with begin(actor.system(line.organization_id)) as uow:
        states = {row.state for row in await inbox.recent(uow, line.gateway.id)}
    assert states == {InboxState.UNREADABLE}
    assert (await line.now_of(message)).status is MessageStatus.SENT


async def test_forged_callback_is_refused(line: Line) -> None:
    await connect(line, "twilio")
    await line.send("raz")
    for call in line.webhook.calls:
        altered = {**call.headers, "x-twilio-signature": "AAAA" + call.headers["x-twilio-signature"][4:]}
        object.__setattr__(call, "headers", altered)
    assert {answer.status_code for answer in await line.pass_on()} == {400}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_address_of_nobody_is_unknown(line: Line, method: str) -> None:
    await connect(line, "smsapi")
    for path in (f"smsapi/{uuid4()}", f"twilio/{line.gateway.callback_id}", "smsapi/nie"):
        assert (await line.client.request(method, f"/api/webhooks/{path}")).status_code == 404


@PROVIDERS
async def test_what_a_client_wrote_joins_the_thread_once(line: Line, provider: str) -> None:
    heard: list[MessageReceived] = []

    async def hear(_uow: Any, event: MessageReceived) -> None:
        heard.append(event)

    before, event_handlers[MessageReceived] = event_handlers.get(MessageReceived, ()), (hear,)
    try:
        await connect(line, provider)
        [sent] = await line.send("Przyjdziesz?")
        await line.pass_on()
        for text in ("Tak, będę 🙂", "<script>alert(1)</script>"):
            await line.write(text)
    finally:
        event_handlers[MessageReceived] = before
    inbound = await line.stored(direction=Direction.INBOUND)
    assert [row.body for row in inbound] == ["<script>alert(1)</script>", "Tak, będę 🙂"]
    assert {(row.sender, row.client_id) for row in inbound} == {(ANNA, sent.client_id)}
    assert [event.message_id for event in heard] == [row.id for row in reversed(inbound)]


@PROVIDERS
async def test_stop_and_start_are_obeyed(line: Line, provider: str) -> None:
    await connect(line, provider)
    await line.send("Przyjdziesz?")
    await line.pass_on()
    for text, is_out in (("NIE", False), ("Stop!", True), ("stop", True), ("START", False)):
        await line.write(text)
        assert await line.opted_out() is is_out, text


async def urgent(line: Line, agent: Agent, call_id: str, number: str) -> Conversation:
    """A caller left a message that cannot wait, and the gateway took what is told of it."""
    async with begin(actor.system(line.organization_id), write=True) as uow:
        call = await conversations.get_or_create_for_call(uow, agent.id, call_id)
        call.caller_number = number
        await leave(uow, call.id, "Cieknie woda", Urgency.HIGH)
    await runner.drain(JOB_HANDLERS)
    line.sandbox.settle()
    await line.pass_on()
    return call


async def taken(line: Line, call: Conversation) -> tuple[Any, Any]:
    async with begin(actor.system(line.organization_id)) as uow:
        row = await escalations.get(uow, call.id)
        return row.acknowledged_by, row.acknowledged_by_id


@PROVIDERS
async def test_one_takes_on_an_urgent_call(line: Line, owner: Caller, provider: str) -> None:
    await connect(line, provider)
    agent = await factories.agent(line.organization_id)
    ola = await factories.member(line.organization_id, phone=ANNA, name="Ola Lis", email_verified_at=agent.created_at)
    rules = {"escalation": {"userIds": [str(ola.user_id)]}}
    await owner.data("PATCH", f"/api/v1/organizations/{owner.organization_id}", json=rules)
    first = await urgent(line, agent, "call_1", "+48601000222")
    await line.write("Kto to?")
    assert await taken(line, first) == (None, None)
    second = await urgent(line, agent, "call_2", "+48601000444")
    await line.write(" 1. ")
    assert (await taken(line, first), await taken(line, second)) == (("sms", ola.user_id), (None, None))
    await line.write("3")
    assert await taken(line, second) == (None, None)
    async with begin(actor.system(line.organization_id), write=True) as uow:  # a notice of the morning, queued since
        later: dict[str, Any] = {"kind": MessageKind.INTERNAL, "at": uow.now + timedelta(hours=9)}
        await sending.queue(
            uow, Outgoing(channel=Channel.SMS, to=ANNA, body="Anna Lis: wiadomość", key="call", **later)
        )
    await line.write("2")
    assert await taken(line, second) == ("sms", ola.user_id)
    await runner.drain(JOB_HANDLERS)
    answers = [message.body for message in line.sandbox.log.newest() if "zajmujesz" in message.body]
    assert len(answers) == 2
    assert await line.stored() == []  # nothing of it is a message with a client
    async with begin(actor.system(line.organization_id)) as uow:
        assert await clients.find_by_phone(uow, ANNA) is None
        assert (await uow.get(Conversation, first.id)).follow_up_assignee_id == ola.user_id


async def test_user_who_is_a_client_writes_as_one(line: Line, owner: Caller) -> None:
    await connect(line, "smsapi")
    agent = await factories.agent(line.organization_id)
    ola = await factories.member(line.organization_id, phone=ANNA, email_verified_at=agent.created_at)
    rules = {"escalation": {"userIds": [str(ola.user_id)]}}
    await owner.data("PATCH", f"/api/v1/organizations/{owner.organization_id}", json=rules)
    await factories.client(line.organization_id, ANNA)
    call = await urgent(line, agent, "call_1", "+48601000222")
    await line.write("TAK")
    assert [row.body for row in await line.stored(direction=Direction.INBOUND)] == ["TAK"]
    await line.write("1")
    assert await taken(line, call) == ("sms", ola.user_id)
    assert len(await line.stored(direction=Direction.INBOUND)) == 1


async def test_who_has_left_takes_nothing(line: Line, owner: Caller) -> None:
    await connect(line, "smsapi")
    agent = await factories.agent(line.organization_id)
    ola = await factories.member(line.organization_id, phone=ANNA, email_verified_at=agent.created_at)
    rules = {"escalation": {"userIds": [str(ola.user_id)]}}
    await owner.data("PATCH", f"/api/v1/organizations/{owner.organization_id}", json=rules)
    call = await urgent(line, agent, "call_1", "+48601000222")
    await owner.data("DELETE", f"/api/v1/organizations/{owner.organization_id}/members/{ola.user_id}")
    await line.write("1")
    assert await taken(line, call) == (None, None)
