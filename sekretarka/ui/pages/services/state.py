"""Services: the list by category, the one that the URL opens, created, changed, switched and deleted."""

from collections.abc import AsyncIterator, Sequence
from itertools import groupby
from typing import Annotated, ClassVar, TypedDict
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError
from sekretarka.core.permissions import Permission
from sekretarka.core.text.collation import sort_key
from sekretarka.core.text.search_text import matches
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.catalog.schemas import ServiceCreate, ServicePatch
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import service_assignments
from sekretarka.ui import edits, errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.form_values import format_amount, merged_ids
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.pages.services import values
from sekretarka.ui.session import Edit, Form, read_uow, secured, write_uow
from sekretarka.ui.undo import offer_to_restore_service

PATH = "/dashboard/services"
NEW = "new"
MAX_SEARCH_LENGTH = 200
SearchText = Annotated[str, Field(max_length=MAX_SEARCH_LENGTH)]
FIELDS = {
    **{name: name for name in ("name", "category", "description", "duration")},
    "bufferBefore": "buffer_before",
    "bufferAfter": "buffer_after",
    "price": "price_amount",
    "isActive": "is_active",
}


class ServiceRow(TypedDict):
    """A service: minutes and minor units. `able`: everyone, some or nobody; `who` names some."""

    id: str
    name: str
    duration: int
    price: int
    currency: str
    before: int
    after: int
    able: str
    who: str
    active: bool


class Category(TypedDict):
    """Services under one heading; without a name those of no category."""

    name: str
    rows: list[ServiceRow]


class ServiceValues(TypedDict):
    """The values of the form, as typed: minutes, and the price in units of the currency (`120,50`)."""

    id: str
    name: str
    category: str
    description: str
    duration: str
    bufferBefore: str
    bufferAfter: str
    price: str
    isActive: bool
    staffIds: list[str]


def _blank() -> ServiceValues:
    texts = {name: "" for name, kind in ServiceValues.__annotations__.items() if kind is str}
    return ServiceValues(**texts, isActive=True, staffIds=[])  # type: ignore[typeddict-item]


class ServicesState(PageState, EditFormState, rx.State):
    """The list by category, and what the search leaves of it (`shown`); `opened` is the id of the service in the detail
    panel, or `new`."""

    tab: str = "services"
    categories: rx.Field[list[Category]] = rx.field(default_factory=list)
    search: str = ""
    shown: rx.Field[list[Category]] = rx.field(default_factory=list)
    list_href: str = PATH
    open_href: str = f"{PATH}?service="
    staff_names: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    currency: str = ""
    opened: str = ""
    form: rx.Field[ServiceValues] = rx.field(default_factory=_blank)

    _formats: ClassVar = {"price": format_amount}

    @secured(Permission.SERVICES_READ)
    async def load(self) -> None:
        """Read the list; the URL says what is open."""
        query = self.router.url.query_parameters
        self.tab = "staff" if query.get("tab") == "staff" else "services"
        self.field_errors = {}
        self.search = query.get("search", "")[:MAX_SEARCH_LENGTH]
        self.list_href, self.open_href = _href(self.search), _href(self.search, service="")
        with errors.loading(self):
            async with read_uow() as uow:
                await self._read(uow)
                await self._open(uow, query.get("service", ""))

    @secured(Permission.SERVICES_WRITE)
    @form_handler(values.explain)
    async def create(self, form: Form) -> Sequence[EventSpec]:
        """Create a service."""
        row = await write_uow(_create, form)
        await self._refresh()
        return [rx.redirect(PATH), notify("services.saved", name=row.name, toast_id="saved")]

    @secured(Permission.SERVICES_WRITE)
    @form_handler(values.explain)
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed of a service."""
        row = await edits.store(edit, FIELDS, _save, edit)
        await self._reread()
        return notify("services.saved", name=row.name, toast_id="saved")

    @secured(Permission.SERVICES_WRITE)
    async def toggle(self, service_id: UUID, on: bool) -> AsyncIterator[EventSpec | None]:
        """Offer a service or not; shown at once, taken back when it fails."""
        self.categories = [
            {**group, "rows": [{**row, "active": on} if row["id"] == str(service_id) else row for row in group["rows"]]}
            for group in self.categories
        ]
        self._filter()
        yield None
        try:
            row = await write_uow(catalog.update, service_id, ServicePatch(is_active=on))
        except AppError as error:
            yield errors.toast(error)
        else:
            yield success_toast(
                errors.toast_text("services.on" if on else "services.off", name=row.name), id="switched"
            )
        await self._refresh()

    @secured(Permission.SERVICES_WRITE)
    async def archive(self, service_id: UUID) -> Sequence[EventSpec]:
        """Delete a service; its appointments stay."""
        row = await write_uow(_archive, service_id)
        self.opened = ""
        await self._refresh()
        return [rx.redirect(PATH), offer_to_restore_service("services.archived", row)]

    @secured(None)
    def close(self, is_open: bool) -> EventSpec | None:
        """Go to the list's URL when the detail panel was closed."""
        return None if is_open else rx.redirect(self.list_href)

    @secured(Permission.SERVICES_READ)
    def search_for(self, text: SearchText) -> EventSpec:
        """Go to the URL with this search, in place of the present one in the browser's history."""
        return rx.redirect(_href(text), replace=True)

    async def _reread(self) -> None:
        async with read_uow() as uow:
            await self._read(uow)
            await self._open(uow, self.opened)

    async def _read(self, uow: UnitOfWork) -> None:
        staff_names = {row.id: row.name for row in await staff.find(uow)}
        services = await catalog.find(uow)
        able = await service_assignments.staff_by_service(uow, [row.id for row in services])
        ordered = sorted(services, key=lambda row: (not row.category, sort_key(row.category or ""), sort_key(row.name)))
        self.categories = [
            Category(name=name, rows=[_row(row, able[row.id], staff_names) for row in group])
            for name, group in groupby(ordered, key=lambda row: row.category or "")
        ]
        self._filter()
        self.staff_names = [{"value": str(staff_id), "label": name} for staff_id, name in staff_names.items()]
        self.currency = (await days.current_organization(uow)).currency

    def _filter(self) -> None:
        """What the search leaves of the list; the words may be in the category's name, too."""
        self.shown = [
            Category(name=group["name"], rows=rows)
            for group in self.categories
            if (rows := [row for row in group["rows"] if matches(f"{group['name']} {row['name']}", self.search)])
        ]

    async def _open(self, uow: UnitOfWork, service_id: str) -> None:
        ids = {row["id"] for group in self.categories for row in group["rows"]}
        self.opened = service_id if service_id in ids or service_id == NEW else ""
        self.form, self.record = _blank(), edits.no_record()
        if self.opened and service_id != NEW:
            row = await catalog.get(uow, UUID(service_id))
            self.form = _values(row, (await service_assignments.staff_by_service(uow, [row.id]))[row.id])
            self.record = edits.record(row, FIELDS, staffIds=self.form["staffIds"])


def _href(search: str, **more: str) -> str:
    query = {**({"search": search} if search.strip() else {}), **more}
    return f"{PATH}?{urlencode(query)}" if query else PATH


async def _create(uow: UnitOfWork, form: Form) -> Service:
    switched_off = {"isActive": None}  # a browser leaves out what is not ticked
    currency = (await days.current_organization(uow)).currency
    new: ServiceCreate = values.service({**switched_off, **form}, currency, ServiceCreate)
    row = await catalog.create(uow, new)
    await service_assignments.assign_staff(uow, row, new.staff_ids)
    return row


async def _save(uow: UnitOfWork, edit: Edit) -> Service:
    patch: ServicePatch = values.service(edit.changes, (await days.current_organization(uow)).currency, ServicePatch)
    row = await catalog.update(uow, edit.id, patch)
    if "staffIds" in edit.changes:
        assigned = (await service_assignments.staff_by_service(uow, [row.id]))[row.id]
        wanted = merged_ids(assigned, edit.base.get("staffIds"), edit.changes["staffIds"])
        await service_assignments.assign_staff(uow, row, wanted)
    return row


async def _archive(uow: UnitOfWork, service_id: UUID) -> Service:
    row = await catalog.get(uow, service_id)
    await catalog.delete(uow, service_id)
    return row


def _row(row: Service, listed: Sequence[UUID], staff_names: dict[UUID, str]) -> ServiceRow:
    names = [staff_names[staff_id] for staff_id in listed if staff_id in staff_names]
    return ServiceRow(
        id=str(row.id),
        name=row.name,
        duration=row.duration,
        price=row.price_amount,
        currency=row.price_currency,
        before=row.buffer_before,
        after=row.buffer_after,
        able="some" if names else "nobody" if listed else "everyone",
        who=", ".join(names),
        active=row.is_active,
    )


def _values(row: Service, listed: Sequence[UUID]) -> ServiceValues:
    return ServiceValues(
        id=str(row.id),
        name=row.name,
        category=row.category or "",
        description=row.description or "",
        duration=str(row.duration),
        bufferBefore=str(row.buffer_before),
        bufferAfter=str(row.buffer_after),
        price=format_amount(row.price_amount),
        isActive=row.is_active,
        staffIds=[str(staff_id) for staff_id in listed],
    )
