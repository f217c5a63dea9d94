"""Messages as tests write and send them, through the sandbox's gateway."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.jobs import Job, JobState
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.messages import sending
from sekretarka.domain.messages.models import (
    Channel,
    Failure,
    Message,
    SmsGateway,
)
from sekretarka.domain.messages.sending import Outgoing, SendMessage
from sekretarka.domain.organizations import defaults
from sekretarka.domain.organizations.models import Organization
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.sandbox.sms.gateway import Gateway
from tests import factories
from tests.support.sms_gateways import CREDENTIALS

ANNA = "+48601000111"
AWAKE = {**defaults.messaging(), "quietFrom": "00:00", "quietTo": "00:00"}
PROVIDERS = ("smsapi", "twilio")


async def gateway(organization: Organization, provider: str = "smsapi", **values: Any) -> SmsGateway:
    async with begin(actor.system(organization.id), write=True) as uow:
        return await factories.add_sms_gateway(uow, provider, credentials=dict(CREDENTIALS[provider]), **values)


async def queued(organization: Organization, **values: Any) -> Message | Failure:
    outgoing: dict[str, Any] = {"channel": Channel.SMS, "to": ANNA, "body": "Do zobaczenia", "key": "k", **values}
    async with begin(actor.system(organization.id), write=True) as uow:
        return await sending.queue(uow, Outgoing(**outgoing))


async def written(organization: Organization, **values: Any) -> Message:
    row = await queued(organization, **values)
    assert isinstance(row, Message)
    return row


async def now_of(message: Message) -> Message:
    async with begin(actor.system(message.organization_id)) as uow:
        return await uow.get(Message, message.id)


async def work() -> None:
    """What is due, and what waits for its next try."""
    async with begin(actor.system(), write=True) as uow:
        waiting = (col(Job.state) == JobState.PENDING, col(Job.name) == SendMessage.job_name)
        await uow.execute(sa.update(Job).where(*waiting).values(run_after=uow.now))
    await runner.drain(JOB_HANDLERS)


def bodies(sandbox: Gateway) -> Sequence[str]:
    """What gateways took, the oldest first."""
    return [taken.body for taken in reversed(sandbox.log.newest())]
