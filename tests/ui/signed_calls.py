"""Calls that reach a running dashboard as they really do: signed deliveries over HTTP."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.core.web import standard_webhooks
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent, AgentConnection
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories


@dataclass
class Line:
    """One agent's telephone line."""

    url: str
    agent: Agent
    secret: str
    endpoint_id: UUID
    delivered: dict[str, float] = field(default_factory=dict)

    async def ring(self, call_id: str, **data: Any) -> httpx2.Response:
        """A call comes in now."""
        now = clock.to_json(clock.now())
        facts = {"direction": "inbound", "callerNumber": "+48601000111", "startedAt": now, "sequence": 1, **data}
        return await self.deliver(calls.event("call_started", self.agent.id, call_id, now, **facts))

    async def say(self, call_id: str, number: int, text: str) -> httpx2.Response:
        """The caller says something."""
        now = clock.to_json(clock.now())
        segments = [{"id": f"s{number}", "speaker": "caller", "text": text, "timestamp": now}]
        body = calls.event("transcript_updated", self.agent.id, call_id, now, sequence=number + 1, segments=segments)
        return await self.deliver(body)

    async def miss(self, call_id: str, **data: Any) -> httpx2.Response:
        """A call that nobody answered, told of in one event."""
        now = clock.to_json(clock.now())
        facts = {"callerNumber": "+48601000111", "startedAt": now, "endedAt": now, "status": "missed", **data}
        return await self.deliver(calls.event("call_ended", self.agent.id, call_id, now, **facts))

    async def deliver(self, event: dict[str, Any]) -> httpx2.Response:
        """Sign and post one event."""
        body, message_id, stamp = calls.body(event), f"msg_{uuid4().hex}", int(time.time())
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": standard_webhooks.sign(self.secret, message_id, stamp, body),
        }
        # Nothing is encrypted here, and reading all certificates takes longer than the delivery.
        async with httpx2.AsyncClient(base_url=self.url, verify=False) as client:
            answer = await client.post(f"/api/webhooks/ai-service/{self.endpoint_id}", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer


async def line(url: str, organization_id: UUID, **values: Any) -> Line:
    """A new agent of the business with its connection."""
    agent = await factories.agent(organization_id, **values)
    return await of_agent(url, agent, await factories.connection(agent))


async def of_agent(url: str, agent: Agent, connection: AgentConnection) -> Line:
    """The line of an agent that there is."""
    return Line(url, agent, connections.active_secrets(connection)[0], connection.id)


async def past_call(organization_id: UUID, agent: Agent | None = None, call_id: str = "") -> Conversation:
    """A finished call, put straight into the database."""
    agent = agent or await factories.agent(organization_id)
    call_id = call_id or f"call_{uuid4().hex}"
    async with begin(actor.endpoint(organization_id), write=True) as uow:
        for number, event in enumerate(calls.story(agent.id, call_id)):
            row, _ = await conversations.apply(uow, CallEvent.model_validate(event), f"{call_id}_{number}")
    return row
