"""The open appointment: its facts, its history, and changing it."""

from typing import Any, ClassVar, Literal
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import authorization, booking, statuses
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentPatch
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.messages import service as messages
from sekretarka.domain.messages.schemas import MessageFilter, MessageView
from sekretarka.domain.organizations import days, members
from sekretarka.domain.staff import service as staff
from sekretarka.ui import edits
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.live import refresh_on
from sekretarka.ui.messages import MessageLine, message_line
from sekretarka.ui.page_state import DetailState, ReadState
from sekretarka.ui.pages.appointments import view_models
from sekretarka.ui.pages.appointments.field_errors import MAX_REASON_LENGTH, explain
from sekretarka.ui.pages.appointments.query_params import PATH
from sekretarka.ui.pages.appointments.state import AppointmentsState, url_state
from sekretarka.ui.pages.appointments.view_models import AppointmentDetail, HistoryRow
from sekretarka.ui.session import Edit, Form, secured, write_uow
from sekretarka.ui.undo import offer_to_restore

HISTORY_LIMIT = 100
MOVE = {"timezone", "scheduled_at", "staff_id"}
FIELDS = {
    "date": "scheduled_at",
    "time": "scheduled_at",
    "staffId": "staff_id",
    "serviceType": "service_id",
    "clientName": "client_name",
    "clientPhone": "client_phone",
    "notes": "notes",
}
STATUS_CHANGES = {"confirmed": statuses.confirm, "completed": statuses.complete, "no_show": statuses.mark_no_show}


@refresh_on("appointment.created", "appointment.updated", messages.CREATED, messages.UPDATED, path=PATH)
class AppointmentDetailState(ReadState, DetailState, rx.State):
    """The appointment that the URL names, its history and messages, and what its form offers; `asked` is the status
    that the dialog asks about."""

    detail: rx.Field[AppointmentDetail | None] = rx.field(default=None)
    history: rx.Field[list[HistoryRow]] = rx.field(default_factory=list)
    messages: rx.Field[list[MessageLine]] = rx.field(default_factory=list)
    services: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    people: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    cancelling: bool = False
    asked: str = ""

    _formats: ClassVar = {"clientPhone": phone.format_national}

    @secured(Permission.APPOINTMENTS_READ)
    async def load(self) -> None:
        """Read the appointment of the URL."""
        item_id = url_state(self).id
        if item_id != self.open_id:
            self.history, self.messages, self.cancelling, self.asked = [], [], False, ""
        self._open(item_id)
        await self._refresh()

    @secured(Permission.APPOINTMENTS_WRITE)
    async def change_status(
        self, appointment_id: UUID, status: Literal["confirmed", "completed", "no_show"]
    ) -> EventSpec:
        """Set the status of an appointment."""
        self.asked = ""
        changed = await write_uow(STATUS_CHANGES[status], appointment_id)
        await self._refresh_all()
        return offer_to_restore(f"appointments.status_changed.{status}", changed)

    @secured(None)
    def ask(self, status: Literal["", "completed", "no_show"]) -> None:
        """Ask whether an appointment that has not begun gets this status; empty closes the dialog."""
        self.asked = status

    @secured(Permission.APPOINTMENTS_WRITE)
    async def reopen(self, appointment_id: UUID) -> EventSpec:
        """Take back how an appointment ended."""
        await write_uow(statuses.reopen, appointment_id)
        await self._refresh_all()
        return notify("appointments.reopened", toast_id="status")

    @secured(Permission.APPOINTMENTS_WRITE)
    @form_handler(explain)
    async def cancel(self, appointment_id: UUID, form: Form) -> EventSpec:
        """Cancel an appointment; the form's `reason` is stored, its first `MAX_REASON_LENGTH` characters."""
        reason = str(form.get("reason") or "").strip()[:MAX_REASON_LENGTH]
        cancelled = await write_uow(statuses.cancel, appointment_id, reason or None)
        self.cancelling = False
        await self._refresh_all()
        return offer_to_restore("appointments.status_changed.cancelled", cancelled)

    @secured(Permission.APPOINTMENTS_WRITE)
    @form_handler(explain)
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed of an appointment."""
        moved = await edits.store(edit, FIELDS, _save, edit)
        await self._refresh_all()
        return offer_to_restore("appointments.moved", moved) if moved else notify("form.saved", toast_id="saved")

    @secured(None)
    def show_cancel_dialog(self, is_open: bool) -> None:
        """Open or close the dialog that cancels."""
        self.cancelling = is_open

    async def _refresh_all(self) -> None:
        await self._refresh()
        await (await self.get_state(AppointmentsState))._refresh()

    async def _read(self, uow: UnitOfWork) -> None:
        if not self.open_id:
            return
        appointment_id = UUID(self.open_id)
        try:
            appointment = await appointments.get(uow, appointment_id)
        except NotFound:
            self._show_missing()
            return
        names = await staff.names(uow)
        services = {row.id: row for row in await catalog.find(uow) if row.is_active}
        services |= await catalog.by_ids(uow, [appointment.service_id])
        zone = (await days.current_organization(uow)).timezone
        writable = bool(await authorization.filter_writable(uow, [appointment.staff_id]))
        steps = view_models.Steps(
            statuses.sensible(uow, appointment),
            statuses.premature(uow, appointment),
            (clock.local_day(appointment.scheduled_at, zone) - clock.local_day(uow.now, zone)).days,
            statuses.can_reopen(uow, appointment),
        )
        self._show(view_models.detail(appointment, services, names, zone, steps, writable))
        self.record = edits.record(appointment, FIELDS)
        self.services = [{"id": str(row.id), "name": row.name} for row in services.values()]
        working = [row.id for row in await staff.find(uow) if row.is_active]
        assignable = dict.fromkeys([*await authorization.filter_writable(uow, working), appointment.staff_id])
        self.people = [{"id": str(member_id), "name": names.get(member_id, "")} for member_id in assignable]
        users = dict(await members.names(uow))
        changes = await appointments.changes(uow, appointment_id, PageQuery(limit=HISTORY_LIMIT))
        self.history = [view_models.history_row(change, users, names) for change in reversed(changes.rows)]
        about = MessageFilter(appointment_id=appointment_id, sort="sentAt")
        sent = await messages.page(uow, about, PageQuery(limit=HISTORY_LIMIT))
        self.messages = [message_line(MessageView.of(message)) for message in sent.rows]


async def _save(uow: UnitOfWork, edit: Edit) -> Appointment | None:
    """The appointment if it was moved and nothing else: that can be taken back."""
    values: dict[str, Any] = {**edit.changes}
    if "notes" in values:
        values["notes"] = values["notes"] or None
    if "date" in values or "time" in values:
        zone = (await days.current_organization(uow)).timezone
        shown = (await appointments.get(uow, edit.id)).scheduled_at.astimezone(clock.zone(zone))
        day, at = values.pop("date", f"{shown:%Y-%m-%d}"), values.pop("time", f"{shown:%H:%M}")
        values |= {"timezone": zone, "scheduledAt": f"{day}T{at}"}
    patch = AppointmentPatch.model_validate(values)
    saved = await booking.update(uow, edit.id, patch)
    return saved if patch.model_fields_set and patch.model_fields_set <= MOVE else None
