"""A new visit: what is asked for, which times of the day are free, who might be meant, and booking it."""

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
from sekretarka.domain.appointments import authorization as authorization
from sekretarka.domain.appointments import booking
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentCreate, AvailabilityQuery
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.clients import service as clients
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.appointments import field_errors
from sekretarka.ui.pages.appointments.query_params import PATH, day_of
from sekretarka.ui.pages.appointments.state import Chosen, address
from sekretarka.ui.session import Form, read_uow, secured, write_uow

SUGGESTED, WORTH_SEARCHING = 5, 3
Typed = Annotated[str, Field(max_length=120)]


class Time(TypedDict):
    """A time on the clock, and whether somebody is free then."""

    time: str
    free: bool


class Known(TypedDict):
    """A client who may be meant."""

    name: str
    tel: str
    phone: str


@refresh_on("appointment.created", "appointment.updated", "calendar.changed", path=PATH)
class MakingState(rx.State):
    """The dialog of a new visit; `revision` and `attempt` are explained by `edit_form`."""

    is_open: bool = False
    service: str = ""
    person: str = ""
    day: str = ""
    time: str = ""
    services: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    people: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    anyone: bool = True
    times: rx.Field[list[Time]] = rx.field(default_factory=list)
    known: rx.Field[list[Known]] = rx.field(default_factory=list)
    revision: int = 0
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.APPOINTMENTS_READ)
    async def load(self) -> None:
        """What the address says of the visit that is to be made."""
        asked = address(self)
        self.is_open, self.field_errors, self.known = bool(asked.new), {}, []
        if not asked.new:
            return
        async with read_uow() as uow:
            today = clock.local_day(uow.now, (await days.current_organization(uow)).timezone)
            started = asked.new.partition("T")
            self.day = started[0] if asked.new != "1" else (asked.day or today).isoformat()
            self.time = started[2]
            await self._offer(uow, asked.staff)
            await self._read(uow)
        self.revision += 1

    @secured(Permission.APPOINTMENTS_READ)
    async def choose(self, name: Literal["service", "person", "day"], value: Chosen) -> None:
        """Another service, person or day has other free times."""
        setattr(self, name, value)
        async with read_uow() as uow:
            await self._read(uow)

    @secured(Permission.CLIENTS_READ)
    async def search(self, words: Typed) -> None:
        """Who might be meant by what was typed of a name or number."""
        if len(words.strip()) < WORTH_SEARCHING:
            self.known = []
            return
        async with read_uow() as uow:
            found = await clients.suggest(uow, words.strip(), SUGGESTED)
        self.known = [
            Known(name=row.name or "", tel=row.phone, phone=phone.format_national(row.phone))
            for row in found
            if row.phone
        ]

    @secured(Permission.APPOINTMENTS_WRITE)
    async def book(self, form: Form) -> EventSpec | Sequence[EventSpec] | None:
        """Make the visit, or say at which field it cannot be."""
        self.attempt += 1
        try:
            row, zone = await write_uow(_book, form)
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = field_errors.of(error)
            return None if self.field_errors else errors.toast(error)
        self.is_open = False
        day = row.scheduled_at.astimezone(clock.zone(zone)).date()
        asked = address(self).calm()
        shown = asked.shown(day)
        there = asked if asked.day and shown[0] <= day <= shown[1] else type(asked)(asked.view, day, asked.person)
        return [rx.redirect(there.href), success_toast(errors.toast_text("visits.booked"), id="booked")]

    @secured(None)
    def close(self, is_open: bool) -> EventSpec | None:
        """The dialog was closed."""
        return None if is_open else rx.redirect(address(self).calm().href)

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        if self.is_open:
            async with read_uow() as uow:
                await self._read(uow)

    async def _offer(self, uow: UnitOfWork, person: str) -> None:
        """What can be chosen; who books for herself alone is the only person."""
        services = [row for row in await catalog.find(uow) if row.is_active]
        self.services = [{"id": str(row.id), "name": row.name} for row in services]
        if self.service not in {row["id"] for row in self.services}:
            self.service = self.services[0]["id"] if self.services else ""
        working = {row.id: row.name for row in await staff.find(uow) if row.is_active}
        mine = await authorization.filter_writable(uow, list(working))
        self.people = [{"id": str(one), "name": working[one]} for one in mine]
        self.anyone = len(mine) == len(working)
        ids = {one["id"] for one in self.people}
        self.person = person if person in ids else "" if self.anyone or not ids else self.people[0]["id"]

    async def _read(self, uow: UnitOfWork) -> None:
        """The times of the day, as everything that offers or takes a time has them."""
        day = day_of(self.day)
        self.times = []
        if day is None or not self.service:
            return
        try:
            query = {"date": day.isoformat(), "serviceType": self.service, "staffId": self.person or None}
            found = await appointments.find_times(uow, AvailabilityQuery.model_validate(query))
        except AppError:
            return  # what was chosen is gone meanwhile: booking says so
        self.times = [Time(time=f"{slot.time:%H:%M}", free=slot.available) for slot in found.slots]


async def _book(uow: UnitOfWork, form: Form) -> tuple[Appointment, str]:
    """The visit, and the zone of the business, in which its day was meant."""
    zone = (await days.current_organization(uow)).timezone
    at = {"timezone": zone, "scheduledAt": f"{form.get('date')}T{form.get('time')}"}
    given = {**errors.form_input(AppointmentCreate, dict(form)), **at}
    return await booking.book(uow, AppointmentCreate.model_validate(given)), zone
