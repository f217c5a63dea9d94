"""`kill -9` of who sends messages, at every step: by the gateway's own log none is lost and none is doubled."""

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
from sekretarka.core.runtime.settings import settings
from sekretarka.domain import event_handlers
from sekretarka.domain.messages import sending
from sekretarka.domain.messages.models import Channel, Message, MessageStatus
from sekretarka.domain.messages.sending import Outgoing
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.sandbox.sms.gateway import Gateway
from tests import factories
from tests.faults import sender
from tests.support import forked, workspace
from tests.support.messages import AWAKE
from tests.support.processes import variables
from tests.support.sms_gateways import CREDENTIALS


async def due_again() -> None:
    """As when the leases of the dead have ended."""
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Job).where(col(Job.state) == JobState.PENDING).values(run_after=uow.now))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("provider", ["smsapi", "twilio"])
@pytest.mark.parametrize("step", sender.STEPS)
@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.soak)])
async def test_killed_senders_lose_nothing_and_double_nothing(
    database_url: str,
    sms_sandbox: Gateway,
    tmp_path: Path,
    provider: str,
    step: str,
    rounds: int,
) -> None:
    event_handlers.register()
    organization = await factories.organization(messaging={**AWAKE, "dailyLimit": 1_000, "dailyLimitPerNumber": 100})
    async with begin(actor.system(organization.id), write=True) as uow:
        await factories.add_sms_gateway(uow, provider, credentials=dict(CREDENTIALS[provider]))
    urls = {"smsapi_url": settings.smsapi_url, "twilio_url": settings.twilio_url}
    bodies = [f"Do zobaczenia {number}" for number in range(rounds)]
    for body in bodies:
        async with begin(actor.system(organization.id), write=True) as uow:
            await sending.queue(uow, Outgoing(channel=Channel.SMS, to="+48601000111", body=body, key=body))
        work: partial[Any] = partial(sender.send_until, step, provider)
        process = forked.Fork(work, variables(database_url=database_url, **urls), tmp_path, tmp_path / "log")
        workspace.remember(process.pid)
        assert process.wait(60) == -signal.SIGKILL, (tmp_path / "log").read_text()
        await due_again()
        await runner.drain(JOB_HANDLERS)  # by the next worker
    assert Counter(taken.body for taken in sms_sandbox.log.newest()) == dict.fromkeys(bodies, 1)
    async with begin(actor.system(organization.id)) as uow:
        assert {row.status for row in await uow.list(uow.select(Message))} == {MessageStatus.SENT}
