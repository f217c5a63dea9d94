"""When a staff member works: hours, what is free under them, time off, and the appointments in conflict with both."""

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
from sekretarka.domain.appointments import time_off as appointment_time_off
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.scheduling.availability import Slot
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import time_off
from sekretarka.domain.staff.models import TimeOff
from sekretarka.domain.staff.schemas import StaffPatch
from sekretarka.ui import edits, errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.pages.services import values
from sekretarka.ui.pages.services.staff_state import StaffState
from sekretarka.ui.schedule_conflicts import ConflictRow, conflict_rows
from sekretarka.ui.session import Edit, Form, read_uow, secured, write_uow

WEEK = timedelta(days=7)
MAX_WEEKS = 110  # weeks: bookings reach two years ahead
FIELDS = {"own": "weekly_hours", "weeklyHours": "weekly_hours"}


class FreeDay(TypedDict):
    """The free time of a day (ISO) as stretches `09:00–12:30`, and at how many times an appointment may begin."""

    day: str
    stretches: list[str]
    times: int


class TimeOffRow(TypedDict):
    """Time off and the appointments it affects. `first` and `last` are ISO days when `whole` (it begins and ends at
    midnight), else RFC 3339."""

    id: str
    first: str
    last: str
    whole: bool
    reason: str
    appointments: list[ConflictRow]


class ScheduleState(PageState, EditFormState, rx.State):
    """The schedule of the staff member that `StaffState` has selected: hours are weekday → blocks `{"open", "close"}`,
    `weeks` is how many weeks ahead are shown. `_draft` is their week as painted and not yet saved, as JSON."""

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
    conflicts: rx.Field[list[ConflictRow]] = rx.field(default_factory=list)
    time_off: rx.Field[list[TimeOffRow]] = rx.field(default_factory=list)

    _draft: str = ""

    @secured(Permission.STAFF_READ)
    async def load(self) -> None:
        """Read everything about the time of the selected staff member."""
        selected = (await self.get_state(StaffState)).selected
        self.field_errors = {}
        if selected != self.staff_id:
            self.loading, self.weeks, self._draft = True, 0, ""
        with errors.loading(self):
            async with read_uow() as uow:
                if selected:
                    await self._read_staff(uow, UUID(selected))
        self.staff_id = selected

    @secured(Permission.STAFF_WRITE)
    @form_handler(values.explain)
    async def save_hours(self, edit: Edit) -> EventSpec:
        """Save the changed days of their week; appointments outside of it stay and are listed."""
        patch = values.weekly_hours(edit.changes, edit.base.get("weeklyHours"))
        await edits.store(edit, FIELDS, staff.update, edit.id, patch)
        self._draft = ""
        await self._reread()
        return notify("form.saved", toast_id="saved")

    @secured(Permission.STAFF_WRITE)
    @form_handler(values.explain)
    async def add_time_off(self, form: Form) -> EventSpec:
        """Add time off; the appointments that it affects are listed with it."""
        affected = await write_uow(_add_time_off, self._selected_id(), form)
        await self._refresh_all()
        return success_toast(
            errors.toast_text("staff.away_hits", n=len(affected))
            if affected
            else errors.toast_text("staff.away_added"),
            id="away",
        )

    @secured(Permission.STAFF_WRITE)
    async def remove_time_off(self, time_off_id: UUID) -> EventSpec:
        """Delete time off; `NotFound`."""
        await write_uow(_remove_time_off, time_off_id)
        await self._reread()
        return notify("staff.away_removed", toast_id="away")

    @secured(Permission.STAFF_READ)
    async def use_own_hours(self, on: bool) -> None:
        """Choose own hours or the organization's, without saving."""
        self.own = on
        await self._refresh_preview()

    @secured(Permission.STAFF_READ)
    async def preview_hours(self, hours: str) -> None:
        """Show what would be free under a week (JSON) that was painted and not saved."""
        self._draft = hours[:10_000]
        await self._refresh_preview()

    @secured(Permission.STAFF_READ)
    async def choose_service(self, service_id: UUID) -> None:
        """Show the free times for another service; `NotFound`."""
        async with read_uow() as uow:
            self.service = str((await catalog.get(uow, service_id)).id)
        await self._refresh_preview()

    @secured(Permission.STAFF_READ)
    async def change_week(self, by: int) -> None:
        """Show the week `by` weeks later (or earlier), from this week to `MAX_WEEKS` ahead."""
        self.weeks = max(0, min(MAX_WEEKS, self.weeks + by))
        await self._refresh_preview()

    @secured(None)
    def discard(self) -> None:
        """Drop the edits and their errors."""
        self.field_errors, self._draft, self.own = {}, "", self.own_saved

    @secured(None)
    async def discard_hours(self) -> None:
        """As `discard`, and show what is free under the hours as saved."""
        self.field_errors, self._draft, self.own = {}, "", self.own_saved
        await self._refresh_preview()

    def _selected_id(self) -> UUID:
        if not self.staff_id:
            raise NotFound
        return UUID(self.staff_id)

    async def _reread(self) -> None:
        if self.staff_id:
            await self._refresh_all()

    async def _refresh_all(self) -> None:
        await self._refresh()
        await (await self.get_state(StaffState))._refresh()

    async def _read(self, uow: UnitOfWork) -> None:
        await self._read_staff(uow, self._selected_id())

    async def _read_staff(self, uow: UnitOfWork, staff_id: UUID) -> None:
        row, organization = await staff.get(uow, staff_id), await days.current_organization(uow)
        shown = row.weekly_hours if row.weekly_hours is not None else organization.business_hours
        saved_as = (row.weekly_hours is not None, shown)
        if saved_as != (self.own_saved, self.hours) or self.staff_id != str(staff_id):
            self.own_saved, self.hours = saved_as
            self.own = self.own_saved
        self.record = edits.record(row, FIELDS)
        self.business = organization.business_hours
        offered = [item for item in await catalog.find(uow) if item.is_active]
        self.services = [{"id": str(item.id), "name": item.name} for item in offered]
        if self.service not in {item["id"] for item in self.services}:
            self.service = self.services[0]["id"] if self.services else ""
        if Permission.APPOINTMENTS_READ in uow.actor.permissions:
            self.conflicts = await conflict_rows(uow, await schedule_conflicts.find(uow, staff_id))
            upcoming = (await time_off.find_by_staff(uow, [staff_id], uow.now))[staff_id]
            self.time_off = [await _time_off_row(uow, off, organization.timezone) for off in upcoming]
            await self._preview(uow, staff_id, organization)

    async def _refresh_preview(self) -> None:
        if self.staff_id:
            async with read_uow() as uow:
                await self._preview(uow, self._selected_id(), await days.current_organization(uow))

    async def _preview(self, uow: UnitOfWork, staff_id: UUID, organization: Organization) -> None:
        today = clock.local_day(uow.now, organization.timezone)
        monday = today - timedelta(days=today.weekday()) + self.weeks * WEEK
        between = (monday, monday + timedelta(days=6))
        self.first_day, self.last_day = (day.isoformat() for day in between)
        try:
            draft = values.weekly_hours({"own": "on" if self.own else "", "weeklyHours": self._draft})
        except (AppError, ValidationError):
            draft = None  # nothing painted, or half typed: as saved
            if not self._draft and self.own and not self.own_saved:
                draft = StaffPatch.model_validate({"weeklyHours": self.hours})
        slots: list[Slot] = []
        if self.service:
            slots = await appointments.preview(uow, staff_id, UUID(self.service), between, draft)
        need = await catalog.get(uow, UUID(self.service)) if self.service else None
        self.free = _free(slots, between[0], need.duration if need else 0, organization)
        self.times = sum(day["times"] for day in self.free)


async def _add_time_off(uow: UnitOfWork, staff_id: UUID, form: Form) -> Sequence[Appointment]:
    data = values.time_off(form, (await days.current_organization(uow)).timezone)
    return (await appointment_time_off.create(uow, staff_id, data))[1]


async def _remove_time_off(uow: UnitOfWork, time_off_id: UUID) -> None:
    await time_off.remove(uow, await time_off.staff_id_of(uow, time_off_id), time_off_id)


def _free(slots: list[Slot], monday: date, duration: int, organization: Organization) -> list[FreeDay]:
    zone = clock.zone(organization.timezone)
    step = organization.booking["slotMinutes"]
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
        ends = [f"{_clock(first, organization)}–{_clock(last + duration, organization)}" for first, last in stretches]
        shown.append(FreeDay(day=day.isoformat(), stretches=ends, times=len(starts)))
    return shown


def _clock(minute: int, organization: Organization) -> str:
    return local_time.to_local(minute, clock.zone(organization.timezone)).strftime("%H:%M")


async def _time_off_row(uow: UnitOfWork, off: TimeOff, zone: str) -> TimeOffRow:
    begins, ends = (at.astimezone(clock.zone(zone)) for at in (off.starts_at, off.ends_at))
    whole = all(at.time() == datetime.min.time() for at in (begins, ends))
    last = ends - timedelta(days=1) if whole else ends
    return TimeOffRow(
        id=str(off.id),
        first=begins.date().isoformat() if whole else clock.to_json(off.starts_at),
        last=last.date().isoformat() if whole else clock.to_json(off.ends_at),
        whole=whole,
        reason=off.reason or "",
        appointments=await conflict_rows(
            uow,
            [
                schedule_conflicts.ScheduleConflict(appointment, schedule_conflicts.Reason.AWAY)
                for appointment in await appointment_time_off.find_affected(uow, off)
            ],
        ),
    )
