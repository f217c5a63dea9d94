"""A line on which people call, with every feature listening."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain import event_handlers
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations import messages, settlement
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Urgency
from sekretarka.domain.conversations.schemas import ConversationPatch
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Task
from sekretarka.domain.tasks.schemas import TaskFilter, TaskPatch
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

ANNA, BEATA = "+48601000111", "+48601000222"
BEGAN = datetime(2026, 11, 20, 10, tzinfo=UTC)


@dataclass
class Line:
    """An agent's calls, and what its organization has to do."""

    agent: Agent
    owner: Actor

    async def call(self, call_id: str, minute: int = 0, number: str | None = ANNA, **data: Any) -> Conversation:
        """One that ended at that minute, without an answer unless `data` say otherwise."""
        at = clock.to_json(BEGAN + timedelta(minutes=minute))
        said = {"status": "missed", "callerNumber": number, "startedAt": at, "endedAt": at, **data}
        event = CallEvent.model_validate(calls.event("call_ended", self.agent.id, call_id, at, **said))
        async with begin(actor.system(self.agent.organization_id), write=True) as uow:
            return (await conversations.apply(uow, event, f"{call_id}:{minute}"))[0]

    async def message(self, call: Conversation, text: str, urgency: Urgency = Urgency.NORMAL) -> None:
        """The AI takes a message."""
        async with begin(actor.system(self.agent.organization_id), write=True) as uow:
            await messages.leave(uow, call.id, text, urgency)

    async def settle(self) -> None:
        """Two minutes are over for every call without an analysis."""
        async with begin(actor.system(self.agent.organization_id), write=True) as uow:
            await settlement.settle_overdue(uow)

    async def patch_call(self, call: Conversation, **follow_up: Any) -> Conversation:
        """What the owner sets in the call's panel."""
        patch = ConversationPatch.model_validate({"followUp": follow_up})
        async with begin(self.owner, write=True) as uow:
            return await conversations.update(uow, call.id, patch)

    async def patch(self, task: Task, **changes: Any) -> Task:
        """What the owner sets on a task."""
        async with begin(self.owner, write=True) as uow:
            return await tasks.update(uow, task.id, TaskPatch.model_validate(changes))

    async def listed(self, **filters: Any) -> list[Task]:
        """The tasks as lists have them."""
        async with begin(self.owner) as uow:
            return list(await uow.list(await tasks.query(uow, TaskFilter.model_validate(filters))))

    async def only(self, **filters: Any) -> Task:
        """The one there is."""
        [row] = await self.listed(**filters)
        return row

    async def stored(self, conversation_id: UUID) -> Conversation:
        """The call as it is now."""
        async with begin(self.owner) as uow:
            return await conversations.get(uow, conversation_id)


@pytest.fixture
async def line(database: engine.Database) -> Line:
    event_handlers.register()
    agent = await factories.agent((await factories.organization()).id)
    return Line(agent, await factories.member(agent.organization_id))
