"""Staff: the list, the one that the URL opens, created, changed and deleted."""

from collections.abc import Sequence
from typing import ClassVar, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Forbidden
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.appointments import departures
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import members
from sekretarka.domain.staff import calendar_links, service_assignments
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.staff.schemas import StaffCreate, StaffPatch, StaffView
from sekretarka.ui import edits, errors
from sekretarka.ui.components.clipboard import reveal
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.create_dialog import CreateDialogState
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.form_values import merged_ids
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.pages.services import values
from sekretarka.ui.pages.services.state import NEW, PATH
from sekretarka.ui.schedule_conflicts import ConflictRow, conflict_rows
from sekretarka.ui.session import Edit, Form, read_uow, secured, write_uow

STAFF_PATH = f"{PATH}?tab=staff"
SECTIONS = ("data", "hours", "away")
FIELDS = {
    **{name: name for name in ("name", "email", "phone", "role", "color")},
    "userId": "user_id",
    "isActive": "is_active",
}


class StaffRow(TypedDict):
    """A staff member in the list; `own` with working hours of their own, `away` during time off."""

    id: str
    name: str
    role: str
    color: str
    active: bool
    own: bool
    away: bool


class StaffValues(TypedDict):
    """The values of the form; `serviceIds` are ids of those they do, `hasLink` says that their calendar's link may be
    shown, `upcoming` counts their appointments to come."""

    id: str
    name: str
    email: str
    phone: str
    role: str
    color: str
    userId: str
    isActive: bool
    serviceIds: list[str]
    hasLink: bool
    upcoming: int


def _blank() -> StaffValues:
    texts = {name: "" for name, kind in StaffValues.__annotations__.items() if kind is str}
    return StaffValues(**texts, isActive=True, serviceIds=[], hasLink=False, upcoming=0)  # type: ignore[typeddict-item]


class StaffState(PageState, CreateDialogState, EditFormState, rx.State):
    """The list, the id of the staff member `selected` beside it (empty: none), and the dialog for a new one. `left` are
    the upcoming appointments of those who are gone or do not take clients."""

    rows: rx.Field[list[StaffRow]] = rx.field(default_factory=list)
    left: rx.Field[list[ConflictRow]] = rx.field(default_factory=list)
    selected: str = ""
    section: str = SECTIONS[0]
    form: rx.Field[StaffValues] = rx.field(default_factory=_blank)
    services: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    members: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)

    _closed_path: ClassVar = STAFF_PATH
    _formats: ClassVar = {"phone": phone.format_national}

    @secured(Permission.STAFF_READ)
    async def load(self) -> None:
        """Read all staff; the URL says who is open."""
        query = self.router.url.query_parameters
        self.creating = query.get("person") == NEW
        self.section = query.get("section", "") if query.get("section") in SECTIONS else SECTIONS[0]
        self.field_errors = {}
        with errors.loading(self):
            async with read_uow() as uow:
                await self._read(uow)
                await self._open(uow, query.get("person", ""))

    @secured(Permission.STAFF_WRITE)
    @form_handler(values.explain)
    async def create(self, form: Form) -> EventSpec | Sequence[EventSpec]:
        """Create a staff member and open their hours."""
        row = await write_uow(staff.create, values.staff_member({**form, "isActive": "on"}, StaffCreate))
        return [
            rx.redirect(f"{STAFF_PATH}&person={row.id}&section=hours"),
            success_toast(errors.toast_text("staff.created", name=row.name)),
        ]

    @secured(Permission.STAFF_WRITE)
    @form_handler(values.explain)
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed of the data and services of a staff member."""
        await edits.store(edit, FIELDS, _save, edit)
        await self._reread()
        if self.form["upcoming"] and not self.form["isActive"]:
            return notify("staff.off_left", n=self.form["upcoming"], toast_id="saved")
        return notify("form.saved", toast_id="saved")

    @secured(Permission.STAFF_WRITE)
    async def remove(self, staff_id: UUID) -> Sequence[EventSpec]:
        """Delete a staff member; their appointments stay."""
        row, left = await write_uow(_remove, staff_id)
        self.selected = ""  # so that their forms are gone before the page moves on
        key = "staff.removed_left" if left else "staff.removed"
        return [rx.redirect(STAFF_PATH), success_toast(errors.toast_text(key, name=row.name, n=left))]

    @secured(Permission.STAFF_READ)
    async def reveal_calendar_link(self) -> EventSpec:
        """Hand the secret link to their calendar to the browser that asks; `Forbidden` for who may not see it."""
        async with read_uow() as uow:
            return _link(uow, await staff.get(uow, self._selected_id()))

    @secured(Permission.STAFF_WRITE)
    async def rotate_calendar_link(self) -> Sequence[EventSpec]:
        """Make another link, shown at once; the old one stops working."""
        shown = await write_uow(_rotate_calendar_link, self._selected_id())
        return [shown, notify("staff.calendar_changed", toast_id="calendar")]

    def _selected_id(self) -> UUID:
        return UUID(self.selected or str(UUID(int=0)))

    async def _reread(self) -> None:
        async with read_uow() as uow:
            await self._read(uow)
            await self._open(uow, self.selected)

    async def _read(self, uow: UnitOfWork) -> None:
        self.rows = [_row(view, uow) for view in await staff.view(uow, *await staff.find(uow))]
        self.left = await conflict_rows(uow, await departures.find_left(uow))
        self.services = [{"value": str(row.id), "label": row.name} for row in await catalog.find(uow)]
        organization_id = uow.actor.organization_id
        if organization_id is not None and Permission.MEMBERS_READ in uow.actor.permissions:
            self.members = [
                {"id": str(member.user_id), "name": member.name} for member in await members.find(uow, organization_id)
            ]

    async def _open(self, uow: UnitOfWork, staff_id: str) -> None:
        ids = {row["id"] for row in self.rows}
        self.selected = staff_id if staff_id in ids else ""
        self.form, self.record = _blank(), edits.no_record()
        if self.selected:
            row = await staff.get(uow, UUID(staff_id))
            able = await service_assignments.services_of(uow, row.id)
            self.form = _values(uow, row, able, (await departures.count_upcoming(uow, [row.id]))[row.id])
            self.record = edits.record(row, FIELDS, serviceIds=self.form["serviceIds"])


async def _save(uow: UnitOfWork, edit: Edit) -> None:
    row = await staff.update(uow, edit.id, values.staff_member(edit.changes, StaffPatch))
    if "serviceIds" in edit.changes:
        await catalog.lock(uow)
        present = await service_assignments.services_of(uow, row.id)
        wanted = merged_ids(present, edit.base.get("serviceIds"), edit.changes["serviceIds"])
        await service_assignments.assign(uow, row.id, wanted)


async def _remove(uow: UnitOfWork, staff_id: UUID) -> tuple[Staff, int]:
    row, _ = await departures.delete(uow, staff_id)
    return row, (await departures.count_upcoming(uow, [row.id]))[row.id]


async def _rotate_calendar_link(uow: UnitOfWork, staff_id: UUID) -> EventSpec:
    return _link(uow, await staff.change_calendar_link(uow, staff_id))


def _link(uow: UnitOfWork, row: Staff) -> EventSpec:
    link = calendar_links.url_for(uow, row)
    if link is None:
        raise Forbidden
    return reveal(str(row.id), link)


def _row(view: StaffView, uow: UnitOfWork) -> StaffRow:
    return StaffRow(
        id=str(view.id),
        name=view.name,
        role=view.role or "",
        color=view.color or "",
        active=view.is_active,
        own=view.weekly_hours is not None,
        away=any(off.starts_at <= uow.now < off.ends_at for off in view.time_off),
    )


def _values(uow: UnitOfWork, row: Staff, able: set[UUID], upcoming: int) -> StaffValues:
    return StaffValues(
        id=str(row.id),
        name=row.name,
        email=row.email or "",
        phone=phone.format_national(row.phone or ""),
        role=row.role or "",
        color=row.color or "",
        userId=str(row.user_id or ""),
        isActive=row.is_active,
        serviceIds=sorted(map(str, able)),
        hasLink=calendar_links.url_for(uow, row) is not None,
        upcoming=upcoming,
    )
