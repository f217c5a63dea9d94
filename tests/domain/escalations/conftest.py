"""Urgent calls of an organization with a list of people to tell, and its clock."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock
from sekretarka.domain import event_handlers
from sekretarka.domain.accounts.models import User
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations import follow_ups, messages
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Urgency
from sekretarka.domain.escalations import service as escalations
from sekretarka.domain.escalations.ladder import ClimbLadder
from sekretarka.domain.escalations.schemas import EscalationView
from sekretarka.domain.messages.models import Message
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.schemas import OrganizationPatch
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
ANNA, OLA, EWA = "+48601000111", "+48601000701", "+48601000702"


@dataclass
class Ladder:
    """Ola, then Ewa, five minutes later."""

    agent: Agent
    people: list[Actor]
    time: time_machine.Traveller
    numbers: list[str] = field(default_factory=lambda: [OLA, EWA])

    @property
    def system(self) -> Actor:
        return actor.system(self.agent.organization_id)

    async def set(self, **rules: Any) -> None:
        """What the owner sets."""
        async with begin(self.people[0], write=True) as uow:
            patch = OrganizationPatch.model_validate({"escalation": rules})
            await organizations.update(uow, uow.organization_id, patch)

    async def call(self, call_id: str = "call_1", *, urgency: Urgency = Urgency.HIGH, **data: Any) -> Conversation:
        """One in which a message was just taken."""
        at = clock.to_json(clock.now())
        said = {"callerNumber": ANNA, "callerName": "Anna Lis", "startedAt": at, **data}
        event = CallEvent.model_validate(calls.event("call_started", self.agent.id, call_id, at, **said))
        async with begin(self.system, write=True) as uow:
            row, _ = await conversations.apply(uow, event, call_id)
            await messages.leave(uow, row.id, "Cieknie woda w salonie", urgency)
            return row

    async def hang_up(self, call_id: str) -> None:
        """It ends, with all that there is to know of it."""
        at = clock.to_json(clock.now())
        event = CallEvent.model_validate(
            calls.event("call_ended", self.agent.id, call_id, at, endedAt=at, summary="Cieknie woda")
        )
        async with begin(self.system, write=True) as uow:
            await conversations.apply(uow, event, f"{call_id}:end")

    async def wait(self, **time: int) -> None:
        """Time passes, and what is due by then is done, but for sending."""
        self.time.shift(timedelta(**time))
        await self.climb()

    async def climb(self) -> None:
        await runner.drain({ClimbLadder.job_name: JOB_HANDLERS[ClimbLadder.job_name]})

    async def shown(self, call: Conversation) -> EscalationView | None:
        async with begin(self.people[0]) as uow:
            row = await escalations.find(uow, call.id)
            return await escalations.view(uow, row) if row else None

    async def seen(self, call: Conversation) -> EscalationView:
        shown = await self.shown(call)
        assert shown is not None
        return shown

    async def texts(self) -> Sequence[Message]:
        """What was written to people, the oldest first."""
        async with begin(self.system) as uow:
            return await uow.list(uow.select(Message).order_by(col(Message.created_at), col(Message.id)))

    async def address(self, place: int) -> str:
        async with begin(actor.system()) as uow:
            user = await uow.one_or_none(select(User).where(User.id == self.people[place].user_id))
            assert user is not None
            return user.email

    async def told(self) -> list[str | None]:
        return [message.recipient for message in await self.texts()]

    async def finish(self, call: Conversation, by: Actor) -> None:
        async with begin(by, write=True) as uow:
            await follow_ups.change(uow, await follow_ups.lock(uow, [call.id]), {"state": FollowUpState.DONE})


@pytest.fixture
def stopped() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
async def ladder(database: engine.Database, configure: Callable[..., None], stopped: time_machine.Traveller) -> Ladder:
    configure(smtp_url="smtp://127.0.0.1:9")
    event_handlers.register()
    agent = await factories.agent((await factories.organization()).id)
    people = [
        await factories.member(agent.organization_id, role, email_verified_at=NOON, phone=phone, name=name)
        for role, phone, name in ((Role.OWNER, OLA, "Ola Lis"), (Role.STAFF, EWA, "Ewa Mak"))
    ]
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        await factories.add_sms_gateway(uow)
    made = Ladder(agent, people, stopped)
    await made.set(userIds=[str(who.user_id) for who in people])
    return made
