"""Templates: which are sent, the texts of the chosen one, and what a client would read."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import sms
from sekretarka.core.text.i18n import Language
from sekretarka.core.text.i18n import language as known_language
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.counting import is_upcoming
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import SMS_ONLY, MessageTemplate, Part, Template
from sekretarka.domain.templates.rendering import variables_of
from sekretarka.domain.templates.schemas import TemplatePatch, TemplatePreview, TemplateTexts
from sekretarka.providers.message_events import Channel
from sekretarka.ui import edits, errors
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.live import refresh_on
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.session import Edit, read_uow, secured, write_uow

PATH = "/dashboard/settings/templates"
MAX_UPCOMING = 10


class TemplateRow(TypedDict):
    """A line of the list."""

    name: str
    enabled: bool
    changed: bool


class AppointmentRow(TypedDict):
    """An appointment to try texts with; `at` is RFC 3339."""

    id: str
    client: str
    at: str


class Preview(TypedDict):
    """What a client would read. Of the SMS: its `parts`, what the last of them still takes, how many it would be
    without Polish letters, and the template's own text written so."""

    sms: str
    parts: int
    left: int
    plainParts: int
    plainText: str
    subject: str
    email: str


def _nothing() -> Preview:
    return Preview(sms="", parts=1, left=0, plainParts=1, plainText="", subject="", email="")


@refresh_on(templates.UPDATED, path=PATH)
class TemplatesState(PageState, EditFormState, rx.State):
    """The list, and the form of the template that the URL names; `texts` are what its fields begin with."""

    rows: rx.Field[list[TemplateRow]] = rx.field(default_factory=list)
    selected: str = Template.CONFIRMATION
    chosen: bool = False
    lang: str = "pl"
    texts: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    changed: bool = False
    sms_only: bool = False
    variables: rx.Field[list[str]] = rx.field(default_factory=list)
    upcoming: rx.Field[list[AppointmentRow]] = rx.field(default_factory=list)
    appointment: str = ""
    preview: rx.Field[Preview] = rx.field(default_factory=_nothing)

    _draft: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @secured(Permission.MESSAGES_READ)
    async def load(self) -> None:
        """Read the templates; the URL says which one is open, and in which language."""
        query = self.router.url.query_parameters
        name = query.get("template", "")
        self.chosen = name in set(Template)
        self.selected = Template(name) if self.chosen else Template.CONFIRMATION
        self.lang = known_language(query.get("language"))
        self.field_errors, self._draft = {}, {}
        await self._load()

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def toggle(self, name: Template, on: bool) -> EventSpec:
        """Have a template sent, or not."""
        await write_uow(templates.update, name, TemplatePatch(enabled=on))
        await self._refresh()
        return notify("templates.switched_on" if on else "templates.switched_off", toast_id="switched")

    @secured(Permission.ORGANIZATIONS_WRITE)
    @form_handler()
    async def save(self, edit: Edit) -> EventSpec:
        """Save the texts that were changed."""
        texts = TemplateTexts.model_validate(errors.form_input(TemplateTexts, edit.changes))
        patch = TemplatePatch.model_validate({self.lang: texts})
        await edits.store(edit, self._fields(), _update, edit.id, patch)
        self._draft = {}
        await self._refresh()
        return notify("form.saved", toast_id="saved")

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def reset_texts(self) -> EventSpec:
        """The default texts again, in both languages."""
        await write_uow(templates.reset, Template(self.selected))
        self._draft = {}
        self.saved += 1
        await self._refresh()
        return notify("templates.reset_done", toast_id="saved")

    @secured(Permission.MESSAGES_READ)
    async def try_out(self, part: Part, text: str) -> None:
        """Show a text that is being written as a client would read it; what is wrong about it stands at its field."""
        self._draft = {**self._draft, part: text}
        try:
            async with read_uow() as uow:
                await self._show_preview(uow)
        except Invalid as error:
            wrong = next(iter(errors.field_errors(error).values()))
            self.field_errors = {**self.field_errors, part: wrong}
        except AppError as error:
            self.field_errors = errors.field_errors(error)
        else:
            self.field_errors = {}

    @secured(Permission.MESSAGES_READ)
    async def drop_draft(self) -> None:
        """What was written is gone."""
        self.field_errors, self._draft = {}, {}
        await self._refresh()

    @secured(Permission.APPOINTMENTS_READ)
    async def show_appointment(self, appointment_id: UUID) -> None:
        """Try the texts with another appointment."""
        async with read_uow() as uow:
            self.appointment = str((await appointments.get(uow, appointment_id)).id)
            await self._show_preview(uow)

    async def _read(self, uow: UnitOfWork) -> None:
        rows = await templates.find(uow)
        self.rows = [TemplateRow(name=row.name, enabled=row.enabled, changed=bool(row.texts)) for row in rows]
        self._show(next(row for row in rows if row.name == self.selected))
        upcoming = uow.select(Appointment).where(is_upcoming(uow.now)).order_by(col(Appointment.scheduled_at))
        self.upcoming = [
            AppointmentRow(id=str(row.id), client=row.client_name or "", at=clock.to_json(row.scheduled_at))
            for row in await uow.list(upcoming.limit(MAX_UPCOMING))
        ]
        if self.appointment not in {row["id"] for row in self.upcoming}:
            self.appointment = self.upcoming[0]["id"] if self.upcoming else ""
        await self._show_preview(uow)

    def _show(self, row: MessageTemplate) -> None:
        language = self._language()
        self.texts = {part: templates.text_of(row, language, part) for part in templates.parts_of(row.name)}
        self.changed, self.sms_only = bool(row.texts), row.name in SMS_ONLY
        self.variables = list(variables_of(row.name))
        self.record = edits.record(row, self._fields())

    def _fields(self) -> dict[str, str]:
        return {part: f"texts.{self.lang}.{part}" for part in templates.parts_of(Template(self.selected))}

    def _language(self) -> Language:
        return known_language(self.lang)

    async def _show_preview(self, uow: UnitOfWork) -> None:
        texts = {**self.texts, **{part: text for part, text in self._draft.items() if text.strip()}}
        name = Template(self.selected)
        ask: dict[str, Any] = {
            "language": self._language(),
            "appointment_id": UUID(self.appointment) if self.appointment else None,
        }
        written = await templates.preview(uow, name, TemplatePreview(body=texts[Part.SMS], **ask))
        shown = Preview(
            sms=written.body,
            parts=written.parts or 1,
            left=written.units_left or 0,
            plainParts=written.parts_without_diacritics or 1,
            plainText=sms.without_diacritics(texts[Part.SMS]),
            subject="",
            email="",
        )
        if name not in SMS_ONLY:
            ask |= {"channel": Channel.EMAIL, "subject": texts[Part.SUBJECT]}
            mail = await templates.preview(uow, name, TemplatePreview(body=texts[Part.EMAIL], **ask))
            shown |= {"subject": mail.subject or "", "email": mail.body}
        self.preview = shown


async def _update(uow: UnitOfWork, template_id: UUID, patch: TemplatePatch) -> MessageTemplate:
    return await templates.update(uow, templates.name_of(uow, template_id), patch)
