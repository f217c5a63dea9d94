"""The SMS that went with the demo's appointments, and what clients answered; and the gateway that they went through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.actor import Actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text import search_text, sms
from sekretarka.core.text.i18n import DEFAULT_LANGUAGE, local
from sekretarka.domain.appointments.models import Appointment, Status
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.messages import gateways, threads
from sekretarka.domain.messages.gateway_schemas import SmsGatewayCreate
from sekretarka.domain.messages.models import Channel, Direction, Message, MessageStatus
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.templates import rendering
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Part, Template
from sekretarka.domain.templates.rendering import AppointmentFacts
from sekretarka.sandbox.sms import smsapi

NUMBER, PART_PRICE = "+48732000300", 16
YES = ("TAK", "tak", "Tak", "TAK!", "Tak, będę", "tak dziękuję", "TAK 😊")
OTHERS = {
    "Spóźnię się jakieś 10 minut, przepraszam": "Nic nie szkodzi, czekamy!",
    "Czy mogę przyjść z córką?": "Oczywiście, zapraszamy.",
    "Czy można płacić BLIKIEM?": "Tak, kartą i BLIKIEM.",
    "Czy da się jednak godzinę później?": "Niestety tego dnia już nie, ale możemy przełożyć na inny dzień.",
    "Który to był domofon?": "Wejście od podwórza, domofon 7.",
}
CONFIRMED, REMINDED, ANSWERED, ASKED = 0.6, 0.62, 0.62, 0.1
LEFT_UNREAD = timedelta(hours=30)
BATCH = 500


@dataclass(frozen=True)
class Text:
    """One SMS of the past; `template` is None for what somebody wrote by hand."""

    at: datetime
    body: str
    template: Template | None = None
    is_ours: bool = False


async def open_gateway(owner: Actor) -> None:
    """The organization sends through the sandbox's gateway, at any hour, as the demo is looked at at any hour."""
    async with begin(owner, write=True) as uow:
        organization = await days.current_organization(uow)
        organization.messaging = {**organization.messaging, "quietFrom": "00:00", "quietTo": "00:00"}
        uow.bump_version(organization)
        account = SmsGatewayCreate(
            provider=smsapi.VENDOR, credentials={"token": smsapi.TOKEN}, number=NUMBER, part_price=PART_PRICE
        )
        await gateways.create(uow, account)


async def seed_messages(owner: Actor) -> None:
    """Confirmations and reminders of the appointments so far, with their answers, all at once."""
    rng = Random(len(NUMBER))
    async with begin(owner, write=True) as uow:
        organization = await days.current_organization(uow)
        gateway_id = (await gateways.usable(uow))[0].id
        services = {row.id: row for row in await uow.list(uow.select(Service))}
        people = {row.id: row.name for row in await uow.list(uow.select(Staff))}
        rows: list[Message] = []
        for appointment in await uow.list(uow.select(Appointment).order_by(col(Appointment.scheduled_at))):
            facts = _facts(appointment, services[appointment.service_id], people[appointment.staff_id])
            for text in _texts(rng, organization, appointment, facts, uow.now):
                rows.append(_row(text, organization, appointment, gateway_id))
        rows += _questions_of_today(rows, uow.now)
        for start in range(0, len(rows), BATCH):
            await uow.execute(sa.insert(Message), [row.model_dump() for row in rows[start : start + BATCH]])
        await _follow(uow, rows)


def _questions_of_today(rows: Sequence[Message], now: datetime) -> list[Message]:
    """Two clients asked something about what they got last, and nobody has read it."""
    confirmed = sorted((row for row in rows if row.template == Template.CONFIRMATION), key=lambda row: row.occurred_at)
    asked = []
    for row, question in zip(confirmed[-2:], list(OTHERS)[-2:], strict=False):
        at = min(row.occurred_at + timedelta(minutes=7), now)
        swapped = {"id": new_id(), "sender": row.recipient, "recipient": NUMBER, "direction": Direction.INBOUND}
        plain: dict[str, Any] = dict.fromkeys(
            ("template", "appointment_time", "gateway_id", "first_tried_at", "parts", "price_amount", "price_currency")
        )
        times = {"occurred_at": at, "created_at": at, "updated_at": at}
        search = search_text.searchable(f"{row.recipient}\n{NUMBER}\n{question}")
        asked.append(Message(**{**row.model_dump(), **swapped, **plain, **times, "body": question, "search": search}))
    return asked


async def _follow(uow: UnitOfWork, rows: Sequence[Message]) -> None:
    """Threads show what was sent last; nobody has read yet what clients wrote lately and nobody answered."""
    last = {row.client_id: row for row in sorted(rows, key=lambda row: row.occurred_at)}
    for row in last.values():
        await threads.follow(uow, row)


def _facts(appointment: Appointment, service: Service, staff: str) -> AppointmentFacts:
    return AppointmentFacts(
        client=appointment.client_name or "",
        service=service.name,
        staff=staff,
        starts_at=appointment.scheduled_at,
        price_amount=appointment.price_amount,
        price_currency=appointment.price_currency,
    )


def _texts(
    rng: Random, organization: Organization, appointment: Appointment, facts: AppointmentFacts, now: datetime
) -> Iterator[Text]:
    """What was sent and written until now, in the order of time."""
    link = f"{settings.base_url.rstrip('/')}/c/{''.join(rng.choices('abcdefghkmnpqrstuvwxyz23456789', k=22))}"
    values = rendering.values(DEFAULT_LANGUAGE, organization, facts, link)

    def ours(at: datetime, template: Template) -> Text:
        default = templates.default_text(template, DEFAULT_LANGUAGE, Part.SMS)
        return Text(at, rendering.fill_sms(default, values), template, is_ours=True)

    texts: list[Text] = []
    if appointment.conversation_id is None and rng.random() < CONFIRMED:
        texts.append(ours(_awake(appointment.created_at + timedelta(seconds=40), organization), Template.CONFIRMATION))
    reminded_at = appointment.scheduled_at - timedelta(days=1)
    if appointment.created_at < reminded_at and appointment.status is not Status.CANCELLED and rng.random() < REMINDED:
        texts.append(ours(reminded_at, Template.REMINDER_DAY))
        answered_at = reminded_at + timedelta(minutes=rng.uniform(1, 90))
        if rng.random() < ANSWERED:
            texts.append(Text(answered_at, rng.choice(YES)))
            texts.append(ours(answered_at + timedelta(seconds=4), Template.REPLY_YES))
    if texts and rng.random() < ASKED:
        asked_at, question = texts[-1].at + timedelta(minutes=rng.uniform(2, 40)), rng.choice(list(OTHERS))
        texts.append(Text(asked_at, question))
        if asked_at < now - LEFT_UNREAD:
            texts.append(Text(_awake(asked_at + timedelta(minutes=12), organization), OTHERS[question], is_ours=True))
    return (text for text in texts if text.at < now)


def _awake(at: datetime, organization: Organization) -> datetime:
    """At night nothing was sent: at eight the next morning."""
    hour = local(at, organization.timezone).hour
    return at if 8 <= hour < 21 else at + timedelta(hours=(8 - hour) % 24)


def _row(text: Text, organization: Organization, appointment: Appointment, gateway_id: UUID) -> Message:
    ends: dict[str, Any] = {"sender": appointment.client_phone, "recipient": NUMBER, "direction": Direction.INBOUND}
    if text.is_ours:
        parts = sms.size(text.body).parts
        ends = {
            "sender": NUMBER,
            "recipient": appointment.client_phone,
            "direction": Direction.OUTBOUND,
            "template": text.template and text.template.value,
            "appointment_time": appointment.scheduled_at if text.template else None,
            "gateway_id": gateway_id,
            "first_tried_at": text.at,
            "parts": parts,
            "price_amount": PART_PRICE * parts,
            "price_currency": organization.currency,
        }
    searched = f"{appointment.client_phone}\n{NUMBER}\n{text.body}"
    return Message(
        id=new_id(),
        organization_id=organization.id,
        created_at=text.at,
        updated_at=text.at,
        channel=Channel.SMS,
        status=MessageStatus.DELIVERED,
        client_id=appointment.client_id,
        appointment_id=appointment.id,
        body=text.body,
        occurred_at=text.at,
        search=search_text.searchable(searched),
        **ends,
    )
