"""The open visit: what is known of it, its history, and what is done to it."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import authorization as authorization
from sekretarka.domain.appointments import booking, statuses
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentPatch
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import days, members
from sekretarka.domain.staff import service as staff
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.appointments import field_errors, view_models
from sekretarka.ui.pages.appointments.query_params import PATH
from sekretarka.ui.pages.appointments.state import AppointmentsState, address
from sekretarka.ui.pages.appointments.view_models import Entry, Visit
from sekretarka.ui.session import Form, read_uow, secured, write_uow

HISTORY = 100
STEPS = {"confirmed": statuses.confirm, "completed": statuses.complete, "no_show": statuses.mark_no_show}


@refresh_on("appointment.created", "appointment.updated", path=PATH)
class VisitState(rx.State):
    """View rows of the visit that the address names; `revision` and `attempt` are explained by `edit_form`."""

    visit: rx.Field[Visit | None] = rx.field(default=None)
    missing: bool = False
    history: rx.Field[list[Entry]] = rx.field(default_factory=list)
    services: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    people: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    revision: int = 0
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)
    cancelling: bool = False

    @secured(Permission.APPOINTMENTS_READ)
    async def load(self) -> None:
        """The visit of the address."""
        wanted = address(self).id
        if not wanted:
            self.visit, self.missing, self.cancelling = None, False, False
            return
        if self.visit is None or self.visit["id"] != wanted:
            self.visit, self.missing, self.field_errors, self.history, self.cancelling = None, False, {}, [], False
            self.revision += 1
        async with read_uow() as uow:
            await self._read(uow, UUID(wanted))

    @secured(Permission.APPOINTMENTS_WRITE)
    async def become(self, appointment_id: UUID, status: Literal["confirmed", "completed", "no_show"]) -> EventSpec:
        """The next state of the visit."""
        await write_uow(STEPS[status], appointment_id)
        await self._again()
        return success_toast(errors.toast_text(f"visits.became.{status}"), id="status")

    @secured(Permission.APPOINTMENTS_WRITE)
    async def cancel(self, appointment_id: UUID, form: Form) -> EventSpec:
        """The visit will not take place; why is told when somebody wrote it."""
        reason = str(form.get("reason") or "").strip()[: field_errors.LONGEST_REASON]
        await write_uow(statuses.cancel, appointment_id, reason or None)
        self.cancelling = False
        await self._again()
        return success_toast(errors.toast_text("visits.became.cancelled"), id="status")

    @secured(Permission.APPOINTMENTS_WRITE)
    async def save(self, appointment_id: UUID, form: Form) -> EventSpec | None:
        """Another time, person or service, another name, number or note: only what differs is written."""
        self.attempt += 1
        try:
            await write_uow(_save, appointment_id, form)
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = field_errors.of(error)
            return None if self.field_errors else errors.toast(error)
        self.field_errors = {}
        await self._again()
        return success_toast(errors.toast_text("form.saved"), id="saved")

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}

    @secured(None)
    def ask(self, is_open: bool) -> None:
        """Somebody wants to cancel the visit, or not any more."""
        self.cancelling = is_open

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        if self.visit is not None:
            async with read_uow() as uow:
                await self._read(uow, UUID(self.visit["id"]))

    async def _again(self) -> None:
        calendar = await self.get_state(AppointmentsState)
        async with read_uow() as uow:
            if self.visit is not None:
                await self._read(uow, UUID(self.visit["id"]))
            await calendar._read(uow)

    async def _read(self, uow: UnitOfWork, appointment_id: UUID) -> None:
        try:
            found = await appointments.get(uow, appointment_id)
        except NotFound:
            self.visit, self.missing = None, True
            return
        names = await staff.names(uow)
        services = {row.id: row for row in await catalog.find(uow) if row.is_active}
        services |= await catalog.by_ids(uow, [found.service_id])
        zone = (await days.current_organization(uow)).timezone
        writable = bool(await authorization.filter_writable(uow, [found.staff_id]))
        fresh = view_models.detail(found, services, names, zone, statuses.allowed(uow, found), writable)
        if self.visit is None or _edited(self.visit) != _edited(fresh):
            self.revision += 1
        self.visit, self.missing = fresh, False
        self.services = [{"id": str(row.id), "name": row.name} for row in services.values()]
        working = [row.id for row in await staff.find(uow) if row.is_active]
        everybody = dict.fromkeys([*await authorization.filter_writable(uow, working), found.staff_id])
        self.people = [{"id": str(one), "name": names.get(one, "")} for one in everybody]
        users = dict(await members.names(uow))
        changes = await appointments.changes(uow, appointment_id, PageQuery(limit=HISTORY))
        self.history = [view_models.entry(change, users, names) for change in reversed(changes.rows)]


def _edited(visit: Visit) -> tuple[Any, ...]:
    """What the form shows of a visit."""
    place = visit["day"], visit["time"], visit["staff"], visit["serviceId"]
    return (*place, visit["who"], visit["tel"], visit["notes"], visit["movable"])


async def _save(uow: UnitOfWork, appointment_id: UUID, form: Form) -> None:
    before = await appointments.get(uow, appointment_id)
    zone = (await days.current_organization(uow)).timezone
    patch = AppointmentPatch.model_validate(_changes(before, form, zone))
    await booking.update(uow, appointment_id, patch)


def _changes(before: Appointment, form: Form, zone: str) -> dict[str, Any]:
    """The form as a merge patch against the stored visit."""
    stored = {
        "serviceType": str(before.service_id),
        "staffId": str(before.staff_id),
        "clientName": before.client_name,
        "clientPhone": before.client_phone,
        "notes": before.notes,
    }
    wanted = {name: form[name] or None if name == "notes" else form[name] for name in stored if name in form}
    patch = {name: value for name, value in wanted.items() if value != stored[name]}
    local = before.scheduled_at.astimezone(clock.zone(zone))
    shown = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
    if "time" in form and (form.get("date"), form.get("time")) != shown:
        patch |= {"timezone": zone, "scheduledAt": f"{form.get('date')}T{form.get('time')}"}
    return patch
