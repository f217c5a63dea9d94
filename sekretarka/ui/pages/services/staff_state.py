"""People: the list, the one that the address opens, made, changed and taken away."""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Forbidden
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import members
from sekretarka.domain.staff import calendar_links
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import service_assignments as service_assignments
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.staff.schemas import StaffCreate, StaffPatch, StaffView
from sekretarka.ui import errors
from sekretarka.ui.components.clipboard import reveal
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.pages.services import values
from sekretarka.ui.pages.services.state import NEW, PATH
from sekretarka.ui.session import Form, read_uow, secured, write_uow

HERE = f"{PATH}?tab=staff"
SECTIONS = ("data", "hours", "away")


class PersonRow(TypedDict):
    """A line of the list; `own` when she has hours of her own, `away` when she is away now."""

    id: str
    name: str
    role: str
    color: str
    active: bool
    own: bool
    away: bool


class PersonValues(TypedDict):
    """The values of the form; `services` are those she can do; `hasLink` when the link to her calendar may be shown."""

    id: str
    name: str
    email: str
    phone: str
    role: str
    color: str
    userId: str
    isActive: bool
    services: list[str]
    hasLink: bool


def _blank() -> PersonValues:
    texts = {name: "" for name, kind in PersonValues.__annotations__.items() if kind is str}
    return PersonValues(**texts, isActive=True, services=[], hasLink=False)  # type: ignore[typeddict-item]


class PeopleState(rx.State):
    """`selected` is the id of the person beside the list; `revision` and `attempt` are those of `edit_form`."""

    loading: bool = True
    failed: bool = False
    rows: rx.Field[list[PersonRow]] = rx.field(default_factory=list)
    selected: str = ""
    section: str = SECTIONS[0]
    creating: bool = False
    person: rx.Field[PersonValues] = rx.field(default_factory=_blank)
    services: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    members: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    revision: int = 0
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.STAFF_READ)
    async def load(self) -> None:
        """Everybody; the address says who is open."""
        asked = self.router.url.query_parameters
        self.creating = asked.get("person") == NEW
        self.section = asked.get("section", "") if asked.get("section") in SECTIONS else SECTIONS[0]
        self.field_errors = {}
        try:
            async with read_uow() as uow:
                await self._read(uow)
                await self._open(uow, asked.get("person", ""))
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    @secured(Permission.STAFF_WRITE)
    async def create(self, form: Form) -> EventSpec | Sequence[EventSpec] | None:
        """Somebody new, opened where her hours are."""
        self.attempt += 1
        try:
            row = await write_uow(staff.create, values.person({**form, "isActive": "on"}, StaffCreate))
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error, values.field_of)
            return None if self.field_errors else errors.toast(error)
        return [
            rx.redirect(f"{HERE}&person={row.id}&section=hours"),
            success_toast(errors.toast_text("staff.created", name=row.name)),
        ]

    @secured(Permission.STAFF_WRITE)
    async def save(self, form: Form) -> EventSpec | None:
        """Her data, and the services she does."""
        self.attempt += 1
        try:
            await write_uow(_save, self._chosen(), form)
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error, values.field_of)
            return None if self.field_errors else errors.toast(error)
        self.field_errors = {}
        async with read_uow() as uow:
            await self._read(uow)
            await self._open(uow, self.selected)
        return success_toast(errors.toast_text("form.saved"), id="saved")

    @secured(Permission.STAFF_WRITE)
    async def remove(self, staff_id: UUID) -> Sequence[EventSpec]:
        """She does not work here any more; her visits stay."""
        row = await write_uow(_remove, staff_id)
        self.selected = ""  # so that her forms are gone before the page moves on
        return [rx.redirect(HERE), success_toast(errors.toast_text("staff.removed", name=row.name))]

    @secured(Permission.STAFF_READ)
    async def reveal_calendar(self) -> EventSpec:
        """The secret link to her calendar, into the asking browser only."""
        async with read_uow() as uow:
            return _link(uow, await staff.get(uow, self._chosen()))

    @secured(Permission.STAFF_WRITE)
    async def change_calendar(self) -> Sequence[EventSpec]:
        """Another link, shown at once; calendars that subscribed to the old one hear nothing any more."""
        shown = await write_uow(_change_calendar, self._chosen())
        return [shown, success_toast(errors.toast_text("staff.calendar_changed"), id="calendar")]

    @secured(None)
    def close(self, is_open: bool) -> EventSpec | None:
        """The dialog for somebody new was closed."""
        return None if is_open else rx.redirect(HERE)

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}

    def _chosen(self) -> UUID:
        return UUID(self.selected or str(UUID(int=0)))

    async def _read(self, uow: UnitOfWork) -> None:
        self.rows = [_row(view, uow) for view in await staff.view(uow, *await staff.find(uow))]
        self.services = [{"value": str(row.id), "label": row.name} for row in await catalog.find(uow)]
        mine = uow.actor.organization_id
        if mine is not None and Permission.MEMBERS_READ in uow.actor.permissions:
            self.members = [{"id": str(one.user_id), "name": one.name} for one in await members.find(uow, mine)]

    async def _open(self, uow: UnitOfWork, asked: str) -> None:
        known = {row["id"] for row in self.rows}
        self.selected = asked if asked in known else ""
        fresh = _blank()
        if self.selected:
            row = await staff.get(uow, UUID(asked))
            fresh = _values(uow, row, await service_assignments.services_of(uow, row.id))
        if fresh != self.person:
            self.person = fresh
            self.revision += 1


async def _save(uow: UnitOfWork, staff_id: UUID, form: Form) -> None:
    row = await staff.update(uow, staff_id, values.person(form, StaffPatch))
    await service_assignments.assign(uow, row.id, values.ids(form.get("services", "[]")))


async def _remove(uow: UnitOfWork, staff_id: UUID) -> Staff:
    row = await staff.get(uow, staff_id)
    await staff.delete(uow, staff_id)
    return row


async def _change_calendar(uow: UnitOfWork, staff_id: UUID) -> EventSpec:
    return _link(uow, await staff.change_calendar_link(uow, staff_id))


def _link(uow: UnitOfWork, row: Staff) -> EventSpec:
    link = calendar_links.url_for(uow, row)
    if link is None:
        raise Forbidden
    return reveal(str(row.id), link)


def _row(view: StaffView, uow: UnitOfWork) -> PersonRow:
    return PersonRow(
        id=str(view.id),
        name=view.name,
        role=view.role or "",
        color=view.color or "",
        active=view.is_active,
        own=view.weekly_hours is not None,
        away=any(off.starts_at <= uow.now < off.ends_at for off in view.time_off),
    )


def _values(uow: UnitOfWork, row: Staff, able: set[UUID]) -> PersonValues:
    return PersonValues(
        id=str(row.id),
        name=row.name,
        email=row.email or "",
        phone=phone.format_national(row.phone or ""),
        role=row.role or "",
        color=row.color or "",
        userId=str(row.user_id or ""),
        isActive=row.is_active,
        services=sorted(map(str, able)),
        hasLink=calendar_links.url_for(uow, row) is not None,
    )
