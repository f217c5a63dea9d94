"""What a gateway took and could not bring: tried again for a while, once at a time, whatever else is told of it."""

from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.messages import callbacks, delivery, gateways
from sekretarka.domain.messages.delivery import REPORTED_TRIES, Handover
from sekretarka.domain.messages.models import ESCALATION, Failure, Message, MessageKind, MessageStatus, SmsGateway
from sekretarka.domain.organizations.models import Organization
from sekretarka.providers.sms import Progress, StatusReport
from sekretarka.sandbox.sms.behavior import Callbacks, Fault
from sekretarka.sandbox.sms.gateway import Gateway
from tests.support.messages import gateway, now_of, work, written

FULL = {"progress": Progress.FAILED, "failure": Failure.RATE_LIMITED, "temporary": True}
OFF = {**FULL, "failure": Failure.UNREACHABLE}


@pytest.fixture
async def own(organization: Organization, sms_sandbox: Gateway) -> SmsGateway:
    sms_sandbox.behavior.callbacks = Callbacks.NONE
    return await gateway(organization, "twilio")


async def report(own: SmsGateway, message: Message, sid: str | None, **values: Any) -> Message:
    """What the gateway says of a try; the message after it."""
    async with begin(actor.system(own.organization_id), write=True) as uow:
        assert await callbacks._report(uow, own, StatusReport(gateway_id=sid, message_id=message.id, **values))
    return await now_of(message)


async def sent(organization: Organization, **values: Any) -> Message:
    message = await written(organization, **values)
    await work()
    return await now_of(message)


async def test_message_that_could_not_be_brought_is_handed_over_again(
    organization: Organization, own: SmsGateway, sms_sandbox: Gateway
) -> None:
    first = await sent(organization)
    waits = await report(own, first, first.gateway_message_id, **FULL)
    assert (waits.status, waits.failure) == (MessageStatus.PENDING, Failure.RATE_LIMITED)
    for late in (FULL, {"progress": Progress.SENT}):
        waits = await report(own, first, first.gateway_message_id, **late)
        assert (waits.status, waits.reported_failures) == (MessageStatus.PENDING, 1)
    await work()
    second = await now_of(first)
    assert (second.status, second.failure) == (MessageStatus.SENT, None)
    assert second.gateway_message_id != first.gateway_message_id
    assert (await report(own, first, first.gateway_message_id, **FULL)).status is MessageStatus.SENT
    told = await report(own, first, second.gateway_message_id, progress=Progress.DELIVERED)
    assert told.status is MessageStatus.DELIVERED
    assert (await report(own, first, second.gateway_message_id, **FULL)).status is MessageStatus.DELIVERED
    await work()
    assert len(sms_sandbox.log.newest()) == 2


@pytest.mark.parametrize(("failing", "tries"), [(FULL, REPORTED_TRIES), (OFF, 1)])
async def test_it_is_over_after_some_tries(
    organization: Organization, own: SmsGateway, sms_sandbox: Gateway, failing: dict[str, Any], tries: int
) -> None:
    message = await sent(organization)
    for _ in range(tries + 1):
        assert message.status is MessageStatus.SENT
        message = await report(own, message, message.gateway_message_id, **failing)
        await work()
        message = await now_of(message)
    assert (message.status, message.failure) == (MessageStatus.FAILED, failing["failure"])
    assert len(sms_sandbox.log.newest()) == tries + 1


async def test_what_will_not_help_is_final(organization: Organization, own: SmsGateway) -> None:
    message = await sent(organization)
    final = await report(own, message, message.gateway_message_id, progress=Progress.FAILED, failure=Failure.BLOCKED)
    assert final.status is MessageStatus.FAILED
    internal = await sent(organization, key="k2", kind=MessageKind.INTERNAL, template=ESCALATION)
    assert (await report(own, internal, internal.gateway_message_id, **FULL)).status is MessageStatus.FAILED


async def test_report_before_the_answer_is_not_lost(organization: Organization, own: SmsGateway) -> None:
    message = await sent(organization)
    sid = message.gateway_message_id
    scope = actor.system(organization.id)
    async with begin(scope, write=True) as uow:  # as while the gateway is asked
        row = await uow.get(Message, message.id, lock=True)
        row.status, row.gateway_message_id = MessageStatus.PENDING, None
    assert (await report(own, message, sid, **FULL)).status is MessageStatus.PENDING
    async with begin(scope, write=True) as uow:
        sms = delivery._sms(message, "", own, None)
        await delivery._accepted(uow, message.id, Handover(own.id, gateways.vendor_of(own), sms), sid)
    assert ((await now_of(message)).status, (await now_of(message)).reported_failures) == (MessageStatus.PENDING, 1)
    await work()
    again = await now_of(message)
    assert again.status is MessageStatus.SENT
    assert again.gateway_message_id not in (None, sid)


async def test_lost_answer_of_the_second_try_doubles_nothing(
    organization: Organization, own: SmsGateway, sms_sandbox: Gateway
) -> None:
    """The first try's message, which failed, is not taken for it."""
    message = await sent(organization)
    assert message.gateway_message_id
    sms_sandbox.log.set_status(message.gateway_message_id, "undelivered")
    await report(own, message, message.gateway_message_id, **FULL)
    sms_sandbox.behavior.fault, sms_sandbox.behavior.times = Fault.RESET, 1
    for _ in range(3):
        await work()
    second = await now_of(message)
    assert second.status is MessageStatus.SENT
    assert [taken.id for taken in sms_sandbox.log.newest()] == [second.gateway_message_id, message.gateway_message_id]
