"""How fast queued SMS leave through a gateway over HTTP, how long one organization's waits behind thousands of
another's, and how long until somebody is told of an urgent call."""

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import Job, JobState
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.runtime.settings import settings
from sekretarka.domain import event_handlers
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.messages import leave
from sekretarka.domain.conversations.models import Urgency
from sekretarka.domain.escalations.ladder import ClimbLadder
from sekretarka.domain.messages.models import ESCALATION, Channel, Direction, Message, MessageStatus
from sekretarka.domain.messages.sending import SendMessage
from sekretarka.domain.organizations import days, defaults
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.jobs.runner import Runner
from sekretarka.sandbox.sms import gateway as sandbox
from sekretarka.sandbox.sms.behavior import Behavior, Callbacks
from tests import factories
from tests.bench import servers
from tests.support import databases, environment, workspace
from tests.support.sms_gateways import CREDENTIALS

DRAINED, QUEUED = 1_000, 10_000
UNLIMITED = {
    **defaults.messaging(),
    "quietFrom": "00:00",
    "quietTo": "00:00",
    "dailyLimit": 100_000,
    "dailyLimitPerNumber": 100,
}


def measure(kind: str) -> Iterator[str]:
    """One worker, the gateway in the same process."""
    lines: list[str] = []
    url = servers.database(kind)
    before = settings.model_copy()
    silent = Behavior(callbacks=Callbacks.NONE)
    with sandbox.serve(workspace.folder() / f"sms-{kind}", behavior=silent) as gateway:
        environment.replace(settings.model_copy(update={"smsapi_url": f"{gateway.url}/smsapi"}))
        try:
            databases.apart(lambda: asyncio.run(_measure(url, lines)))
        finally:
            environment.replace(before)
    yield from lines


async def _measure(url: str, lines: list[str]) -> None:
    engine.connect(url)
    logging.getLogger().setLevel(logging.WARNING)
    event_handlers.register()
    try:
        crowd, other = await _organization(), await _organization()
        await _queue(crowd, DRAINED)
        took = await _until_sent(crowd, DRAINED)
        lines.append(f"{DRAINED} SMS of one organization: {took:.1f} s, {DRAINED / took:.0f} a second")
        await _queue(other, 1)
        alone = await _until_sent(other, 1)
        await _queue(crowd, QUEUED)
        await _queue(other, 1)
        behind = await _until_sent(other, 2)
        lines.append(f"one SMS alone: {alone:.2f} s; behind {QUEUED} of another organization: {behind:.2f} s")
        told, next_told = await _ladder(crowd)
        lines.append(
            f"urgent call behind {QUEUED} SMS of its own organization: first told after {told:.2f} s, "
            f"the next {next_told:.2f} s after their minutes were over"
        )
    finally:
        await databases.disconnect()


async def _organization() -> UUID:
    organization = await factories.organization(messaging=UNLIMITED)
    async with begin(actor.system(organization.id), write=True) as uow:
        await factories.add_sms_gateway(uow, credentials=dict(CREDENTIALS["smsapi"]))
    return organization.id


async def _queue(organization_id: UUID, number: int) -> None:
    """Messages and their jobs, as `sending.queue` writes them, many in a statement."""
    async with begin(actor.system(organization_id), write=True) as uow:
        sms: dict[str, Any] = {
            "organization_id": organization_id,
            "channel": Channel.SMS,
            "direction": Direction.OUTBOUND,
            "status": MessageStatus.PENDING,
            "body": "Do zobaczenia",
        }
        messages = [Message(id=new_id(), recipient=f"+48601{n % 1_000_000:06}", **sms) for n in range(number)]
        queued: dict[str, Any] = {
            "name": SendMessage.job_name,
            "lane": SendMessage.lane,
            "organization_id": organization_id,
        }
        jobs = [
            Job(payload=crypto.encrypt(SendMessage(message_id=row.id).model_dump_json()), **queued) for row in messages
        ]
        for rows in (messages, jobs):
            await uow.execute(sa.insert(type(rows[0])), [row.model_dump() for row in rows])


async def _ladder(organization_id: UUID) -> tuple[float, float]:
    """Seconds from an urgent call to the first SMS about it, and from the end of that one's minutes to the second."""
    agent = await factories.agent(organization_id)
    known: dict[str, Any] = {"email_verified_at": clock.now()}
    people = [await factories.member(organization_id, phone=f"+4860100070{n}", **known) for n in range(2)]
    async with begin(actor.system(organization_id), write=True) as uow:
        organization = await days.current_organization(uow)
        organization.escalation = {"userIds": [str(who.user_id) for who in people], "minutes": 1}
    async with begin(actor.system(organization_id), write=True) as uow:
        call = await conversations.get_or_create_for_call(uow, agent.id, "call_urgent")
        await leave(uow, call.id, "Cieknie woda", Urgency.HIGH)
    first = await _until_sent(organization_id, 1, Message.template == ESCALATION)
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Job).where(col(Job.name) == ClimbLadder.job_name).values(run_after=uow.now))
    return first, await _until_sent(organization_id, 2, Message.template == ESCALATION)


async def _until_sent(organization_id: UUID, number: int, *which: Any) -> float:
    """Seconds of a worker until so many of an organization's messages are sent."""
    began = time.perf_counter()
    worker = asyncio.create_task(Runner(JOB_HANDLERS).run())
    try:
        while await _sent(organization_id, *which) < number:  # noqa: ASYNC110 - the worker says nothing
            await asyncio.sleep(0.05)
        return time.perf_counter() - began
    finally:
        worker.cancel()
        await asyncio.wait([worker])
        async with begin(actor.system(), write=True) as uow:  # what was under way is due again
            await uow.execute(sa.update(Job).where(col(Job.state) == JobState.PENDING).values(run_after=uow.now))


async def _sent(organization_id: UUID, *which: Any) -> int:
    async with begin(actor.system(organization_id)) as uow:
        return await uow.count(uow.select(Message).where(Message.status == MessageStatus.SENT, *which))
