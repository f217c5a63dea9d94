"""What gateways report: how far our messages came, and what clients wrote."""

import hashlib
import re
from datetime import timedelta
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.text import phone
from sekretarka.core.text.search_text import normalize
from sekretarka.domain.clients import service as clients
from sekretarka.domain.inbox.models import WebhookEvent
from sekretarka.domain.messages import delivery, gateways, service
from sekretarka.domain.messages.events import InternalReplyReceived, MessageReceived
from sekretarka.domain.messages.models import (
    ESCALATION,
    Channel,
    Direction,
    Failure,
    Message,
    MessageKind,
    MessageStatus,
    SmsGateway,
)
from sekretarka.domain.organizations import days
from sekretarka.providers.errors import InvalidPayload
from sekretarka.providers.message_events import MessagePayload
from sekretarka.providers.sms import ACCOUNT_FAILURES, InboundSms, Progress, StatusReport

CALLBACK = "callback"  # the type of every delivery of a gateway
# No standard says what ends messages in Poland. "NIE" is an answer about an appointment.
STOP = frozenset({"stop", "stopsms", "rezygnuje", "wypisz", "anuluj zgode"})
START = frozenset({"start", "startsms", "wznow"})
# How long an internal SMS is answered by what somebody writes.
ANSWERED_WITHIN = timedelta(days=1)


async def on_callback(uow: UnitOfWork, delivered: WebhookEvent) -> None:
    """Apply what a verified callback says. `InvalidPayload` when it makes no sense or is about nobody's message."""
    gateway = await uow.get(SmsGateway, delivered.endpoint_id or UUID(int=0))
    vendor = gateways.vendor_of(gateway)
    reports, inbound = vendor.reports(delivered.payload), vendor.inbound(delivered.payload)
    known = [await _report(uow, gateway, report) for report in reports]
    for sms in inbound:
        await _receive(uow, gateway, sms, delivered)
    if reports and not any(known):
        raise InvalidPayload("no message of this gateway")


async def _report(uow: UnitOfWork, gateway: SmsGateway, report: StatusReport) -> bool:
    """Whether it is about a message that this gateway was handed."""
    theirs = uow.select(Message).where(Message.gateway_id == gateway.id)
    if report.message_id is not None:
        theirs = theirs.where(Message.id == report.message_id)
    elif report.gateway_id:
        theirs = theirs.where(Message.gateway_message_id == report.gateway_id)
    else:
        return False
    # Others may point at it meanwhile: a task of the same client, whose line this may wait for.
    message = await uow.one_or_none(theirs.with_for_update(key_share=True))
    if message is None:
        return False
    if _is_of_an_earlier_try(message, report):
        return True
    message.gateway_message_id = report.gateway_id or message.gateway_message_id
    if report.progress is Progress.FAILED:
        failure = report.failure or Failure.REJECTED
        if failure in ACCOUNT_FAILURES:
            await gateways.note_problem(uow, gateway.id, failure)
        if not report.temporary or not await delivery.try_again(uow, message, failure):
            await delivery.fail(uow, message, failure)
    else:
        await delivery.advance(uow, message, MessageStatus(report.progress.value))
    return True


def _is_of_an_earlier_try(message: Message, report: StatusReport) -> bool:
    """Whether it speaks of a try that failed since, or is about to be repeated; what was delivered was, by any try."""
    if report.progress is Progress.DELIVERED or None in (message.gateway_message_id, report.gateway_id):
        return False
    is_same = report.gateway_id == message.gateway_message_id
    if message.status is MessageStatus.PENDING:
        return is_same and message.failure is not None and report.progress is Progress.SENT
    return not is_same


async def _receive(uow: UnitOfWork, gateway: SmsGateway, sms: InboundSms, delivered: WebhookEvent) -> None:
    """Store what somebody wrote, once; STOP and START are obeyed, the rest is for others to read. An SMS without text
    is nothing."""
    if not sms.body.strip():
        return
    is_out = opts_out(sms.body) if sms.opts_out is None else sms.opts_out
    region = phone.default_region.set((await days.current_organization(uow)).country)
    try:
        written = MessagePayload(
            channel=Channel.SMS, direction=Direction.INBOUND, sender=sms.sender, recipient=sms.recipient, body=sms.body
        )
        key = hashlib.sha256(f"inbound:{gateway.id}:{sms.gateway_id}".encode()).hexdigest()
        kind = await _kind_of(uow, sms) if is_out is None else MessageKind.SERVICE
        message, is_new = await service.record(uow, written, sms.at or delivered.received_at, key, None, kind)
    finally:
        phone.default_region.reset(region)
    if not is_new:
        return
    if kind is MessageKind.INTERNAL:
        await uow.dispatch(InternalReplyReceived(message.id))
    elif message.client_id is None:
        return
    elif is_out is None:
        await uow.dispatch(MessageReceived(message.id, message.client_id))
    else:
        await clients.set_opted_out(uow, message.client_id, is_out=is_out)


async def _kind_of(uow: UnitOfWork, sms: InboundSms) -> MessageKind:
    """Internal is what answers an internal SMS of the last day: a code to one that asked for it, and whatever somebody
    writes who is no client. A user who is a client, too, writes as one."""
    number = phone.parse_caller(sms.sender)[0]
    if number is None:
        return MessageKind.SERVICE
    to_them = uow.select(Message).where(
        Message.recipient == number,
        Message.kind == MessageKind.INTERNAL,
        Message.created_at > uow.now - ANSWERED_WITHIN,
    )
    if code_in(sms.body) is not None and await uow.count(to_them.where(Message.template == ESCALATION)):
        return MessageKind.INTERNAL
    is_client = await clients.find_by_phone(uow, number) is not None
    return MessageKind.SERVICE if is_client or not await uow.count(to_them) else MessageKind.INTERNAL


def opts_out(body: str) -> bool | None:
    """Whether the whole text is STOP (True) or START (False) in one of its words, in any spelling; None for any other
    text."""
    text = plain_words(body)
    return True if text in STOP else False if text in START else None


def code_in(body: str) -> int | None:
    """The number of up to three digits that the whole text is, else None."""
    words = plain_words(body)
    return int(words) if re.fullmatch(r"[0-9]{1,3}", words) else None


def plain_words(body: str) -> str:
    """The whole text without case, diacritics and punctuation: `Tak, będę!` is `tak bede`."""
    return " ".join(re.sub(r"[^\w\s]", " ", normalize(body)).split())
