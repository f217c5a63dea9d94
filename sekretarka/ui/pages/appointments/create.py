"""A new appointment: its fields, the free times of the day, clients who may be meant, and booking it."""

from collections.abc import Sequence
from typing import Annotated, Literal, TypedDict

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.appointments import authorization, booking
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentCreate, AvailabilityQuery
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.clients import service as clients
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.ui.create_dialog import CreateDialogState
from sekretarka.ui.errors import form_handler, form_input, notify
from sekretarka.ui.live import refresh_on
from sekretarka.ui.page_state import ReadState
from sekretarka.ui.pages.appointments.field_errors import explain
from sekretarka.ui.pages.appointments.query_params import PATH, parse_day
from sekretarka.ui.pages.appointments.state import Chosen, url_state
from sekretarka.ui.session import Form, read_uow, secured, write_uow

MAX_SUGGESTIONS, MIN_SEARCH_LENGTH = 5, 3
SearchText = Annotated[str, Field(max_length=120)]


class TimeOption(TypedDict):
    """A local time `HH:MM`, and whether somebody is free then."""

    time: str
    free: bool


class ClientSuggestion(TypedDict):
    """A client who may be meant; `tel` is E.164, `phone` as users read it."""

    name: str
    tel: str
    phone: str


@refresh_on("appointment.created", "appointment.updated", "calendar.changed", path=PATH)
class CreateAppointmentState(ReadState, CreateDialogState, rx.State):
    """The dialog of a new appointment: `day` is ISO, `time` is `HH:MM`, `person` a staff id or empty for anyone;
    `revision` is explained by `edit_form`."""

    service: str = ""
    person: str = ""
    day: str = ""
    time: str = ""
    services: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    people: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    anyone: bool = True
    times: rx.Field[list[TimeOption]] = rx.field(default_factory=list)
    suggestions: rx.Field[list[ClientSuggestion]] = rx.field(default_factory=list)
    revision: int = 0

    @secured(Permission.APPOINTMENTS_READ)
    async def load(self) -> None:
        """Open the dialog with what the URL says of the new appointment."""
        url = url_state(self)
        self.creating, self.field_errors, self.suggestions = bool(url.new), {}, []
        if not url.new:
            return
        async with read_uow() as uow:
            today = clock.local_day(uow.now, (await days.current_organization(uow)).timezone)
            started = url.new.partition("T")
            self.day = started[0] if url.new != "1" else (url.day or today).isoformat()
            self.time = started[2]
            await self._offer(uow, url.staff)
            await self._read(uow)
        self.revision += 1

    @secured(Permission.APPOINTMENTS_READ)
    async def choose(self, name: Literal["service", "person", "day"], value: Chosen) -> None:
        """Set service, staff member or day, and read the free times anew."""
        setattr(self, name, value)
        await self._refresh()

    @secured(Permission.CLIENTS_READ)
    async def search(self, text: SearchText) -> None:
        """Suggest at most `MAX_SUGGESTIONS` clients by what was typed of a name or number, from `MIN_SEARCH_LENGTH`
        characters on."""
        if len(text.strip()) < MIN_SEARCH_LENGTH:
            self.suggestions = []
            return
        async with read_uow() as uow:
            matches = await clients.suggest(uow, text.strip(), MAX_SUGGESTIONS)
        self.suggestions = [
            ClientSuggestion(name=row.name or "", tel=row.phone, phone=phone.format_national(row.phone))
            for row in matches
            if row.phone
        ]

    @secured(Permission.APPOINTMENTS_WRITE)
    @form_handler(explain)
    async def book(self, form: Form) -> Sequence[EventSpec]:
        """Book the appointment, or say at which field it cannot be."""
        appointment, zone = await write_uow(_book, form)
        self.creating = False
        day = appointment.scheduled_at.astimezone(clock.zone(zone)).date()
        url = url_state(self).closed()
        shown = url.visible_days(day)
        target = url if url.day and shown[0] <= day <= shown[1] else type(url)(url.view, day, url.person)
        return [rx.redirect(target.href), notify("appointments.booked", toast_id="booked")]

    def _closed_href(self) -> str:
        return url_state(self).closed().href

    async def _on_live_events(self, changes: Sequence[LiveEvent]) -> None:
        if self.creating:
            await super()._on_live_events(changes)

    async def _offer(self, uow: UnitOfWork, person: str) -> None:
        """What can be chosen; who may only book for themselves is the only staff member."""
        services = [row for row in await catalog.find(uow) if row.is_active]
        self.services = [{"id": str(row.id), "name": row.name} for row in services]
        if self.service not in {row["id"] for row in self.services}:
            self.service = self.services[0]["id"] if self.services else ""
        active_staff = {row.id: row.name for row in await staff.find(uow) if row.is_active}
        writable = await authorization.filter_writable(uow, list(active_staff))
        self.people = [{"id": str(staff_id), "name": active_staff[staff_id]} for staff_id in writable]
        self.anyone = len(writable) == len(active_staff)
        ids = {option["id"] for option in self.people}
        self.person = person if person in ids else "" if self.anyone or not ids else self.people[0]["id"]

    async def _read(self, uow: UnitOfWork) -> None:
        """The times of the day, as everything that offers or takes a time has them."""
        day = parse_day(self.day)
        self.times = []
        if day is None or not self.service:
            return
        try:
            query = {"date": day.isoformat(), "serviceType": self.service, "staffId": self.person or None}
            times = await appointments.find_times(uow, AvailabilityQuery.model_validate(query))
        except AppError:
            return  # what was chosen is gone meanwhile: booking says so
        self.times = [TimeOption(time=f"{slot.time:%H:%M}", free=slot.available) for slot in times.slots]


async def _book(uow: UnitOfWork, form: Form) -> tuple[Appointment, str]:
    """The appointment, and the organization's time zone, in which its day was meant."""
    zone = (await days.current_organization(uow)).timezone
    at = {"timezone": zone, "scheduledAt": f"{form.get('date')}T{form.get('time')}"}
    values = {**form_input(AppointmentCreate, dict(form)), **at}
    return await booking.book(uow, AppointmentCreate.model_validate(values)), zone
