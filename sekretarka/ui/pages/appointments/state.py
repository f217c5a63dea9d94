"""The calendar: what the URL asks for, kept up to date, and appointments that are moved by dragging."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import reflex as rx
from pydantic import Field, ValidationError
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import authorization, booking, calendar_view
from sekretarka.domain.appointments.schemas import AppointmentPatch
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import service_assignments
from sekretarka.ui import errors
from sekretarka.ui.components.toast import error_toast
from sekretarka.ui.live import refresh_on
from sekretarka.ui.page_state import PageState
from sekretarka.ui.pages.appointments import view_models
from sekretarka.ui.pages.appointments.query_params import PATH, VIEWS, UrlState, parse_day
from sekretarka.ui.pages.appointments.view_models import CalendarColumn, CalendarData, ListDay
from sekretarka.ui.session import secured, write_uow
from sekretarka.ui.undo import offer_to_restore

Chosen = Annotated[str, Field(max_length=40)]
Instant = Annotated[str, Field(max_length=40)]


@refresh_on("appointment.created", "appointment.updated", "calendar.changed", path=PATH)
class AppointmentsState(PageState, rx.State):
    """The calendar of the days that are shown; days are ISO. `answers` counts the answers to drops."""

    view: str = "day"
    chosen_view: str = ""
    day: str = ""
    first: str = ""
    last: str = ""
    is_today: bool = False
    person: str = ""
    people: rx.Field[list[CalendarColumn]] = rx.field(default_factory=list)
    shown: rx.Field[CalendarData] = rx.field(default_factory=view_models.empty_calendar)
    listed: rx.Field[list[ListDay]] = rx.field(default_factory=list)
    closed: rx.Field[dict[str, dict[str, str]]] = rx.field(default_factory=dict)
    answers: int = 0

    open_id: str = ""
    closed_href: str = PATH
    new_href: str = PATH
    bookable: bool = False
    today_href: str = PATH
    previous_href: str = PATH
    next_href: str = PATH
    view_hrefs: rx.Field[dict[str, str]] = rx.field(
        default_factory=lambda: {view: UrlState(view).href for view in VIEWS}
    )

    @secured(Permission.APPOINTMENTS_READ)
    async def load(self) -> None:
        """Read what the URL asks for."""
        await self._load()

    @secured(Permission.APPOINTMENTS_READ)
    def set_filter(self, name: Literal["date", "person"], value: Chosen) -> EventSpec:
        """Another day or staff member: goes to the URL with it."""
        url = url_state(self)
        if name == "date":
            other = UrlState(url.view, parse_day(value), url.person)
        else:
            other = UrlState.read({"view": url.view, "person": value, "date": url.day.isoformat() if url.day else ""})
        return rx.redirect(other.href)

    @secured(Permission.APPOINTMENTS_WRITE)
    async def move(self, appointment_id: UUID, at: Instant, staff_id: UUID) -> EventSpec:
        """An appointment was dropped at an instant (RFC 3339) of a staff member: it is moved, or the toast says why
        not."""
        self.answers += 1
        try:
            patch = AppointmentPatch.model_validate({"scheduledAt": at, "staffId": staff_id})
            moved = await write_uow(booking.update, appointment_id, patch)
        except errors.EXPECTED_ERRORS as error:
            in_past = error_toast(errors.toast_text("field.in_past"), id="in_past")
            return in_past if _in_past(error) else errors.toast(error)
        await self._refresh()
        return offer_to_restore("appointments.moved", moved)

    async def _read(self, uow: UnitOfWork) -> None:
        url = url_state(self)
        organization = await days.current_organization(uow)
        today = clock.local_day(uow.now, organization.timezone)
        between = url.visible_days(today)
        self._show_url(url, today, between)
        services = {row.id: row for row in await catalog.find(uow)}
        names = await staff.names(uow)
        active_staff = [row for row in await staff.find(uow) if row.is_active]
        self.people = [view_models.column(row, position) for position, row in enumerate(active_staff)]
        self.bookable = bool(await authorization.filter_writable(uow, [row.id for row in active_staff]))
        board = await calendar_view.load(uow, between, UUID(url.person) if url.person else None)
        archived = {appointment.service_id for appointment in board.appointments} - services.keys()
        services |= await catalog.by_ids(uow, archived)
        listed = await service_assignments.staff_by_service(uow, services.keys())
        slot = organization.booking["slotMinutes"]
        shown = view_models.calendar_data(board, self.people, services, listed, names, slot)
        self.listed = []
        if self.view == "list":
            self.listed = view_models.by_day(shown["appointments"], *between, organization.timezone)
            shown = view_models.empty_calendar()
        if shown != self.shown:
            self.shown = shown
        closed = {day.isoformat(): names for day, names in board.closed.items()}
        if closed != self.closed:
            self.closed = closed

    def _show_url(self, url: UrlState, today: date, between: tuple[date, date]) -> None:
        day = url.day or today
        self.view, self.chosen_view = url.view or "day", url.view
        self.day, self.is_today, self.person = day.isoformat(), url.day in (None, today), url.person
        self.first, self.last = (bound.isoformat() for bound in between)
        self.open_id = url.id
        closed = url.closed()
        self.closed_href = closed.href
        self.new_href = UrlState(url.view, url.day, url.person, new="1", staff=url.person).href
        self.today_href = UrlState(url.view, person=url.person).href
        self.previous_href = closed.shifted(today, forward=False).href
        self.next_href = closed.shifted(today, forward=True).href
        self.view_hrefs = {view: UrlState(view, url.day, url.person).href for view in VIEWS}


def url_state(state: rx.State) -> UrlState:
    """The `UrlState` of the page that the tab shows."""
    return UrlState.read(state.router.url.query_parameters)


def _in_past(error: AppError | ValidationError) -> bool:
    """The one fault of a drop that is about its time and has no code of its own."""
    return isinstance(error, Invalid) and any(detail["code"] == "in_past" for detail in error.details_json() or ())
