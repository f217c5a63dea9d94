"""The job that sends one message: decide, hand over, keep what came of it; each step in a transaction of its own.

Before a gateway is handed a message, the row says so. Whoever finds that after a crash or a lost answer asks the same
gateway again, which knows it by its id or is asked for it first (`providers/sms.py`): nothing is lost, and doubled only
where a vendor has no way to ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import language as known_language
from sekretarka.domain.accounts import email_templates
from sekretarka.domain.appointments import ical_export
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.messages import gateways, policy, service, threads
from sekretarka.domain.messages.events import MessageArrived, MessageFailed
from sekretarka.domain.messages.models import (
    ESCALATION,
    RANKS,
    Channel,
    Failure,
    Message,
    MessageKind,
    MessageStatus,
    SmsGateway,
    link_in,
)
from sekretarka.domain.messages.sending import SendMessage
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.providers import registry
from sekretarka.providers.errors import ProviderError
from sekretarka.providers.ports import Mail
from sekretarka.providers.sms import ACCOUNT_FAILURES, SendingFailed, Sms
from sekretarka.providers.sms import SmsGateway as Vendor

# Fewer than a job has (`jobs/queue.py`), so that it is the message that fails, for the owner to see; over 40 minutes.
TRIES = 10
# What a gateway took and could not bring is handed over again over as long; a telephone that is off once.
REPORTED_TRIES, FIRST_WAIT = 5, timedelta(minutes=1, seconds=20)


@dataclass(frozen=True)
class Handover:
    """A message that a gateway may have from now on."""

    gateway_id: UUID
    vendor: Vendor
    sms: Sms

    def is_surely_free(self, error: SendingFailed) -> bool:
        """Whether the gateway has the message neither from this try nor from an earlier one."""
        return not error.uncertain and self.sms.first_tried_at is None


async def deliver(job: ClaimedJob[SendMessage]) -> None:
    """Send a pending message; `ProviderError` when it has to be tried again. A message that must wait for the morning
    gets another job."""
    is_last = job.attempt >= TRIES
    scope = actor.system(job.organization_id)
    async with begin(scope, write=True) as uow:  # one transaction, so that the day's limits hold
        message = await _to_send(uow, job.payload)
        mail = await _mail(uow, message) if message and message.channel is Channel.EMAIL else None
        handover = await _hand_over(uow, message, []) if message and mail is None else None
    if message is not None and mail is not None:
        await _send_mail(scope, message.id, mail, is_last=is_last)
    tried: list[UUID] = []
    while message is not None and handover is not None:
        tried.append(handover.gateway_id)
        try:
            name = await handover.vendor.send(handover.sms)
        except SendingFailed as error:
            async with begin(scope, write=True) as uow:
                row = await uow.get(Message, message.id, lock=True)
                handover = await _refused(uow, row, handover, error, tried)
                if handover is None and (is_last or not error.temporary):
                    await fail(uow, row, error.failure)
                is_pending = row.status is MessageStatus.PENDING
            if handover is None and is_pending:
                raise
        else:
            async with begin(scope, write=True) as uow:
                await _accepted(uow, message.id, handover, name)
            return


async def _to_send(uow: UnitOfWork, payload: SendMessage) -> Message | None:
    """The message, if it may be sent now; one that may not is failed or postponed."""
    message = await uow.get(Message, payload.message_id, lock=True)
    if message.status is not MessageStatus.PENDING:
        return None
    organization = await days.current_organization(uow)
    about = await uow.get(Appointment, message.appointment_id) if message.appointment_id else None
    refused = await policy.refusal(uow, message, about)
    if refused is not None:
        await fail(uow, message, refused)
        return None
    until = policy.postponed_until(message, about, organization, uow.now)
    if until is not None:
        message.occurred_at = until
        service.notify(uow, service.UPDATED, uow.bump_version(message))
        await uow.enqueue(payload, run_after=until, key=f"message:{message.id}:{until.isoformat()}")
        return None
    if message.first_tried_at is None and await policy.is_over_limit(uow, message, organization):
        await fail(uow, message, Failure.DAILY_LIMIT)
        return None
    return message


async def _hand_over(uow: UnitOfWork, message: Message, tried: Sequence[UUID]) -> Handover | None:
    """Write that a gateway is about to get the message: the one that may have it already, else the first that is left.
    None when there is none, which fails it unless some were tried."""
    if message.gateway_id is not None and message.first_tried_at is not None:
        gateway = await uow.get(SmsGateway, message.gateway_id)
    else:
        usable = await gateways.usable(uow)
        left = [row for row in usable if row.id not in tried and gateways.sender_of(row, asks=message.asks)]
        if message.asks:  # what can be answered before what cannot
            left.sort(key=lambda row: row.number is None)
        if not left:
            if not tried:
                await fail(uow, message, Failure.SENDER_REJECTED if usable else Failure.NO_GATEWAY)
            return None
        gateway = left[0]
    sender = gateways.sender_of(gateway, asks=message.asks) or message.sender or ""
    tried_at, message.first_tried_at = message.first_tried_at, message.first_tried_at or uow.now
    message.gateway_id, message.sender, message.occurred_at = gateway.id, sender, uow.now
    await threads.follow(uow, uow.bump_version(message))
    return Handover(gateway.id, gateways.vendor_of(gateway), _sms(message, sender, gateway, tried_at))


def _sms(message: Message, sender: str, gateway: SmsGateway, tried_at: datetime | None) -> Sms:
    path = gateways.callback_path(gateway.provider, gateway.callback_id)
    return Sms(
        id=message.id,
        to=message.recipient or "",
        sender=sender,
        body=message.body,
        callback_url=f"{settings.base_url.rstrip('/')}{path}",
        first_tried_at=tried_at,
    )


async def _accepted(uow: UnitOfWork, message_id: UUID, handover: Handover, name: str | None) -> None:
    message = await uow.get(Message, message_id, lock=True)
    reported, message.gateway_message_id = message.gateway_message_id, name or message.gateway_message_id
    failure = message.failure if reported is not None and reported == name else None
    if message.status is MessageStatus.PENDING and failure is not None:  # its report was faster
        if not await _again(uow, message, failure):
            await fail(uow, message, failure)
        return
    await advance(uow, message, MessageStatus.SENT)
    await gateways.note_problem(uow, handover.gateway_id, None)


async def _refused(
    uow: UnitOfWork, message: Message, handover: Handover, error: SendingFailed, tried: Sequence[UUID]
) -> Handover | None:
    """Keep why a gateway did not take it; the next gateway, if this one surely has nothing and there is one."""
    if error.failure in ACCOUNT_FAILURES:
        await gateways.note_problem(uow, handover.gateway_id, error.failure)
    if message.status is not MessageStatus.PENDING:
        return None
    _still_pending(uow, message, error.failure)
    if not handover.is_surely_free(error):
        return None
    message.gateway_id = message.first_tried_at = None
    return await _hand_over(uow, message, tried) if error.temporary else None


def _still_pending(uow: UnitOfWork, message: Message, failure: Failure) -> None:
    if message.failure is not failure:
        message.failure = failure
        service.notify(uow, service.UPDATED, message)
    uow.bump_version(message)


async def try_again(uow: UnitOfWork, message: Message, failure: Failure) -> bool:
    """Have a message handed over once more that its gateway took and could not bring now; False when it is over: it was
    tried often enough, or is for one of several users, of whom the next is told."""
    if message.template == ESCALATION:
        return False
    if message.status is MessageStatus.PENDING:  # whoever is handing it over finds the failure, and goes on
        _still_pending(uow, message, failure)
        return True
    return message.status is MessageStatus.SENT and await _again(uow, message, failure)


async def _again(uow: UnitOfWork, message: Message, failure: Failure) -> bool:
    tries = 1 if failure is Failure.UNREACHABLE else REPORTED_TRIES
    if message.reported_failures >= tries:
        return False
    message.reported_failures += 1
    message.status, message.failure, message.first_tried_at = MessageStatus.PENDING, failure, None
    service.notify(uow, service.UPDATED, uow.bump_version(message))
    wait = FIRST_WAIT * 2 ** (message.reported_failures - 1)
    key = f"message:{message.id}:{message.reported_failures}"
    await uow.enqueue(SendMessage(message_id=message.id), run_after=uow.now + wait, key=key)
    return True


async def fail(uow: UnitOfWork, message: Message, failure: Failure) -> None:
    """Say for good why a message did not arrive; nothing changes for one that did."""
    if RANKS[message.status] >= RANKS[MessageStatus.FAILED]:
        return
    message.status, message.failure = MessageStatus.FAILED, failure
    message.occurred_at = min(message.occurred_at, uow.now)
    service.notify(uow, service.UPDATED, uow.bump_version(message))
    await threads.follow(uow, message)
    if failure is Failure.OPTED_OUT and message.client_id is not None:
        await clients.set_opted_out(uow, message.client_id, is_out=True)
    await uow.dispatch(MessageFailed(message.id))


async def advance(uow: UnitOfWork, message: Message, status: MessageStatus) -> None:
    """Move a message on; a status that is behind the present one changes nothing, in whatever order they come."""
    uow.bump_version(message)
    if RANKS[status] <= RANKS[message.status]:
        return
    message.status, message.failure = status, None
    service.notify(uow, service.UPDATED, message)
    is_there = status is MessageStatus.DELIVERED or message.channel is Channel.EMAIL
    if is_there and message.kind is not MessageKind.INTERNAL:
        await uow.dispatch(MessageArrived(message.id))


async def _send_mail(scope: actor.Actor, message_id: UUID, mail: Mail, *, is_last: bool) -> None:
    try:
        await registry.mailer().send(mail)
    except ProviderError as error:
        failure = Failure.UNAVAILABLE if error.temporary else Failure.REJECTED
        async with begin(scope, write=True) as uow:
            message = await uow.get(Message, message_id, lock=True)
            if is_last or not error.temporary:
                await fail(uow, message, failure)
                return
            _still_pending(uow, message, failure)
        raise
    async with begin(scope, write=True) as uow:
        await advance(uow, await uow.get(Message, message_id, lock=True), MessageStatus.SENT)


async def _mail(uow: UnitOfWork, message: Message) -> Mail:
    """What a template says of an appointment comes with that for the client's calendar, and its link as a button."""
    organization: Organization = await days.current_organization(uow)
    client = await uow.get(Client, message.client_id) if message.client_id else None
    subject, sender = _one_line(message.subject or organization.name), _one_line(organization.name)
    language = known_language(client.language if client else None)
    message.sender = settings.mail_from[:320]
    message.first_tried_at, message.occurred_at = message.first_tried_at or uow.now, uow.now
    await threads.follow(uow, uow.bump_version(message))
    about = message.appointment_id if message.template is not None else None
    link = link_in(message.body) if about else ""
    calendar = (await ical_export.export_appointment(uow, about)).decode() if about else None
    return Mail(
        key=str(message.id),
        to=message.recipient or "",
        subject=subject,
        text=message.body,
        html=email_templates.client_email(language, sender, subject, message.body, link),
        sender_name=sender,
        reply_to=organization.email,
        calendar=calendar,
    )


def _one_line(text: str) -> str:
    """For a header."""
    return " ".join(text.split())
