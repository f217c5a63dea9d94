"""`kill -9` in a stream of signed events: what was acknowledged is there, once, and nothing else is."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2
import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core import actor, clock, db, standard_webhooks
from sekretarka.core.events import LiveEvent
from sekretarka.core.scope import open_scope
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations.models import Conversation, Segment
from sekretarka.domain.inbox.models import InboxState, WebhookEvent
from tests import calls, make
from tests.support.processes import Serve, Served

ROUNDS = 20
SENDERS = 4


@dataclass
class Stream:
    """Senders that never give up on an event: the same id until it is acknowledged, as the standard asks."""

    url: str
    secret: str
    agent: Agent
    acknowledged: list[str] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    stopping: bool = False

    async def run(self) -> None:
        async with httpx2.AsyncClient(timeout=5, trust_env=False) as client, asyncio.TaskGroup() as senders:
            for number in range(SENDERS):
                senders.create_task(self._send(client, number))

    async def _send(self, client: httpx2.AsyncClient, sender: int) -> None:
        call = 0
        while not self.stopping:
            call += 1
            for number, body in enumerate(calls.story(self.agent.id, f"call_{sender}_{call}")):
                await self._deliver(client, f"m_{sender}_{call}_{number}", body)

    async def _deliver(self, client: httpx2.AsyncClient, message_id: str, body: dict[str, Any]) -> None:
        self.sent[message_id] = body
        payload = calls.body(body)
        while True:
            moment = int(time.time())
            headers = {
                "webhook-id": message_id,
                "webhook-timestamp": str(moment),
                "webhook-signature": standard_webhooks.sign(self.secret, message_id, moment, payload),
                "content-type": "application/json",
            }
            try:
                answer = await client.post(self.url, content=payload, headers=headers)
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == 200:
                self.acknowledged.append(message_id)
                return
            assert answer.status_code in (429, 503), answer.text
            await asyncio.sleep(0.1)


async def kill_again_and_again(served: Served, rounds: int) -> None:
    for _ in range(rounds):
        await asyncio.sleep(random.uniform(0.05, 0.6))
        served.kill()
        await asyncio.to_thread(served.start)


async def settled() -> list[WebhookEvent]:
    """Everything in the inbox, once nothing is pending any more."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        async with open_scope(actor.system()) as scope:
            events = list(await scope.all(select(WebhookEvent)))
        if all(event.state is not InboxState.PENDING for event in events):
            return events
        await asyncio.sleep(0.2)
    raise AssertionError("the worker did not finish")


async def test_twenty_kills_lose_nothing_and_double_nothing(database_url: str, serve: Serve) -> None:
    db.connect(database_url)
    agent = await make.agent((await make.organization()).id)
    connection = await make.connection(agent)
    [secret] = connections.live_secrets(connection, clock.now())
    served = serve(database_url=database_url, rate_limit_webhook="100000/1seconds")
    stream = Stream(f"{served.url}/api/webhooks/ai-service/{connection.id}", secret, agent)
    sending = asyncio.create_task(stream.run())
    await kill_again_and_again(served, ROUNDS)
    stream.stopping = True
    await sending
    events = await settled()
    stored = [event.event_id for event in events]
    assert sorted(stored) == sorted(stream.acknowledged) == sorted(stream.sent)
    assert {event.state for event in events} == {InboxState.DONE}
    told = {body["data"]["callId"] for body in stream.sent.values()}
    async with open_scope(actor.system(agent.organization_id)) as scope:
        rows = await scope.all(scope.select(Conversation))
        lines = await scope.count(scope.select(Segment))
        mine = col(LiveEvent.organization_id) == agent.organization_id
        in_order = sa.select(col(LiveEvent.n)).where(mine).order_by(col(LiveEvent.n))
        numbers = (await scope.execute(in_order)).scalars().all()
    assert sorted(row.call_id for row in rows) == sorted(told)
    assert all(row.duration_seconds == 62 and row.recording and row.summary for row in rows)
    assert lines == 3 * len(told)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    await db.disconnect()
