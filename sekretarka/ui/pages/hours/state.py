"""Opening hours, days off and rules of booking as they are saved, and the appointments in conflict with them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.edits import changed_keys
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import schedule_conflicts
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import OrganizationPatch
from sekretarka.ui import edits
from sekretarka.ui.errors import field_errors, form_handler, notify
from sekretarka.ui.form_values import parse_json
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.schedule_conflicts import ConflictRow, conflict_rows
from sekretarka.ui.session import Edit, actor, read_uow, secured, write_uow

RULES = ("slotMinutes", "minimumNoticeMinutes", "maximumAdvanceDays", "holdMinutes")
AHEAD = timedelta(days=365)
FIELDS = {
    "businessHours": "business_hours",
    "closedDays": "closed_days",
    **{name: f"booking.{name}" for name in RULES},
}


def _field_name(path: Sequence[str | int]) -> str:
    """Errors of hours stand at their day, all others at their field."""
    parts = [str(part) for part in path if part != "body"]
    if parts[0] == "businessHours" and len(parts) > 1:
        return f"businessHours.{parts[1]}"
    return parts[-1] if parts[0] == "booking" else parts[0]


_explain = partial(field_errors, name_of=_field_name)


class Holiday(TypedDict):
    """A public holiday of the next twelve months: the ISO day, and its name in each language."""

    day: str
    pl: str
    en: str


class HoursState(PageState, EditFormState, rx.State):
    """The forms as they are saved: `hours` is weekday → blocks `{"open": "09:00", "close": "17:00"}`, days are ISO,
    `rules` are `RULES` in minutes and days."""

    hours: rx.Field[dict[str, list[dict[str, str]]]] = rx.field(default_factory=dict)
    closed: rx.Field[list[str]] = rx.field(default_factory=list)
    observes: bool = True
    country: str = ""
    holidays: rx.Field[list[Holiday]] = rx.field(default_factory=list)
    rules: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    today: str = ""
    conflicts: rx.Field[list[ConflictRow]] = rx.field(default_factory=list)

    _over: rx.Field[list[str]] = rx.field(default_factory=list)

    @secured(Permission.ORGANIZATIONS_READ)
    async def load(self) -> None:
        """Read the organization of this session."""
        self.field_errors = {}
        await self._load()

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def save_hours(self, edit: Edit) -> EventSpec | None:
        """Save the days of the week that are others now. `Invalid` when the field is no JSON."""
        week = parse_json(edit.changes.get("businessHours"))
        return await self._save_edit(edit, {"businessHours": changed_keys(edit.base.get("businessHours"), week)})

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def save_closed(self, edit: Edit) -> EventSpec | None:
        """Save the closed days from today on; earlier ones stay. `Invalid` when the field is no JSON."""
        days_closed = parse_json(edit.changes.get("closedDays"))
        return await self._save_edit(
            edit, {"closedDays": [*self._over, *days_closed] if isinstance(days_closed, list) else days_closed}
        )

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def save_rules(self, edit: Edit) -> EventSpec | None:
        """Save the rules of booking."""
        rules = {name: _number(str(edit.changes[name])) for name in RULES if name in edit.changes}
        return await self._save_edit(edit, {"booking": rules})

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def observe_holidays(self, on: bool) -> EventSpec | None:
        """Set whether it is closed on public holidays."""
        patch = OrganizationPatch(observes_public_holidays=on)
        return await self._show_saved(await write_uow(organizations.update, _organization_id(), patch))

    async def _read(self, uow: UnitOfWork) -> None:
        await self._show(uow, await organizations.get(uow, _organization_id()))

    @form_handler(_explain)
    async def _save_edit(self, edit: Edit, changes: dict[str, Any]) -> EventSpec:
        patch = OrganizationPatch.model_validate(changes)
        return await self._show_saved(await edits.store(edit, FIELDS, organizations.update, edit.id, patch))

    async def _show_saved(self, row: Organization) -> EventSpec:
        async with read_uow() as uow:
            await self._show(uow, row)
        return notify("form.saved", toast_id="saved")

    async def _show(self, uow: UnitOfWork, row: Organization) -> None:
        self.record = edits.record(row, FIELDS)
        today = clock.local_day(uow.now, row.timezone)
        self.hours = {day: list(blocks) for day, blocks in row.business_hours.items()}
        self.closed = [day for day in row.closed_days if day >= today.isoformat()]
        self._over = [day for day in row.closed_days if day < today.isoformat()]
        self.rules = {name: row.booking[name] for name in RULES}
        self.observes, self.country, self.today = row.observes_public_holidays, row.country, today.isoformat()
        self.holidays = [
            Holiday(day=day.isoformat(), pl=names["pl"], en=names["en"])
            for day, names in days.named_holidays(row.country, today, today + AHEAD)
        ]
        if Permission.APPOINTMENTS_READ in uow.actor.permissions:
            self.conflicts = await conflict_rows(uow, await schedule_conflicts.find(uow))


def _organization_id() -> UUID:
    organization_id = actor().organization_id
    if organization_id is None:
        raise NotFound
    return organization_id


def _number(text: str) -> int | str:
    return int(text) if text.strip().isdecimal() and len(text) < 10 else text
