"""The job that sends a message, against the sandbox's gateway over real HTTP: once, or not, and why."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database import engine, live
from sekretarka.core.database.jobs import ClaimedJob, Job, JobState
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import NotFound
from sekretarka.core.runtime import clock
from sekretarka.domain import event_handlers
from sekretarka.domain.appointments import statuses
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients import service as clients
from sekretarka.domain.messages import delivery, gateways, sending, service
from sekretarka.domain.messages.gateway_schemas import SmsGatewayPatch
from sekretarka.domain.messages.models import (
    Channel,
    Failure,
    Message,
    MessageKind,
    MessageStatus,
    SenderNameStatus,
    SmsGateway,
)
from sekretarka.domain.messages.sending import Outgoing, SendMessage
from sekretarka.domain.organizations import defaults
from sekretarka.domain.organizations.models import Organization
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.providers.sms import SendingFailed
from sekretarka.sandbox.sms.behavior import Fault
from sekretarka.sandbox.sms.gateway import Gateway
from tests import factories
from tests.support import bookings
from tests.support.sms_gateways import CREDENTIALS

ANNA = "+48601000111"
AWAKE = {**defaults.messaging(), "quietFrom": "00:00", "quietTo": "00:00"}
PROVIDERS = ("smsapi", "twilio")


@pytest.fixture
async def organization(database: engine.Database, sms_sandbox: Gateway) -> Organization:
    event_handlers.register()
    return await factories.organization(messaging=AWAKE)


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


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"to": "+48221000200"}, Failure.LANDLINE),
        ({"to": "+447400123456"}, Failure.COUNTRY_NOT_ALLOWED),
        ({"to": "+48700200100"}, Failure.BLOCKED),
        ({"kind": MessageKind.COMMERCIAL}, Failure.NO_CONSENT),
        ({"channel": Channel.EMAIL, "to": "anna@poczta.example"}, Failure.NO_GATEWAY),
    ],
)
async def test_what_would_not_be_sent_is_not_written(
    organization: Organization, values: dict[str, Any], refusal: Failure
) -> None:
    await gateway(organization)
    assert await queued(organization, **values) is refusal


async def test_nothing_is_written_without_a_gateway(organization: Organization) -> None:
    assert await queued(organization) is Failure.NO_GATEWAY


async def test_stop_holds_for_what_is_queued_already(organization: Organization, sms_sandbox: Gateway) -> None:
    await gateway(organization)
    message = await written(organization)
    assert message.client_id is not None
    async with begin(actor.system(organization.id), write=True) as uow:
        await clients.set_opted_out(uow, message.client_id, is_out=True)
    await work()
    failed = await now_of(message)
    assert (failed.status, failed.failure, bodies(sms_sandbox)) == (MessageStatus.FAILED, Failure.OPTED_OUT, [])
    assert await queued(organization, key="k2") is Failure.OPTED_OUT


@pytest.mark.parametrize("change", ["moved", "cancelled"])
async def test_text_about_a_time_that_is_no_more_is_not_sent(
    organization: Organization, sms_sandbox: Gateway, change: str
) -> None:
    await gateway(organization)
    async with begin(actor.system(organization.id), write=True) as uow:
        appointment_id = (await bookings.add(uow))["appointment"]
    time = await time_of(organization, appointment_id)
    about = {"appointment_id": appointment_id, "appointment_time": time}
    message = await written(organization, **about)
    stale = await written(organization, key="k2", appointment_id=appointment_id, appointment_time=time + timedelta(1))
    async with begin(actor.system(organization.id), write=True) as uow:
        if change == "cancelled":
            await statuses.cancel(uow, appointment_id)
        else:
            (await uow.get(Appointment, appointment_id)).scheduled_at += timedelta(hours=1)
    await work()
    assert {(await now_of(row)).failure for row in (message, stale)} == {Failure.OUTDATED}
    assert bodies(sms_sandbox) == []


async def time_of(organization: Organization, appointment_id: UUID) -> Any:
    async with begin(actor.system(organization.id)) as uow:
        return (await uow.get(Appointment, appointment_id)).scheduled_at


async def test_quiet_hours_put_it_off_until_they_end(organization: Organization, sms_sandbox: Gateway) -> None:
    """Whatever the time is now, it is quiet for the next hour or two."""
    zone = clock.zone(organization.timezone)
    now = clock.now().astimezone(zone)
    until = (now + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    await rules(organization, quietFrom=f"{now:%H}:00", quietTo=f"{until:%H}:00")
    await gateway(organization)
    message = await written(organization)
    await runner.drain(JOB_HANDLERS)
    waits = await now_of(message)
    assert (waits.status, waits.occurred_at, bodies(sms_sandbox)) == (MessageStatus.PENDING, until, [])
    async with begin(actor.system()) as uow:
        mine = sa.select(col(Job.run_after)).where(
            col(Job.state) == JobState.PENDING, col(Job.name) == SendMessage.job_name
        )
        assert list((await uow.execute(mine)).scalars()) == [until]


@pytest.mark.parametrize(("rule", "sent"), [("dailyLimit", 3), ("dailyLimitPerNumber", 2)])
async def test_limits_of_the_day_hold(organization: Organization, sms_sandbox: Gateway, rule: str, sent: int) -> None:
    await rules(organization, **{rule: sent})
    await gateway(organization)
    messages = [await written(organization, key=str(number)) for number in range(5)]
    await work()
    assert len(bodies(sms_sandbox)) == sent
    failures = [(await now_of(message)).failure for message in messages]
    assert sorted(map(str, failures)) == sorted([str(None)] * sent + [Failure.DAILY_LIMIT.value] * (5 - sent))


async def rules(organization: Organization, **values: Any) -> None:
    async with begin(actor.system(organization.id), write=True) as uow:
        changed = sa.update(Organization).where(col(Organization.id) == organization.id)
        await uow.execute(changed.values(messaging={**AWAKE, **values}))


async def test_name_stands_for_the_number_unless_an_answer_is_asked_for(
    organization: Organization, sms_sandbox: Gateway
) -> None:
    own = await gateway(organization, sender_name="Lawenda")
    await written(organization, key="before")
    await work()
    async with begin(actor.system(organization.id), write=True) as uow:
        await gateways.update(uow, own.id, SmsGatewayPatch(sender_name_status=SenderNameStatus.APPROVED))
    await written(organization, key="after")
    await work()
    async with begin(actor.system(organization.id), write=True) as uow:
        appointment_id = (await bookings.add(uow))["appointment"]
    about = {"appointment_id": appointment_id, "appointment_time": await time_of(organization, appointment_id)}
    await written(organization, key="asks", template="confirmation", **about)
    await work()
    lines = [taken.line for taken in reversed(sms_sandbox.log.newest())]
    assert lines == ["+48601000333", "Lawenda", "+48601000333"]


async def test_email_goes_out_in_the_organizations_name(organization: Organization, configure: Any) -> None:
    configure(smtp_url="smtp://127.0.0.1:9")
    message = await written(
        organization, channel=Channel.EMAIL, to="anna@poczta.example", subject="Wizyta", body="<b>Jutro</b>"
    )
    async with begin(actor.system(organization.id), write=True) as uow:
        mail = await delivery._mail(uow, await uow.get(Message, message.id), SendMessage(message_id=message.id))
    assert (mail.key, mail.to, mail.subject, mail.sender_name) == (
        str(message.id),
        "anna@poczta.example",
        "Wizyta",
        "Studio Lawenda",
    )
    assert "&lt;b&gt;Jutro" in mail.html
    await work()
    waits = await now_of(message)
    assert (waits.status, waits.failure) == (MessageStatus.PENDING, Failure.UNAVAILABLE)


async def test_internal_message_is_shown_to_nobody_among_clients(
    organization: Organization, sms_sandbox: Gateway
) -> None:
    await gateway(organization)
    message = await written(organization, kind=MessageKind.INTERNAL)
    await work()
    assert bodies(sms_sandbox) == ["Do zobaczenia"]
    assert message.client_id is None
    async with begin(actor.system(organization.id)) as uow:
        assert [event.name for event in await live.since(uow, 0) if "message" in event.name] == []
        with pytest.raises(NotFound):
            await service.get(uow, message.id)
