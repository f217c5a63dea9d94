"""Messages that we send: written with their job in the transaction that asks for them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.jobs import JobPayload, Lane
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Conflict, Invalid, InvalidStateTransition
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone, search_text, sms
from sekretarka.core.text.phone import InvalidPhone
from sekretarka.core.web.money import Money
from sekretarka.domain.accounts.fields import email_of
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.messages import gateways, policy, service, threads
from sekretarka.domain.messages.events import MessageWritten
from sekretarka.domain.messages.models import (
    Channel,
    Direction,
    Failure,
    Message,
    MessageKind,
    MessageStatus,
    without_link_tokens,
)
from sekretarka.domain.messages.schemas import (
    MAX_SMS,
    MessagePreview,
    MessagePreviewView,
    MessageSend,
    TextSize,
)
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization

FURTHEST = timedelta(days=366)
# What is wrong with the number itself, not with what was agreed with its owner.
OF_THE_NUMBER = (Failure.INVALID_RECIPIENT, Failure.LANDLINE, Failure.BLOCKED, Failure.COUNTRY_NOT_ALLOWED)


class CannotSend(Conflict):
    """A message that would not be sent is not taken; `details.reason` is the `Failure`."""

    code, message = "CANNOT_SEND", "This message would not be sent"


class SendMessage(JobPayload):
    """The job that sends a pending message."""

    job_name = "messages.send"
    lane = Lane.MESSAGES

    message_id: UUID


class SendUrgentMessage(SendMessage):
    """The same for what cannot wait behind other messages of the organization."""

    job_name = "messages.send_urgent"
    lane = Lane.URGENT


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent at `at` (None: now) to a number (E.164) or address. `key`, at most 200 characters, makes
    repeats one message. With `appointment_time` it is sent only while the appointment is open and at that time."""

    channel: Channel
    to: str
    body: str
    key: str
    subject: str | None = None
    kind: MessageKind = MessageKind.SERVICE
    template: str | None = None
    client_id: UUID | None = None
    conversation_id: UUID | None = None
    appointment_id: UUID | None = None
    appointment_time: datetime | None = None
    at: datetime | None = None
    is_urgent: bool = False


async def queue(uow: UnitOfWork, outgoing: Outgoing) -> Message | Failure:
    """Write a pending message and the job that sends it; the one that is there for another one of the same key. Why it
    would not be sent when that is known already: then nothing is written.

    It is for the organization's own work and asks for no permission.
    """
    organization = await days.current_organization(uow)
    client = await uow.get(Client, outgoing.client_id) if outgoing.client_id else await _client_of(uow, outgoing)
    refused = await _refusal(uow, outgoing, organization, client)
    if refused is not None:
        return refused
    size = sms.size(outgoing.body) if outgoing.channel is Channel.SMS else None
    price = await _part_price(uow) if size else None
    key = _source_key(outgoing.key)
    texts = (outgoing.to, outgoing.subject, without_link_tokens(outgoing.body))
    fresh = Message(
        id=new_id(),
        organization_id=uow.organization_id,
        created_at=uow.now,
        updated_at=uow.now,
        channel=outgoing.channel,
        direction=Direction.OUTBOUND,
        status=MessageStatus.PENDING,
        client_id=client.id if client else None,
        conversation_id=outgoing.conversation_id,
        recipient=outgoing.to,
        subject=outgoing.subject,
        body=outgoing.body,
        occurred_at=outgoing.at or uow.now,
        source_key=key,
        search=search_text.searchable("\n".join(filter(None, texts))),
        kind=outgoing.kind,
        template=outgoing.template,
        appointment_id=outgoing.appointment_id,
        appointment_time=outgoing.appointment_time,
        author_id=uow.actor.user_id,
        parts=size.parts if size else None,
        price_amount=price * size.parts if size and price else None,
        price_currency=organization.currency if price else None,
    )
    same = uow.select(Message).where(Message.source_key == key)
    row, created = await uow.get_or_insert(lambda: uow.one_or_none(same), fresh, ("organization_id", "source_key"))
    if created:
        kind = SendUrgentMessage if outgoing.is_urgent else SendMessage
        await uow.enqueue(kind(message_id=row.id), run_after=outgoing.at, key=f"message:{row.id}")
        await threads.follow(uow, row)
        service.notify(uow, service.CREATED, row)
    return row


def _source_key(key: str) -> str:
    return hashlib.sha256(f"send:{key}".encode()).hexdigest()


def is_retry_of(message: Message, failed_id: UUID) -> bool:
    """Whether a message is another one sent anew (`retry`)."""
    return message.source_key == _source_key(f"retry:{failed_id}")


async def prepare(uow: UnitOfWork, data: MessageSend) -> Outgoing:
    """What a person or a program wants to send, without the text of a template. `Invalid` for an address that cannot be
    or an SMS of more than `MAX_SMS` characters."""
    uow.require(Permission.MESSAGES_WRITE)
    appointment = await _appointment_of(uow, data.appointment_id)
    at = data.scheduled_for
    if at is not None and not uow.now < at <= uow.now + FURTHEST:
        raise Invalid.field(["body", "scheduledFor"], "out_of_range", "The time must be within the next year")
    body = data.body or ""
    if data.channel is Channel.SMS and len(body) > MAX_SMS:
        raise Invalid.field(["body", "body"], "string_too_long", f"An SMS has at most {MAX_SMS} characters")
    return Outgoing(
        channel=data.channel,
        to=_address(data),
        body=body,
        key=str(new_id()),
        subject=" ".join((data.subject or "").split()) or None if data.channel is Channel.EMAIL else None,
        kind=data.kind,
        client_id=appointment.client_id if appointment and _is_theirs(data, appointment) else None,
        appointment_id=data.appointment_id,
        at=at,
    )


async def retry(uow: UnitOfWork, message_id: UUID) -> Message:
    """Send a failed message of ours anew, as another message; repeating it gives the same one. `NotFound`,
    `InvalidStateTransition` for one that did not fail, `CannotSend`."""
    uow.require(Permission.MESSAGES_WRITE)
    row = await service.get(uow, message_id, lock=True)
    if row.status is not MessageStatus.FAILED or row.channel not in (Channel.SMS, Channel.EMAIL) or not row.recipient:
        raise InvalidStateTransition.between(row.status, MessageStatus.PENDING)
    again = Outgoing(
        channel=row.channel,
        to=row.recipient,
        body=row.body,
        key=f"retry:{row.id}",
        subject=row.subject,
        kind=row.kind,
        template=row.template,
        client_id=row.client_id,
        conversation_id=row.conversation_id,
        appointment_id=row.appointment_id,
        appointment_time=row.appointment_time,
    )
    return _taken(await queue(uow, again))


async def withdraw(uow: UnitOfWork, message_id: UUID) -> Message:
    """Take back a message that waits; repeating it changes nothing. `NotFound`; `InvalidStateTransition` once a gateway
    may have it."""
    uow.require(Permission.MESSAGES_WRITE)
    row = await service.get(uow, message_id, lock=True)
    if row.failure is Failure.WITHDRAWN:
        return row
    if row.status is not MessageStatus.PENDING or row.first_tried_at is not None:
        raise InvalidStateTransition.between(row.status, MessageStatus.FAILED)
    _withdraw(uow, row)
    return row


async def take_back(uow: UnitOfWork, message_ids: Sequence[UUID]) -> None:
    """Withdraw those of the messages that no gateway may have yet; one that is being handed over now is left alone."""
    waiting = uow.select(Message).where(
        col(Message.id).in_(message_ids),
        Message.status == MessageStatus.PENDING,
        col(Message.first_tried_at).is_(None),
    )
    for row in await uow.list(waiting.with_for_update(skip_locked=True)):
        _withdraw(uow, row)


def _withdraw(uow: UnitOfWork, row: Message) -> None:
    row.status, row.failure, row.occurred_at = MessageStatus.FAILED, Failure.WITHDRAWN, uow.now
    service.notify(uow, service.UPDATED, uow.bump_version(row))


async def reach(uow: UnitOfWork, client: Client) -> dict[Channel, tuple[str, Failure | None]]:
    """By channel, where a client can be written to, and why such a message would be refused, or None."""
    uow.require(Permission.MESSAGES_READ)
    organization = await days.current_organization(uow)
    ways: dict[Channel, tuple[str, Failure | None]] = {}
    for channel, to in ((Channel.SMS, client.phone), (Channel.EMAIL, client.email)):
        if to:
            ways[channel] = (to, await _refusal(uow, Outgoing(channel, to, "", ""), organization, client))
    return ways


async def preview(uow: UnitOfWork, data: MessagePreview) -> MessagePreviewView:
    """What a text takes and costs, and what it would without Polish letters."""
    uow.require(Permission.MESSAGES_READ)
    if data.channel is not Channel.SMS:
        return MessagePreviewView(size=None, plain=None)
    price, currency = await _part_price(uow), (await days.current_organization(uow)).currency
    size = _size(data.body, price, currency)
    plain = _size(sms.without_diacritics(data.body), price, currency)
    return MessagePreviewView(size=size, plain=plain if plain.parts < size.parts else None)


def _size(body: str, price: int | None, currency: str) -> TextSize:
    size = sms.size(body)
    cost = Money(amount=price * size.parts, currency=currency) if price else None
    return TextSize(body=body, encoding=size.encoding, units=size.units, parts=size.parts, left=size.left, price=cost)


async def _part_price(uow: UnitOfWork) -> int | None:
    """What a part costs with the gateway that is used first; None when nobody said."""
    rows = await gateways.usable(uow)
    return rows[0].part_price or None if rows else None


async def _refusal(
    uow: UnitOfWork, outgoing: Outgoing, organization: Organization, client: Client | None
) -> Failure | None:
    if outgoing.channel is Channel.EMAIL:
        unset = None if policy.has_mail() else Failure.NO_GATEWAY
    else:
        unset = (
            policy.refusal_of_number(outgoing.to, organization) if outgoing.kind is not MessageKind.INTERNAL else None
        )
        if unset is None and not await gateways.usable(uow):
            unset = Failure.NO_GATEWAY
    return unset or policy.refusal_of_client(client, outgoing.channel, outgoing.kind)


async def _client_of(uow: UnitOfWork, outgoing: Outgoing) -> Client | None:
    if outgoing.kind is MessageKind.INTERNAL:
        return None
    if outgoing.channel is Channel.SMS:
        return await clients.get_or_create_by_phone(uow, outgoing.to)
    return await clients.find_by_email(uow, outgoing.to)


async def _appointment_of(uow: UnitOfWork, appointment_id: UUID | None) -> Appointment | None:
    if appointment_id is None:
        return None
    uow.require(Permission.APPOINTMENTS_READ)
    found = await uow.one_or_none(uow.select(Appointment).where(Appointment.id == appointment_id))
    if found is None or found.client_id is None:
        raise Invalid.field(["body", "appointmentId"], "unknown_appointment", "There is no such appointment")
    return found


def _is_theirs(data: MessageSend, appointment: Appointment) -> bool:
    return data.channel is Channel.EMAIL and data.to == appointment.client_email


def _address(data: MessageSend) -> str:
    """The number as E.164, or the address; `Invalid` for what is none."""
    if data.channel is Channel.SMS:
        try:
            return phone.normalise(data.to)
        except InvalidPhone:
            raise Invalid.field(["body", "to"], "invalid_phone", "This is not a valid phone number") from None
    address = email_of(data.to)
    if address is None:
        raise Invalid.field(["body", "to"], "invalid_email", "This is not a valid e-mail address")
    return address


async def write(uow: UnitOfWork, outgoing: Outgoing) -> Message:
    """`queue` for what somebody writes by hand: `Invalid` or `CannotSend` says why it would not be sent."""
    row = _taken(await queue(uow, outgoing))
    if row.client_id is not None and row.kind is MessageKind.SERVICE and row.occurred_at <= uow.now:
        await uow.dispatch(MessageWritten(row.id, row.client_id))
    return row


def _taken(outcome: Message | Failure) -> Message:
    if isinstance(outcome, Message):
        return outcome
    if outcome in OF_THE_NUMBER:
        raise Invalid.field(["body", "to"], outcome.value, "No SMS can be sent to this number")
    raise CannotSend(details={"reason": outcome.value})
