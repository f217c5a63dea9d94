"""The job that sends a message, against the sandbox's gateway over real HTTP: once, or not, and why."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database import live
from sekretarka.core.database.jobs import ClaimedJob, Job
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.messages import delivery, gateways, service
from sekretarka.domain.messages.models import (
    Failure,
    Message,
    MessageStatus,
    SmsGateway,
)
from sekretarka.domain.messages.sending import SendMessage
from sekretarka.domain.organizations.models import Organization
from sekretarka.providers.sms import SendingFailed
from sekretarka.sandbox.sms.behavior import Fault
from sekretarka.sandbox.sms.gateway import Gateway
from tests import factories
from tests.support.messages import ANNA, PROVIDERS, bodies, gateway, now_of, work, written


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_message_is_sent_once(organization: Organization, sms_sandbox: Gateway, provider: str) -> None:
    own = await gateway(organization, provider)
    message = await written(organization)
    assert (await written(organization)).id == message.id, "another one of the same key is the same message"
    assert (message.status, message.parts, message.price_amount) == (MessageStatus.PENDING, 1, 16)
    for _ in range(2):
        await work()
    [taken] = sms_sandbox.log.newest()
    assert (taken.client, taken.line, taken.body) == (ANNA, "+48601000333", "Do zobaczenia")
    sent = await now_of(message)
    assert (sent.status, sent.sender) == (MessageStatus.SENT, "+48601000333")
    assert (sent.gateway_id, sent.gateway_message_id) == (own.id, taken.id)
    async with begin(actor.system(organization.id)) as uow:
        told = [event.name for event in await live.since(uow, 0) if event.data.get("id") == str(message.id)]
    assert told == [service.CREATED, service.UPDATED]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("fault", [Fault.RESET, Fault.BROKEN, Fault.THROTTLED])
async def test_lost_answer_loses_and_doubles_nothing(
    organization: Organization, sms_sandbox: Gateway, provider: str, fault: Fault
) -> None:
    await gateway(organization, provider)
    sms_sandbox.behavior.fault, sms_sandbox.behavior.times = fault, 2
    message = await written(organization)
    await work()
    assert (await now_of(message)).status is MessageStatus.PENDING
    assert (await now_of(message)).failure in (Failure.UNAVAILABLE, Failure.RATE_LIMITED)
    for _ in range(3):
        await work()
    assert bodies(sms_sandbox) == ["Do zobaczenia"]
    sent = await now_of(message)
    assert (sent.status, sent.failure) == (MessageStatus.SENT, None)


class Killed(BaseException):
    """As SIGKILL: nothing is caught, nothing is settled."""


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("step", ["decide", "mark", "ask", "answer", "record"])
async def test_end_at_any_step_loses_and_doubles_nothing(
    organization: Organization, sms_sandbox: Gateway, provider: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the transaction that decides, in the one that says who may have it, before the gateway is asked, after it
    answered, and in the transaction that keeps the answer."""
    await gateway(organization, provider)
    message = await written(organization)
    vendor = type(gateways.vendor_of(await gateway_row(message)))
    where, name, is_after = {
        "decide": (delivery, "_to_send", True),
        "mark": (delivery, "_hand_over", True),
        "ask": (vendor, "send", False),
        "answer": (vendor, "send", True),
        "record": (delivery, "_accepted", True),
    }[step]
    own = getattr(where, name)

    async def ends(*args: Any) -> None:
        if is_after:
            await own(*args)
        raise Killed

    job: ClaimedJob[Any] = ClaimedJob(message.id, SendMessage(message_id=message.id), organization.id, 1)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, ends)
        with pytest.raises(Killed):
            await delivery.deliver(job)
    await work()
    assert bodies(sms_sandbox) == ["Do zobaczenia"]
    assert (await now_of(message)).status is MessageStatus.SENT


async def gateway_row(message: Message) -> SmsGateway:
    async with begin(actor.system(message.organization_id)) as uow:
        return (await gateways.usable(uow))[0]


async def test_second_gateway_stands_in_for_one_that_surely_has_nothing(
    organization: Organization, sms_sandbox: Gateway
) -> None:
    """Throttled is surely not taken; a lost answer may be, and then nobody else is asked."""
    first, second = await gateway(organization, "smsapi"), await gateway(organization, "twilio")
    message = await written(organization)
    sms_sandbox.behavior.fault, sms_sandbox.behavior.times = Fault.THROTTLED, 1
    await work()
    assert [taken.vendor for taken in sms_sandbox.log.newest()] == ["twilio"]
    assert (await now_of(message)).gateway_id == second.id
    other = await written(organization, key="k2", body="Jutro")
    sms_sandbox.behavior.fault, sms_sandbox.behavior.times = Fault.RESET, 1
    await work()
    assert ((await now_of(other)).gateway_id, (await now_of(other)).status) == (first.id, MessageStatus.PENDING)
    await work()
    assert bodies(sms_sandbox) == ["Do zobaczenia", "Jutro"]


async def test_refusal_after_a_lost_answer_asks_nobody_else(organization: Organization, sms_sandbox: Gateway) -> None:
    await gateway(organization, "twilio")
    await gateway(organization, "smsapi")
    message = await written(organization)
    for fault in (Fault.RESET, Fault.THROTTLED):
        sms_sandbox.behavior.fault, sms_sandbox.behavior.times = fault, 1
        await work()
    await work()
    assert [taken.vendor for taken in sms_sandbox.log.newest()] == ["twilio"]
    assert (await now_of(message)).status is MessageStatus.SENT


@pytest.mark.parametrize(
    ("fault", "failure"), [(Fault.NO_CREDIT, Failure.NO_CREDIT), (Fault.BAD_SENDER, Failure.SENDER_REJECTED)]
)
async def test_owner_is_told_once_what_is_to_mend(
    organization: Organization, sms_sandbox: Gateway, fault: Fault, failure: Failure
) -> None:
    owner = await factories.member(organization.id)
    await gateway(organization)
    messages = [await written(organization, key=str(number)) for number in range(3)]
    sms_sandbox.behavior.fault = fault
    for _ in range(2):
        await work()
    assert {(await now_of(message)).failure for message in messages} == {failure}
    async with begin(actor.system(organization.id)) as uow:
        assert [row.problem for row in await gateways.usable(uow)] == [failure]
    assert len(await problems_told()) == 1
    assert owner.user_id is not None
    sms_sandbox.behavior.fault = None
    await work()
    assert len(bodies(sms_sandbox)) == 3
    async with begin(actor.system(organization.id)) as uow:
        assert [row.problem for row in await gateways.usable(uow)] == [None]


async def problems_told() -> Sequence[str]:
    async with begin(actor.system()) as uow:
        told = col(Job.key).startswith("sms-gateway:")
        return [str(row.key) for row in await uow.list(select(Job).where(told))]


async def test_message_gives_up_before_its_job_does(organization: Organization, sms_sandbox: Gateway) -> None:
    await gateway(organization)
    message = await written(organization)
    sms_sandbox.behavior.fault = Fault.BROKEN
    job: ClaimedJob[Any] = ClaimedJob(message.id, SendMessage(message_id=message.id), organization.id, 1)
    with pytest.raises(SendingFailed):
        await delivery.deliver(job)
    await delivery.deliver(ClaimedJob(job.id, job.payload, job.organization_id, delivery.TRIES))
    failed = await now_of(message)
    assert (failed.status, failed.failure) == (MessageStatus.FAILED, Failure.UNAVAILABLE)


async def test_landline_that_only_the_vendor_knows_fails_for_good(
    organization: Organization, sms_sandbox: Gateway
) -> None:
    await gateway(organization, "twilio")
    message = await written(organization)
    sms_sandbox.behavior.fault = Fault.LANDLINE
    await work()
    failed = await now_of(message)
    assert (failed.status, failed.failure) == (MessageStatus.FAILED, Failure.LANDLINE)
