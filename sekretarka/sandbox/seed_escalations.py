"""Whom the demo organization tells of urgent calls, and who took on those of the past."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel, col

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import User
from sekretarka.domain.conversations.models import Conversation, Urgency
from sekretarka.domain.escalations.models import AcknowledgedBy, Escalation, EscalationRung, EscalationState
from sekretarka.domain.messages.models import Channel
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Membership

OWNER_PHONE = "+48732000301"
COLLEAGUE, COLLEAGUE_EMAIL, COLLEAGUE_PHONE = "Kasia Wrona", "kasia@lawenda.example", "+48732000302"
MINUTES = 5
TAKEN_AT_ONCE = 0.7


async def seed_escalations(owner: Actor) -> None:
    """Give the owner a number and a colleague, tell both of urgent calls, and write down who took those of the past."""
    rng = Random(MINUTES)
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        people = await _team(uow, owner)
        organization = await days.current_organization(uow)
        organization.escalation = {"userIds": [str(user_id) for user_id in people], "minutes": MINUTES}
        uow.bump_version(organization)
        urgent = uow.select(Conversation).where(
            Conversation.follow_up_urgency == Urgency.HIGH, col(Conversation.follow_up_state).is_not(None)
        )
        for call in await uow.list(urgent.order_by(col(Conversation.started_at))):
            for row in _told(rng, call, people):
                uow.add(row)
                await uow.flush()


async def _team(uow: UnitOfWork, owner: Actor) -> tuple[UUID, UUID]:
    user = await accounts.find_by_id(uow, owner.user_id or new_id())
    assert user is not None  # noqa: S101 - made a moment ago
    user.phone = OWNER_PHONE
    known: dict[str, Any] = {"email": COLLEAGUE_EMAIL, "email_key": COLLEAGUE_EMAIL, "email_verified_at": uow.now}
    colleague = uow.add(User(id=new_id(), name=COLLEAGUE, phone=COLLEAGUE_PHONE, **known))
    await uow.flush()
    uow.add(Membership(organization_id=uow.organization_id, user_id=colleague.id, role=Role.ADMIN))
    return user.id, colleague.id


def _told(rng: Random, call: Conversation, people: tuple[UUID, UUID]) -> Iterator[SQLModel]:
    """The escalation of a call and its rungs: taken by the first, or five minutes later by the second."""
    began = (call.ended_at or call.started_at) + timedelta(seconds=rng.randint(2, 6))
    told = people[: 1 if rng.random() < TAKEN_AT_ONCE else 2]
    turns = [began + timedelta(minutes=MINUTES * position) for position in range(len(told))]
    row = Escalation(
        id=new_id(),
        organization_id=call.organization_id,
        created_at=began,
        conversation_id=call.id,
        user_ids=[str(user_id) for user_id in people],
        minutes=MINUTES,
        position=len(told),
        state=EscalationState.ACKNOWLEDGED,
        ended_at=turns[-1] + timedelta(seconds=rng.randint(40, 200)),
        acknowledged_by=rng.choice([AcknowledgedBy.SMS, AcknowledgedBy.OPENED]),
        acknowledged_by_id=told[-1],
    )
    yield row
    for position, (user_id, at) in enumerate(zip(told, turns, strict=True)):
        yield EscalationRung(
            id=new_id(),
            organization_id=call.organization_id,
            escalation_id=row.id,
            position=position,
            user_id=user_id,
            channel=Channel.SMS,
            told_at=at,
        )
