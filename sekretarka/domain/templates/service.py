"""Templates: read, changed, tried out, and turned into what is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Detail, Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text import sms
from sekretarka.core.text.i18n import LANGUAGES, Language, texts, translate
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.counting import is_upcoming
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff import service as staff
from sekretarka.domain.templates import rendering
from sekretarka.domain.templates.models import SMS_ONLY, MessageTemplate, Part, Template
from sekretarka.domain.templates.rendering import AppointmentFacts, Variable
from sekretarka.domain.templates.schemas import (
    TemplatePatch,
    TemplatePreview,
    TemplatePreviewView,
    TemplateTextsView,
    TemplateView,
)
from sekretarka.providers.message_events import Channel

UPDATED = "message_template.updated"
_UNLINKED = set(Variable) - {Variable.LINK}
EXAMPLE_ENDING = "k7Qm2xVb9TzR4nWc8LpA3e"  # as long as that of a real link


def parts_of(template: Template) -> tuple[Part, ...]:
    """The texts that a template has in each language."""
    return (Part.SMS,) if template in SMS_ONLY else tuple(Part)


def default_text(template: Template, language: Language, part: Part) -> str:
    """What is sent unless the organization says otherwise."""
    return str(texts(language)[f"template.{template}.{part}"])


def text_of(row: MessageTemplate, language: Language, part: Part) -> str:
    """What is sent, still with its variables."""
    return row.texts.get(f"{language}.{part}") or default_text(row.name, language, part)


def name_of(uow: UnitOfWork, template_id: UUID) -> Template:
    """The template of an id, whether or not it is stored; `NotFound`."""
    ids = {uuid5(uow.organization_id, name): name for name in Template}
    if template_id not in ids:
        raise NotFound
    return ids[template_id]


async def find(uow: UnitOfWork) -> list[MessageTemplate]:
    """All templates, in the order of `Template`; those that nobody changed are not stored."""
    uow.require(Permission.MESSAGES_READ)
    organization = await days.current_organization(uow)
    stored = {row.name: row for row in await uow.list(uow.select(MessageTemplate))}
    return [stored.get(name) or _unchanged(organization, name) for name in Template]


async def get(uow: UnitOfWork, name: Template) -> MessageTemplate:
    """One template, not stored if nobody changed it."""
    uow.require(Permission.MESSAGES_READ)
    return await _get(uow, name)


async def update(uow: UnitOfWork, name: Template, patch: TemplatePatch) -> MessageTemplate:
    """Merge patch; a text that is the default again is not kept. `Invalid` for an unknown variable, and for an email of
    a template that has none."""
    uow.require(Permission.ORGANIZATIONS_WRITE)
    wanted = _wanted_texts(name, patch)
    row = await _stored(uow, name)
    merged = {key: text for key, text in {**row.texts, **wanted}.items() if text}
    enabled = patch.enabled if "enabled" in patch.model_fields_set else row.enabled
    return _change(uow, row, merged, enabled=enabled)


async def reset(uow: UnitOfWork, name: Template) -> MessageTemplate:
    """The default texts again; whether it is sent stays as it is."""
    uow.require(Permission.ORGANIZATIONS_WRITE)
    row = await _stored(uow, name)
    return _change(uow, row, {}, enabled=row.enabled)


def view(row: MessageTemplate) -> TemplateView:
    """A template as API and pages show it."""
    shown: dict[str, Any] = {language: _texts_view(row, language) for language in LANGUAGES}
    return TemplateView(
        **row.model_dump(exclude={"texts", "edits"}),
        kind="service",
        variables=list(rendering.variables_of(row.name)),
        **shown,
    )


def _texts_view(row: MessageTemplate, language: Language) -> TemplateTextsView:
    shown: dict[str, Any] = dict.fromkeys(Part)
    shown |= {part: text_of(row, language, part) for part in parts_of(row.name)}
    changed = [part for part in Part if f"{language}.{part}" in row.texts]
    return TemplateTextsView(changed=changed, **shown)


async def preview(uow: UnitOfWork, name: Template, data: TemplatePreview) -> TemplatePreviewView:
    """A template filled in for an appointment, the next one when none is given, or for a made-up one when there is
    none. `Invalid` for an unknown variable or appointment."""
    row = await get(uow, name)
    organization = await days.current_organization(uow)
    chosen = await _chosen(uow, data.appointment_id) if data.appointment_id else await _next(uow)
    facts = await facts_of(uow, chosen) if chosen else _made_up(uow, organization, data.language)
    values = rendering.values(data.language, organization, facts, f"{link_base()}{EXAMPLE_ENDING}")
    appointment_id = chosen.id if chosen else None
    if data.channel is Channel.EMAIL:
        _require_email(name, ("body", "channel"))
        subject = data.subject or text_of(row, data.language, Part.SUBJECT)
        body = data.body or text_of(row, data.language, Part.EMAIL)
        _require_known(name, {("body", "subject"): subject, ("body", "body"): body})
        subject, body = rendering.fill(subject, values), rendering.fill(body, values)
        return TemplatePreviewView(appointment_id=appointment_id, subject=subject, body=body)
    text = data.body or text_of(row, data.language, Part.SMS)
    _require_known(name, {("body", "body"): text})
    body = rendering.fill_sms(text, values)
    size = sms.size(body)
    return TemplatePreviewView(
        appointment_id=appointment_id,
        body=body,
        encoding=size.encoding,
        parts=size.parts,
        units=size.units,
        units_left=size.left,
        parts_without_diacritics=sms.size(sms.without_diacritics(body)).parts,
    )


@dataclass(frozen=True)
class Composed:
    """What is sent: `subject` is that of an email, None of an SMS."""

    subject: str | None
    body: str


async def compose(
    uow: UnitOfWork,
    name: Template,
    language: Language,
    channel: Channel,
    appointment: Appointment | None = None,
    link: str = "",
) -> Composed | None:
    """The message of a template, None when the organization switched it off or it has no email. Permissions are the
    caller's business."""
    row = await _get(uow, name)
    if not row.enabled or (channel is Channel.EMAIL and name in SMS_ONLY):
        return None
    facts = await facts_of(uow, appointment) if appointment else None
    values = rendering.values(language, await days.current_organization(uow), facts, link)
    if channel is Channel.EMAIL:
        subject, body = (rendering.fill(text_of(row, language, part), values) for part in (Part.SUBJECT, Part.EMAIL))
        return Composed(subject, body)
    return Composed(None, rendering.fill_sms(text_of(row, language, Part.SMS), values))


@dataclass(frozen=True)
class ReadyText:
    """An SMS that a person may send themselves. A link is made when it leaves: one `with_link` has that of an example,
    as long as a real one, and is sent as the template that it is."""

    name: Template
    text: str
    with_link: bool


async def ready_texts(uow: UnitOfWork, language: Language, appointment: Appointment | None) -> list[ReadyText]:
    """The SMS that are true of an open `appointment`, filled in; without one those that speak of none."""
    known = set(Variable) if appointment else {Variable.ORGANIZATION, Variable.ADDRESS, Variable.PHONE}
    facts = await facts_of(uow, appointment) if appointment else None
    values = rendering.values(language, await days.current_organization(uow), facts, f"{link_base()}{EXAMPLE_ENDING}")
    sms_of = {row.name: text_of(row, language, Part.SMS) for row in await find(uow) if row.enabled}
    return [
        ReadyText(name, rendering.fill_sms(text, values), bool(rendering.unknown_variables(text, _UNLINKED)))
        for name, text in sms_of.items()
        if not rendering.unknown_variables(text, known)
    ]


async def facts_of(uow: UnitOfWork, row: Appointment) -> AppointmentFacts:
    """What texts say of an appointment."""
    services, members = await catalog.by_ids(uow, [row.service_id]), await staff.find_by_ids(uow, [row.staff_id])
    return AppointmentFacts(
        client=row.client_name or "",
        service=services[row.service_id].name,
        staff=members[0].name,
        starts_at=row.scheduled_at,
        price_amount=row.price_amount,
        price_currency=row.price_currency,
    )


def link_base() -> str:
    """The address of the page where clients confirm, move and cancel, without the token."""
    return f"{settings.base_url.rstrip('/')}/c/"


def _unchanged(organization: Organization, name: Template) -> MessageTemplate:
    since = organization.created_at
    return MessageTemplate(
        id=uuid5(organization.id, name),
        organization_id=organization.id,
        name=name,
        created_at=since,
        updated_at=since,
    )


async def _get(uow: UnitOfWork, name: Template) -> MessageTemplate:
    stored = await uow.one_or_none(uow.select(MessageTemplate).where(MessageTemplate.name == name))
    return stored or _unchanged(await days.current_organization(uow), name)


async def _stored(uow: UnitOfWork, name: Template) -> MessageTemplate:
    """The row, made if it is new, locked and as the caller knows it."""
    fresh = _unchanged(await days.current_organization(uow), name)
    same = uow.select(MessageTemplate).where(MessageTemplate.name == name)
    await uow.get_or_insert(lambda: uow.one_or_none(same), fresh, ("organization_id", "name"))
    row = await uow.get(MessageTemplate, fresh.id, lock=True)
    if uow.precondition is not None and not uow.precondition.checked:
        uow.check_precondition(row)
    return row


def _change(uow: UnitOfWork, row: MessageTemplate, merged: dict[str, Any], *, enabled: bool) -> MessageTemplate:
    if (row.texts, row.enabled) != (merged, enabled):
        row.texts, row.enabled = merged, enabled
        uow.bump_version(row)
        uow.notify_live(UPDATED, {"id": str(row.id)})
    return row


def _wanted_texts(name: Template, patch: TemplatePatch) -> dict[str, str | None]:
    """By key of `texts`, what the patch wants there; None is the default."""
    wanted: dict[str, str | None] = {}
    typed: dict[tuple[str, ...], str] = {}
    for language in LANGUAGES:
        given = getattr(patch, language)
        for field in given.model_fields_set:
            text = getattr(given, field) or None
            if Part(field) not in parts_of(name):
                _require_email(name, ("body", language, field))
            if text is not None:
                typed["body", language, field] = text
            wanted[f"{language}.{field}"] = None if text == default_text(name, language, Part(field)) else text
    _require_known(name, typed)
    return wanted


def _require_known(name: Template, typed: Mapping[tuple[str, ...], str]) -> None:
    known = rendering.variables_of(name)
    listed = ", ".join(f"{{{variable}}}" for variable in known)
    details = [
        Detail(path, "unknown_variable", f"There is no {{{unknown[0]}}}; known are {listed}")
        for path, text in typed.items()
        if (unknown := rendering.unknown_variables(text, known))
    ]
    if details:
        raise Invalid(details=details)


def _require_email(name: Template, path: tuple[str, ...]) -> None:
    if name in SMS_ONLY:
        raise Invalid.field(path, "sms_only", "This is sent by SMS only")


async def _chosen(uow: UnitOfWork, appointment_id: UUID) -> Appointment:
    try:
        return await appointments.get(uow, appointment_id)
    except NotFound:
        raise Invalid.field(["body", "appointmentId"], "unknown_appointment", "There is no such appointment") from None


async def _next(uow: UnitOfWork) -> Appointment | None:
    uow.require(Permission.APPOINTMENTS_READ)
    upcoming = uow.select(Appointment).where(is_upcoming(uow.now))
    return await uow.one_or_none(upcoming.order_by(col(Appointment.scheduled_at), col(Appointment.id)))


def _made_up(uow: UnitOfWork, organization: Organization, language: Language) -> AppointmentFacts:
    """Tomorrow at ten, so that an organization without appointments sees how its texts read."""
    zone = organization.timezone
    tomorrow = clock.local_day(uow.now, zone) + timedelta(days=1)
    names = {name: translate(language, f"template.example.{name}") for name in ("client", "service", "staff")}
    starts_at = datetime.combine(tomorrow, time(10), clock.zone(zone))
    return AppointmentFacts(**names, starts_at=starts_at, price_amount=12_000, price_currency=organization.currency)
