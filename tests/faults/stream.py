"""Senders of signed events that never give up on one, and the reckoning afterwards: nothing lost, nothing doubled."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import httpx2
import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database import live
from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Unavailable
from sekretarka.core.web import standard_webhooks
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent, AgentConnection
from sekretarka.domain.conversations.models import Conversation, Segment
from sekretarka.domain.inbox.models import InboxState, WebhookEvent
from tests import calls, factories

SENDERS = 4
# Always something is under way, and the worker keeps up, also on a machine with other work and after its kills.
PAUSE_SECONDS = 0.15
# Nobody is refused for being too fast where losses are counted.
UNLIMITED = {"rate_limit_webhook": "100000/1seconds"}


@dataclass(frozen=True)
class Line:
    """One agent's connection, whose events a stream sends."""

    agent: Agent
    connection: AgentConnection

    @classmethod
    async def make(cls, organization_id: UUID | None = None) -> Self:
        """Of a business, or of a new one, in this process's database."""
        agent = await factories.agent(organization_id or (await factories.organization()).id)
        return cls(agent, await factories.connection(agent))

    async def live_cursor(self) -> int:
        """The number of the newest live event of its business."""
        async with begin(actor.system(self.agent.organization_id)) as uow:
            return await live.cursor(uow)

    @asynccontextmanager
    async def stream(self, url: str, name: str = "call") -> AsyncIterator["Stream"]:
        """Events flow until the end of the `async with`; then those under way are delivered, too."""
        [secret] = connections.active_secrets(self.connection)
        stream = Stream(f"{url}/api/webhooks/ai-service/{self.connection.id}", secret, self.agent, name)
        sending = asyncio.create_task(stream.run())
        try:
            yield stream
        except BaseException:
            sending.cancel()
            raise
        stream.stopping = True
        await sending


@dataclass
class Stream:
    """Senders that never give up on an event: the same id until it is acknowledged, as the standard asks."""

    url: str
    secret: str
    agent: Agent
    name: str
    acknowledged: list[str] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[httpx2.Response] = field(default_factory=list)
    slowest: float = 0
    stopping: bool = False

    async def run(self) -> None:
        async with httpx2.AsyncClient(timeout=15, trust_env=False) as client, asyncio.TaskGroup() as senders:
            for number in range(SENDERS):
                senders.create_task(self._send(client, number))

    async def _send(self, client: httpx2.AsyncClient, sender: int) -> None:
        call = 0
        while not self.stopping:
            call += 1
            for number, body in enumerate(calls.story(self.agent.id, f"{self.name}_{sender}_{call}")):
                await self._deliver(client, f"m_{self.name}_{sender}_{call}_{number}", body)
                await asyncio.sleep(PAUSE_SECONDS)

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
            began = time.monotonic()
            try:
                answer = await client.post(self.url, content=payload, headers=headers)
            except httpx2.HTTPError:
                await asyncio.sleep(0.05)
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            if answer.status_code == 200:
                self.acknowledged.append(message_id)
                return
            assert answer.status_code in (429, 503), answer.text
            self.refused.append(answer)
            await asyncio.sleep(0.1)


async def settled() -> list[WebhookEvent]:
    """Everything in the inbox, once nothing is pending any more."""
    until = time.monotonic() + 60
    events: list[WebhookEvent] = []
    while time.monotonic() < until:
        with contextlib.suppress(Unavailable):  # the test's own connections may just have died, too
            async with begin(actor.system()) as uow:
                events = list(await uow.list(select(WebhookEvent)))
        if events and all(event.state is not InboxState.PENDING for event in events):
            return events
        await asyncio.sleep(0.2)
    waiting = Counter((event.state, event.attempts, event.reason) for event in events)
    raise AssertionError(f"the worker did not finish: {waiting}")


async def nothing_lost_nothing_doubled(stream: Stream) -> None:
    """Every event that was sent is stored once and done, and each call is what its events say."""
    events = await settled()
    stored = [event.event_id for event in events]
    assert sorted(stored) == sorted(stream.acknowledged) == sorted(stream.sent)
    assert {event.state for event in events} == {InboxState.DONE}
    reported = {body["data"]["callId"] for body in stream.sent.values()}
    async with begin(actor.system(stream.agent.organization_id)) as uow:
        rows = await uow.list(uow.select(Conversation))
        lines = await uow.count(uow.select(Segment))
        is_theirs = col(LiveEvent.organization_id) == stream.agent.organization_id
        in_order = sa.select(col(LiveEvent.sequence)).where(is_theirs).order_by(col(LiveEvent.sequence))
        numbers = (await uow.execute(in_order)).scalars().all()
    assert sorted(row.call_id for row in rows) == sorted(reported)
    assert all(row.duration_seconds == 62 and row.recording and row.summary for row in rows)
    assert lines == 3 * len(reported)
    assert list(numbers) == list(range(1, len(numbers) + 1))
