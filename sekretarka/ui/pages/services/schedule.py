"""When a person works: her hours, what is free under them, her time off, and the visits that lie outside."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TypedDict
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import schedule_conflicts
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments import time_off as leave
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.scheduling import local_time as local_time
from sekretarka.domain.appointments.scheduling.availability import Slot
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import time_off
from sekretarka.domain.staff.models import TimeOff
from sekretarka.domain.staff.schemas import StaffPatch
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.pages.services import values
from sekretarka.ui.pages.services.staff_state import PeopleState
from sekretarka.ui.schedule_conflicts import ConflictRow, conflict_rows
from sekretarka.ui.session import Form, read_uow, secured, write_uow

WEEK = timedelta(days=7)
FURTHEST = 110  # weeks: bookings reach two years ahead


class FreeDay(TypedDict):
    """A day's free time as stretches of the clock, and how many times to begin there are."""

    day: str
    stretches: list[str]
    times: int


class Away(TypedDict):
    """Time off, `whole` when it begins and ends at midnight, and the visits it hits."""

    id: str
    first: str
    last: str
    whole: bool
    reason: str
    visits: list[ConflictRow]


class ScheduleState(rx.State):
    """Of the person that `PeopleState` has chosen. `draft` is her week as painted and not yet saved."""

    loading: bool = True
    failed: bool = False
    staff_id: str = ""
    own: bool = False
    own_saved: bool = False
    hours: rx.Field[dict[str, list[dict[str, str]]]] = rx.field(default_factory=dict)
    business: rx.Field[dict[str, list[dict[str, str]]]] = rx.field(default_factory=dict)
    services: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    service: str = ""
    weeks: int = 0
    first_day: str = ""
    last_day: str = ""
    free: rx.Field[list[FreeDay]] = rx.field(default_factory=list)
    times: int = 0
    outside: rx.Field[list[ConflictRow]] = rx.field(default_factory=list)
    away: rx.Field[list[Away]] = rx.field(default_factory=list)
    revision: int = 0
    attempt: int = 0
    away_revision: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    _draft: str = ""

    @secured(Permission.STAFF_READ)
    async def load(self) -> None:
        """Everything about the chosen person's time, as stored now."""
        chosen = (await self.get_state(PeopleState)).selected
        self.field_errors = {}
        if chosen != self.staff_id:
            self.loading, self.weeks, self._draft = True, 0, ""
        try:
            async with read_uow() as uow:
                if chosen:
                    await self._read(uow, UUID(chosen))
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.staff_id, self.loading = chosen, False

    @secured(Permission.STAFF_WRITE)
    async def save_hours(self, form: Form) -> EventSpec | None:
        """Her week; visits outside of it stay and are listed."""
        self.attempt += 1
        try:
            await write_uow(staff.update, self._chosen(), values.weekly_hours(form))
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error, values.field_of)
            return None if self.field_errors else errors.toast(error)
        self.field_errors, self._draft = {}, ""
        await self._again()
        return success_toast(errors.toast_text("form.saved"), id="saved")

    @secured(Permission.STAFF_WRITE)
    async def take(self, form: Form) -> EventSpec | None:
        """She will be away; the visits that this hits are listed with it."""
        self.attempt += 1
        try:
            hit = await write_uow(_take, self._chosen(), form)
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error, values.field_of)
            return None if self.field_errors else errors.toast(error)
        self.field_errors = {}
        self.away_revision += 1
        await self._again()
        return success_toast(
            errors.toast_text("staff.away_hits", n=len(hit)) if hit else errors.toast_text("staff.away_added"),
            id="away",
        )

    @secured(Permission.STAFF_WRITE)
    async def give_back(self, time_off_id: UUID) -> EventSpec:
        """She will be there after all."""
        await write_uow(_give_back, time_off_id)
        if self.staff_id:
            await self._again()
        return success_toast(errors.toast_text("staff.away_removed"), id="away")

    @secured(Permission.STAFF_READ)
    async def use_own(self, on: bool) -> None:
        """Her own hours or the business's, as chosen and not yet saved."""
        self.own = on
        await self._look()

    @secured(Permission.STAFF_READ)
    async def paint(self, hours: str) -> None:
        """Her week was painted; what would be free under it is shown before it is saved."""
        self._draft = hours[:10_000]
        await self._look()

    @secured(Permission.STAFF_READ)
    async def choose_service(self, service_id: UUID) -> None:
        """Look at the free hours for another service."""
        async with read_uow() as uow:
            self.service = str((await catalog.get(uow, service_id)).id)
        await self._look()

    @secured(Permission.STAFF_READ)
    async def turn(self, by: int) -> None:
        """Look at an earlier or later week."""
        self.weeks = max(0, min(FURTHEST, self.weeks + by))
        await self._look()

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors, self._draft, self.own = {}, "", self.own_saved

    @secured(None)
    async def discard_hours(self) -> None:
        """As `discard`, and what is free is shown under the hours as saved."""
        self.field_errors, self._draft, self.own = {}, "", self.own_saved
        await self._look()

    def _chosen(self) -> UUID:
        if not self.staff_id:
            raise NotFound
        return UUID(self.staff_id)

    async def _again(self) -> None:
        async with read_uow() as uow:
            await self._read(uow, self._chosen())
        list_state = await self.get_state(PeopleState)
        async with read_uow() as uow:
            await list_state._read(uow)

    async def _read(self, uow: UnitOfWork, staff_id: UUID) -> None:
        row, here = await staff.get(uow, staff_id), await days.current_organization(uow)
        shown = row.weekly_hours if row.weekly_hours is not None else here.business_hours
        saved_as = (row.weekly_hours is not None, shown)
        if saved_as != (self.own_saved, self.hours) or self.staff_id != str(staff_id):
            self.own_saved, self.hours = saved_as
            self.own = self.own_saved
            self.revision += 1
        self.business = here.business_hours
        offered = [one for one in await catalog.find(uow) if one.is_active]
        self.services = [{"id": str(one.id), "name": one.name} for one in offered]
        if self.service not in {one["id"] for one in self.services}:
            self.service = self.services[0]["id"] if self.services else ""
        if Permission.APPOINTMENTS_READ in uow.actor.permissions:
            self.outside = await conflict_rows(uow, await schedule_conflicts.find(uow, staff_id))
            coming = (await time_off.find_by_staff(uow, [staff_id], uow.now))[staff_id]
            self.away = [await _away(uow, off, here.timezone) for off in coming]
            await self._preview(uow, staff_id, here)

    async def _look(self) -> None:
        if self.staff_id:
            async with read_uow() as uow:
                await self._preview(uow, self._chosen(), await days.current_organization(uow))

    async def _preview(self, uow: UnitOfWork, staff_id: UUID, here: Organization) -> None:
        today = clock.local_day(uow.now, here.timezone)
        monday = today - timedelta(days=today.weekday()) + self.weeks * WEEK
        between = (monday, monday + timedelta(days=6))
        self.first_day, self.last_day = (day.isoformat() for day in between)
        try:
            draft = values.weekly_hours({"own": "on" if self.own else "", "weeklyHours": self._draft})
        except (AppError, ValidationError):
            draft = None  # nothing painted, or half typed: as saved
            if not self._draft and self.own and not self.own_saved:
                draft = StaffPatch.model_validate({"weeklyHours": self.hours})
        found: list[Slot] = []
        if self.service:
            found = await appointments.preview(uow, staff_id, UUID(self.service), between, draft)
        need = await catalog.get(uow, UUID(self.service)) if self.service else None
        self.free = _free(found, between[0], need.duration if need else 0, here)
        self.times = sum(day["times"] for day in self.free)


async def _take(uow: UnitOfWork, staff_id: UUID, form: Form) -> Sequence[Appointment]:
    data = values.time_off(form, (await days.current_organization(uow)).timezone)
    return (await leave.create(uow, staff_id, data))[1]


async def _give_back(uow: UnitOfWork, time_off_id: UUID) -> None:
    await time_off.remove(uow, await time_off.staff_id_of(uow, time_off_id), time_off_id)


def _free(slots: list[Slot], monday: date, duration: int, here: Organization) -> list[FreeDay]:
    zone = clock.zone(here.timezone)
    step = here.booking["slotMinutes"]
    by_day = {
        day: list(group)
        for day, group in groupby(
            (slot.start for slot in slots if slot.free), key=lambda at: local_time.day_of(at, zone)
        )
    }
    shown = []
    for day in (monday + timedelta(days=number) for number in range(7)):
        starts = by_day.get(day, [])
        stretches: list[list[int]] = []
        for start in starts:
            if stretches and start - stretches[-1][1] <= step:
                stretches[-1][1] = start
            else:
                stretches.append([start, start])
        ends = [f"{_clock(one, here)}–{_clock(last + duration, here)}" for one, last in stretches]
        shown.append(FreeDay(day=day.isoformat(), stretches=ends, times=len(starts)))
    return shown


def _clock(minute: int, here: Organization) -> str:
    return local_time.to_local(minute, clock.zone(here.timezone)).strftime("%H:%M")


async def _away(uow: UnitOfWork, off: TimeOff, zone: str) -> Away:
    begins, ends = (at.astimezone(clock.zone(zone)) for at in (off.starts_at, off.ends_at))
    whole = all(at.time() == datetime.min.time() for at in (begins, ends))
    last = ends - timedelta(days=1) if whole else ends
    return Away(
        id=str(off.id),
        first=begins.date().isoformat() if whole else clock.to_json(off.starts_at),
        last=last.date().isoformat() if whole else clock.to_json(off.ends_at),
        whole=whole,
        reason=off.reason or "",
        visits=await conflict_rows(
            uow,
            [
                schedule_conflicts.ScheduleConflict(one, schedule_conflicts.Reason.AWAY)
                for one in await leave.find_affected(uow, off)
            ],
        ),
    )
