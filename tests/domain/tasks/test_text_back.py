"""Whoever is missed gets an SMS at once, once."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.clients.models import Client
from sekretarka.domain.messages.models import Failure, Message, MessageStatus
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.tasks import text_back
from sekretarka.domain.tasks.models import TaskState
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from tests import factories
from tests.domain.tasks.conftest import ANNA, BEGAN, Line
from tests.support.jobs import jobs

NOON = BEGAN.replace(hour=11)


async def texts(line: Line) -> list[Message]:
    async with begin(line.owner) as uow:
        return list(await uow.list(uow.select(Message).order_by(col(Message.created_at))))


@pytest.fixture(autouse=True)
async def gateway(line: Line) -> None:
    async with begin(line.owner, write=True) as uow:
        await factories.add_sms_gateway(uow)


async def miss(line: Line, call_id: str = "c1", minutes: int = 0, **data: Any) -> None:
    """A call is missed, and told of so many minutes later."""
    minute = int((NOON - BEGAN).total_seconds()) // 60
    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        await line.call(call_id, minute, **data)


async def test_missed_caller_is_texted_at_once_and_once(line: Line) -> None:
    await miss(line)
    await miss(line, callerName="Anna")  # told again
    await miss(line, "c2")
    [text] = await texts(line)
    assert (text.recipient, text.status, text.template) == (ANNA, MessageStatus.PENDING, "missed_call")
    assert "Studio Lawenda" in text.body
    assert [job.name for job in await jobs()].count("messages.send") == 1
    with time_machine.travel(NOON + text_back.ONCE_IN + timedelta(minutes=1), tick=False):
        await line.call("c3", int((clock.now() - BEGAN).total_seconds()) // 60)
    assert len(await texts(line)) == 2


@pytest.mark.parametrize(
    ("minutes", "data"),
    [
        (0, {"number": None}),
        (0, {"number": "+48221234567"}),
        (0, {"status": "completed", "outcome": "message", "summary": "Prosi o telefon."}),
        (0, {"outcome": "spam"}),
        (0, {"direction": "outbound", "calledNumber": ANNA}),
        (11, {}),
    ],
    ids=["withheld", "landline", "answered", "spam", "ours", "told late"],
)
async def test_who_is_not_texted(line: Line, minutes: int, data: dict[str, Any]) -> None:
    await miss(line, minutes=minutes, **data)
    assert await texts(line) == []


@pytest.mark.parametrize("is_done", [True, False])
async def test_who_was_served_meanwhile_is_not_texted(line: Line, is_done: bool) -> None:
    """As at night, when the text waits for the morning: the call is done before it leaves."""
    await miss(line)
    if is_done:
        await line.patch(await line.only(), state=TaskState.DONE)
    with time_machine.travel(NOON + timedelta(hours=6), tick=False):
        await runner.drain(JOB_HANDLERS)
    [text] = await texts(line)
    assert text.failure is (Failure.OUTDATED if is_done else Failure.UNAVAILABLE)  # nobody listens where it is sent


async def test_blocked_caller_is_not_texted(line: Line) -> None:
    client = await factories.client(line.agent.organization_id, ANNA)
    async with begin(actor.system(line.agent.organization_id), write=True) as uow:
        (await uow.get(Client, client.id)).blocked_at = uow.now
    await miss(line)
    assert await texts(line) == []


async def test_it_is_switched_off(line: Line) -> None:
    async with begin(actor.system(), write=True) as uow:
        own = sa.update(Organization).where(col(Organization.id) == line.agent.organization_id)
        [organization] = await uow.list(select(Organization).where(col(Organization.id) == line.agent.organization_id))
        await uow.execute(own.values(messaging={**organization.messaging, "textBack": False}))
    await miss(line)
    assert await texts(line) == []
