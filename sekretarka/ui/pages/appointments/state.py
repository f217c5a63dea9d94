"""The calendar: what the address asks for, kept up to date, and visits that are dragged."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field, ValidationError
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import authorization as authorization
from sekretarka.domain.appointments import booking, calendar_view
from sekretarka.domain.appointments.schemas import AppointmentPatch
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import service_assignments as service_assignments
from sekretarka.ui import errors
from sekretarka.ui.components.toast import error_toast, success_toast
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.appointments import view_models
from sekretarka.ui.pages.appointments.query_params import PATH, VIEWS, Address, day_of
from sekretarka.ui.pages.appointments.view_models import Day, Person, Shown
from sekretarka.ui.session import read_uow, secured, write_uow

Chosen = Annotated[str, Field(max_length=40)]
Instant = Annotated[str, Field(max_length=40)]


@refresh_on("appointment.created", "appointment.updated", "calendar.changed", path=PATH)
class AppointmentsState(rx.State):
    """View rows of the days that are shown. `answers` counts what was said to drops."""

    loading: bool = True
    failed: bool = False
    view: str = "day"
    chosen_view: str = ""
    day: str = ""
    first: str = ""
    last: str = ""
    is_today: bool = False
    person: str = ""
    people: rx.Field[list[Person]] = rx.field(default_factory=list)
    shown: rx.Field[Shown] = rx.field(default_factory=view_models.nothing)
    listed: rx.Field[list[Day]] = rx.field(default_factory=list)
    answers: int = 0

    open_id: str = ""
    calm_href: str = PATH
    new_href: str = PATH
    bookable: bool = False
    today_href: str = PATH
    previous_href: str = PATH
    next_href: str = PATH
    view_hrefs: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @secured(Permission.APPOINTMENTS_READ)
    async def load(self) -> None:
        """What the address asks for."""
        try:
            async with read_uow() as uow:
                await self._read(uow)
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    @secured(Permission.APPOINTMENTS_READ)
    def narrow(self, name: Literal["date", "person"], value: Chosen) -> EventSpec:
        """Another day or another person: the address changes, and with it the calendar."""
        asked = address(self)
        if name == "date":
            other = Address(asked.view, day_of(value), asked.person)
        else:
            other = Address.read(
                {"view": asked.view, "person": value, "date": asked.day.isoformat() if asked.day else ""}
            )
        return rx.redirect(other.href)

    @secured(Permission.APPOINTMENTS_WRITE)
    async def move(self, appointment_id: UUID, at: Instant, staff_id: UUID) -> EventSpec:
        """A visit was dropped somewhere: there it is from now on, or back where it was."""
        self.answers += 1
        try:
            patch = AppointmentPatch.model_validate({"scheduledAt": at, "staffId": staff_id})
            await write_uow(booking.update, appointment_id, patch)
        except errors.EXPECTED_ERRORS as error:
            return (
                error_toast(errors.toast_text("field.in_past"), id="in_past")
                if _in_past(error)
                else errors.toast(error)
            )
        async with read_uow() as uow:
            await self._read(uow)
        return success_toast(errors.toast_text("visits.moved"), id="moved")

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        async with read_uow() as uow:
            await self._read(uow)

    async def _read(self, uow: UnitOfWork) -> None:
        asked = address(self)
        organization = await days.current_organization(uow)
        today = clock.local_day(uow.now, organization.timezone)
        between = asked.shown(today)
        self._show_address(asked, today, between)
        services = {row.id: row for row in await catalog.find(uow)}
        names = await staff.names(uow)
        everybody = [row for row in await staff.find(uow) if row.is_active]
        self.people = [view_models.person(row, position) for position, row in enumerate(everybody)]
        self.bookable = bool(await authorization.filter_writable(uow, [row.id for row in everybody]))
        found = await calendar_view.load(uow, between, UUID(asked.person) if asked.person else None)
        gone = {visit.service_id for visit in found.appointments} - services.keys()
        services |= await catalog.by_ids(uow, gone)
        listed = await service_assignments.staff_by_service(uow, services.keys())
        slot = organization.booking["slotMinutes"]
        shown = view_models.shown(found, self.people, services, listed, names, slot)
        self.listed = []
        if self.view == "list":
            self.listed = view_models.by_day(shown["visits"], *between, organization.timezone)
            shown = view_models.nothing()
        if shown != self.shown:
            self.shown = shown

    def _show_address(self, asked: Address, today: date, between: tuple[date, date]) -> None:
        day = asked.day or today
        self.view, self.chosen_view = asked.view or "day", asked.view
        self.day, self.is_today, self.person = day.isoformat(), asked.day in (None, today), asked.person
        self.first, self.last = (bound.isoformat() for bound in between)
        self.open_id = asked.id
        calm = asked.calm()
        self.calm_href = calm.href
        self.new_href = Address(asked.view, asked.day, asked.person, new="1", staff=asked.person).href
        self.today_href = Address(asked.view, person=asked.person).href
        self.previous_href = calm.turned(today, forward=False).href
        self.next_href = calm.turned(today, forward=True).href
        self.view_hrefs = {view: Address(view, asked.day, asked.person).href for view in VIEWS}


def address(state: rx.State) -> Address:
    """Of the page that the tab shows."""
    return Address.read(state.router.url.query_parameters)


def _in_past(error: AppError | ValidationError) -> bool:
    """The one fault of a drop that is about its time and has no code of its own."""
    return isinstance(error, Invalid) and any(detail["code"] == "in_past" for detail in error.details_json() or ())
