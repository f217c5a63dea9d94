"""`kill -9` of who tells of urgent calls, at every step: no ladder is lost, and nobody is told twice."""

import signal
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.jobs import Job, JobState
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock
from sekretarka.domain import event_handlers
from sekretarka.domain.conversations import messages
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Urgency
from sekretarka.domain.escalations.ladder import ClimbLadder
from sekretarka.domain.escalations.models import Escalation, EscalationRung, EscalationState
from sekretarka.domain.messages.models import Message
from sekretarka.domain.organizations import days
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from tests import factories
from tests.faults import climber
from tests.support import forked, workspace
from tests.support.processes import variables

NUMBERS = ("+48601000701", "+48601000702", "+48601000703")


async def due_again() -> None:
    """As when everybody's minutes, and the leases of the dead, are over."""
    async with begin(actor.system(), write=True) as uow:
        climbing = (col(Job.state) == JobState.PENDING, col(Job.name) == ClimbLadder.job_name)
        await uow.execute(sa.update(Job).where(*climbing).values(run_after=uow.now))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("step", climber.STEPS)
@pytest.mark.parametrize(("ladders", "kills"), [(6, 2), pytest.param(100, 20, marks=pytest.mark.soak)])
async def test_killed_ladders_lose_nobody_and_tell_nobody_twice(
    database_url: str, tmp_path: Path, step: str, ladders: int, kills: int
) -> None:
    """A worker dies in the middle of each rung of many ladders; the next one goes on."""
    event_handlers.register()
    agent = await factories.agent((await factories.organization()).id)
    people: list[Any] = [
        await factories.member(agent.organization_id, Role.STAFF, phone=number, email_verified_at=clock.now())
        for number in NUMBERS
    ]
    system = actor.system(agent.organization_id)
    async with begin(system, write=True) as uow:
        await factories.add_sms_gateway(uow)
        organization = await days.current_organization(uow)
        organization.escalation = {"userIds": [str(who.user_id) for who in people], "minutes": 5}
    for number in range(ladders):
        async with begin(system, write=True) as uow:
            call = await conversations.get_or_create_for_call(uow, agent.id, f"call_{number}")
            await messages.leave(uow, call.id, "Cieknie woda", Urgency.HIGH)
    for kill in range(kills):
        await due_again()
        work: partial[Any] = partial(climber.climb_until, step, kill % 5)
        process = forked.Fork(work, variables(database_url=database_url), tmp_path, tmp_path / "log")
        workspace.remember(process.pid)
        assert process.wait(60) == -signal.SIGKILL, (tmp_path / "log").read_text()
    for _ in NUMBERS:
        await due_again()
        await runner.drain({ClimbLadder.job_name: JOB_HANDLERS[ClimbLadder.job_name]})
    async with begin(system) as uow:
        states = Counter(row.state for row in await uow.list(uow.select(Escalation)))
        rungs = Counter((row.escalation_id, row.position) for row in await uow.list(uow.select(EscalationRung)))
        told = Counter((row.conversation_id, row.recipient) for row in await uow.list(uow.select(Message)))
    assert states == {EscalationState.UNANSWERED: ladders}
    assert set(rungs.values()) == set(told.values()) == {1}
    assert len(rungs) == len(told) == ladders * len(NUMBERS)
