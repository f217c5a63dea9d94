"""Whether a message may be sent, and when: asked before it is written, and again at the moment of sending."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text import phone
from sekretarka.core.text.phone import LineKind
from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment, Status
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations.models import Conversation, FollowUpState
from sekretarka.domain.messages.models import Channel, Direction, Failure, Message, MessageKind
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.templates.models import Template

SOON = timedelta(hours=3)  # what concerns an appointment before then may disturb at night


def refusal_of_number(number: str, organization: Organization) -> Failure | None:
    """Why no SMS goes to a valid number (E.164), or None: a landline, one that costs, one abroad."""
    kind, country = phone.line_of(number)
    if kind is not LineKind.MOBILE:
        return Failure.LANDLINE if kind is LineKind.LANDLINE else Failure.BLOCKED
    allowed = organization.messaging["countries"] or [organization.country]
    return None if country in allowed else Failure.COUNTRY_NOT_ALLOWED


def refusal_of_client(client: Client | None, channel: Channel, kind: MessageKind) -> Failure | None:
    """Why a client gets no such message, or None: they wrote STOP, or never agreed to advertising."""
    if kind is MessageKind.INTERNAL:
        return None
    if channel is Channel.SMS and client is not None and client.opted_out_at is not None:
        return Failure.OPTED_OUT
    if kind is MessageKind.COMMERCIAL:
        consent = client and (client.sms_consent_at if channel is Channel.SMS else client.email_consent_at)
        return None if consent else Failure.NO_CONSENT
    return None


def is_quiet_until(messaging: Mapping[str, Any], zone: str, now: datetime) -> datetime | None:
    """When the present quiet hours end; None when it is not quiet now."""
    start, end = messaging["quietFrom"], messaging["quietTo"]
    local = now.astimezone(clock.zone(zone))
    at = f"{local:%H:%M}"
    is_over_midnight = start > end
    is_evening = is_over_midnight and at >= start
    if not (is_evening or at < end if is_over_midnight else start <= at < end):
        return None
    day = local.date() + timedelta(days=is_evening)
    if end == "24:00":
        return clock.day_start(day + timedelta(days=1), zone)
    until = datetime.combine(day, time.fromisoformat(end), tzinfo=clock.zone(zone))
    if until.astimezone(UTC) <= now:  # the hour is there twice, and this is the second time
        until = until.replace(fold=1)
    return until.astimezone(UTC)


async def refusal(uow: UnitOfWork, message: Message, appointment: Appointment | None) -> Failure | None:
    """Why a message must not be sent now or later, whatever was known when it was written; None when it may.
    `appointment` is the one that it is about."""
    if message.kind is MessageKind.INTERNAL:
        return None
    client = await uow.get(Client, message.client_id) if message.client_id else None
    refused = refusal_of_client(client, message.channel, message.kind)
    is_own_number = client is not None and client.phone == message.recipient
    if refused is None and message.channel is Channel.SMS and message.recipient and not is_own_number:
        # Whose number it is by now: an appointment keeps the one it was booked with.
        owner = await clients.find_by_phone(uow, message.recipient)
        refused = refusal_of_client(owner, message.channel, MessageKind.SERVICE)
    if refused is None and appointment is not None and _is_outdated(message, appointment, uow.now):
        return Failure.OUTDATED
    if refused is None and message.template == Template.MISSED_CALL and message.conversation_id is not None:
        call = await uow.get(Conversation, message.conversation_id)
        return None if call.follow_up_state is FollowUpState.OPEN else Failure.OUTDATED  # called back, booked, done
    return refused


def postponed_until(
    message: Message, appointment: Appointment | None, organization: Organization, now: datetime
) -> datetime | None:
    """When a message may be sent that must wait for the morning; None when it may be sent now, as an appointment begins
    soon, or before the morning."""
    if message.kind is MessageKind.INTERNAL or message.channel is not Channel.SMS:
        return None
    until = is_quiet_until(organization.messaging, organization.timezone, now)
    if until is None or message.kind is not MessageKind.SERVICE or appointment is None:
        return until
    return None if now <= appointment.scheduled_at <= max(until, now + SOON) else until


async def is_over_limit(uow: UnitOfWork, message: Message, organization: Organization) -> bool:
    """Whether the day's SMS are used up, in all or to this number. The organization's other messages wait meanwhile."""
    if message.channel is not Channel.SMS or message.kind is MessageKind.INTERNAL:
        return False
    await uow.wait_for_advisory_lock(f"messages:{organization.id}")
    row = Message
    today, _ = clock.day_bounds(clock.local_day(uow.now, organization.timezone), organization.timezone)
    same_number = sa.case((col(row.recipient) == message.recipient, 1))
    counted = sa.select(sa.func.count(), sa.func.count(same_number)).where(
        col(row.organization_id) == uow.organization_id,
        col(row.occurred_at) >= today,
        col(row.first_tried_at).is_not(None),
        col(row.channel) == Channel.SMS,
        col(row.direction) == Direction.OUTBOUND,
        col(row.kind) != MessageKind.INTERNAL,
        col(row.id) != message.id,
    )
    in_all, to_number = (await uow.execute(counted)).one()
    limits = organization.messaging
    return bool(in_all >= limits["dailyLimit"] or to_number >= limits["dailyLimitPerNumber"])


def _is_outdated(message: Message, appointment: Appointment, now: datetime) -> bool:
    """Whether what it says by itself is true no more; what somebody wrote by hand is theirs to judge."""
    if message.template is not None and appointment.scheduled_at <= now:
        return True
    if message.appointment_time is None:
        return False
    if message.template == Template.REMINDER_DAY and appointment.status is Status.CONFIRMED:
        return True  # asks whoever has answered
    return appointment.status not in OPEN_STATUSES or appointment.scheduled_at != message.appointment_time


def has_mail() -> bool:
    """Whether e-mail can be sent at all."""
    return settings.smtp_url is not None
