"""What is decided at the moment of sending: whether a message may leave, when, and as whose."""

import asyncio
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import live
from sekretarka.core.database.jobs import ClaimedJob, Job, JobState
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import InvalidStateTransition, NotFound
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import statuses
from sekretarka.domain.appointments.models import Appointment, Status
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.schemas import ClientPatch
from sekretarka.domain.messages import delivery, gateways, sending, service
from sekretarka.domain.messages.gateway_schemas import SmsGatewayPatch
from sekretarka.domain.messages.models import (
    Channel,
    Failure,
    Message,
    MessageKind,
    MessageStatus,
    SenderNameStatus,
)
from sekretarka.domain.messages.sending import SendMessage
from sekretarka.domain.organizations.models import Organization
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from sekretarka.sandbox.sms.gateway import Gateway
from tests.support import bookings
from tests.support.messages import ANNA, AWAKE, bodies, gateway, now_of, queued, work, written


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
    async with begin(actor.client(organization.id), write=True) as uow:  # who is not told of it
        if change == "cancelled":
            await statuses.cancel(uow, appointment_id)
        else:
            (await uow.get(Appointment, appointment_id)).scheduled_at += timedelta(hours=1)
    await work()
    assert {(await now_of(row)).failure for row in (message, stale)} == {Failure.OUTDATED}
    assert bodies(sms_sandbox) == []


@pytest.mark.parametrize(
    ("template", "status", "hours", "failure"),
    [
        ("confirmation", Status.SCHEDULED, 24, None),
        ("confirmation", Status.SCHEDULED, -1, Failure.OUTDATED),
        ("cancellation", Status.CANCELLED, -1, Failure.OUTDATED),
        ("reminder_day", Status.SCHEDULED, 24, None),
        ("reminder_day", Status.CONFIRMED, 24, Failure.OUTDATED),
        ("reminder_hours", Status.CONFIRMED, 24, None),
        (None, Status.COMPLETED, -24, None),  # what somebody writes about it afterwards
    ],
)
async def test_what_an_appointment_makes_untrue_is_not_sent(
    organization: Organization, template: str | None, status: Status, hours: int, failure: Failure | None
) -> None:
    await gateway(organization)
    async with begin(actor.system(organization.id), write=True) as uow:
        row = await uow.get(Appointment, (await bookings.add(uow))["appointment"])
        row.status, row.scheduled_at = status, uow.now + timedelta(hours=hours)
        time = None if template in (None, "cancellation") else row.scheduled_at
    message = await written(organization, template=template, appointment_id=row.id, appointment_time=time)
    await work()
    assert (await now_of(message)).failure is failure


async def test_stop_holds_for_the_number_that_wrote_it(organization: Organization, sms_sandbox: Gateway) -> None:
    """An appointment keeps the number it was booked with, whatever number its client has by now."""
    await gateway(organization)
    message = await written(organization)
    async with begin(actor.system(organization.id), write=True) as uow:
        await clients.update(uow, message.client_id or message.id, ClientPatch(phone="+48601000777"))
        wrote = await clients.get_or_create_by_phone(uow, ANNA)
        await clients.set_opted_out(uow, wrote.id, is_out=True)
    await work()
    assert ((await now_of(message)).failure, bodies(sms_sandbox)) == (Failure.OPTED_OUT, [])


async def test_gateway_without_an_approved_sender_is_passed_over(
    organization: Organization, sms_sandbox: Gateway
) -> None:
    first = await gateway(organization, number=None, sender_name="Lawenda")
    message = await written(organization)
    await work()
    assert (await now_of(message)).failure is Failure.SENDER_REJECTED
    second = await gateway(organization, "twilio")
    await written(organization, key="k2")
    await work()
    assert [taken.vendor for taken in sms_sandbox.log.newest()] == ["twilio"]
    async with begin(actor.system(organization.id), write=True) as uow:
        await gateways.remove(uow, first.id)
        assert gateways.view(await gateways.get(uow, second.id)).first


async def time_of(organization: Organization, appointment_id: UUID) -> Any:
    async with begin(actor.system(organization.id)) as uow:
        return (await uow.get(Appointment, appointment_id)).scheduled_at


async def test_quiet_hours_put_it_off_until_they_end(organization: Organization, sms_sandbox: Gateway) -> None:
    """Whatever the time is now, it is quiet for the next hour or two."""
    zone = clock.zone(organization.timezone)
    now = clock.now().astimezone(zone)
    until = (now + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    await rules(organization, quietFrom=f"{now:%H}:00", quietTo=f"{until:%H}:00")
    until = until.astimezone(UTC)
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
async def test_limits_of_the_day_hold_for_messages_at_once(
    organization: Organization, sms_sandbox: Gateway, rule: str, sent: int
) -> None:
    await rules(organization, **{rule: sent})
    await gateway(organization)
    messages = [await written(organization, key=str(number)) for number in range(5)]
    jobs: list[ClaimedJob[Any]] = [
        ClaimedJob(message.id, SendMessage(message_id=message.id), organization.id, 1) for message in messages
    ]
    await asyncio.gather(*map(delivery.deliver, jobs))
    assert len(bodies(sms_sandbox)) == sent
    failures = [(await now_of(message)).failure for message in messages]
    assert sorted(map(str, failures)) == sorted([str(None)] * sent + [Failure.DAILY_LIMIT.value] * (5 - sent))


async def rules(organization: Organization, **values: Any) -> None:
    async with begin(actor.system(organization.id), write=True) as uow:
        changed = sa.update(Organization).where(col(Organization.id) == organization.id)
        await uow.execute(changed.values(messaging={**AWAKE, **values}))


async def test_scheduled_message_can_be_withdrawn(organization: Organization, sms_sandbox: Gateway) -> None:
    await gateway(organization)
    message = await written(organization, at=clock.now() + timedelta(hours=1))
    for _ in range(2):
        async with begin(actor.system(organization.id), write=True) as uow:
            withdrawn = await sending.withdraw(uow, message.id)
        assert (withdrawn.status, withdrawn.failure) == (MessageStatus.FAILED, Failure.WITHDRAWN)
    await work()
    assert bodies(sms_sandbox) == []
    sent = await written(organization, key="k2")
    await work()
    async with begin(actor.system(organization.id), write=True) as uow:
        with pytest.raises(InvalidStateTransition):
            await sending.withdraw(uow, sent.id)


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
        mail = await delivery._mail(uow, await uow.get(Message, message.id))
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
