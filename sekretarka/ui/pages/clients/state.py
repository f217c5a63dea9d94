"""The list of clients and the one that is open: read by the address, refreshed whenever something of theirs changes."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Duplicate, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.clients.schemas import ClientPatch
from sekretarka.domain.staff import service as staff
from sekretarka.domain.timeline import service as timeline
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.clients.query_params import PAGE_SIZE, PATH, TABS, Address, Filter
from sekretarka.ui.pages.clients.view_models import Entry, Profile, Row, entry, profile, row
from sekretarka.ui.session import Form, read_uow, secured, write_uow

Searched = Annotated[str, Field(max_length=200)]
TOLD = ("client", "conversation", "appointment")
STEP = 20


@refresh_on(*(f"{kind}.{change}" for kind in TOLD for change in ("created", "updated")), path=PATH)
class ClientsState(rx.State):
    """View rows of the list and the open client; `revision` and `attempt` are explained by `edit_form`."""

    loading: bool = True
    failed: bool = False
    rows: rx.Field[list[Row]] = rx.field(default_factory=list)
    total: int = 0
    first: int = 0
    last: int = 0
    previous_href: str = PATH
    next_href: str = PATH
    has_previous: bool = False
    has_next: bool = False

    filters: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    list_href: str = PATH

    open_id: str = ""
    tab: str = "history"
    tab_hrefs: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    client: rx.Field[Profile | None] = rx.field(default=None)
    entries: rx.Field[list[Entry]] = rx.field(default_factory=list)
    entries_total: int = 0
    shown: int = STEP
    missing: bool = False
    revision: int = 0
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.CLIENTS_READ)
    async def load(self) -> None:
        """What the address asks for."""
        address = self._address()
        self._show_address(address)
        try:
            async with read_uow() as uow:
                await self._read(uow, address)
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    @secured(Permission.CLIENTS_READ)
    def narrow(self, name: Filter, value: Searched) -> EventSpec:
        """One filter changes: the address changes, and with it the list. Typing leaves no trail to go back through."""
        return rx.redirect(self._address().narrowed(name, value).href, replace=name == "search")

    @secured(Permission.CLIENTS_READ)
    async def earlier(self) -> None:
        """More of the open client's history."""
        self.shown += STEP
        async with read_uow() as uow:
            await self._read(uow, self._address())

    @secured(Permission.CLIENTS_WRITE)
    async def save(self, client_id: UUID, form: Form) -> EventSpec | None:
        """Store what differs, so that somebody who may change notes only sends notes only."""
        self.attempt += 1
        try:
            await write_uow(_save, client_id, form)
        except Duplicate:
            self.field_errors = {"phone": errors.localized("clients.number_taken")}
            return None
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error)
            return None if self.field_errors else errors.toast(error)
        self.field_errors = {}
        async with read_uow() as uow:
            await self._read(uow, self._address())
        return success_toast(errors.toast_text("form.saved"), id="saved")

    @secured(Permission.CLIENTS_WRITE)
    async def block(self, client_id: UUID, on: bool) -> EventSpec:
        """Calls of this number are unwanted from now on, or welcome again."""
        await write_uow(clients.update, client_id, ClientPatch(blocked=on))
        async with read_uow() as uow:
            await self._read(uow, self._address())
        return success_toast(errors.toast_text("clients.was_blocked" if on else "clients.was_unblocked"), id="blocked")

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        async with read_uow() as uow:
            await self._read(uow, self._address())

    def _address(self) -> Address:
        return Address.read(self.router.url.query_parameters)

    def _show_address(self, address: Address) -> None:
        filters = {str(name): value for name, value in address.filters.items()}
        if filters != self.filters:
            self.filters = filters
        self.list_href = address.opened("").href
        self.tab, self.tab_hrefs = address.tab, {tab: address.opened(address.id, tab).href for tab in TABS}
        if address.id != self.open_id:
            self.open_id, self.client, self.missing, self.field_errors = address.id, None, False, {}
            self.entries, self.entries_total, self.shown = [], 0, STEP
            self.revision += 1

    async def _read(self, uow: UnitOfWork, address: Address) -> None:
        page = await clients.page(uow, address.wanted(), PageQuery(page=address.page, limit=PAGE_SIZE))
        known = await appointments.client_stats(uow, [client.id for client in page.rows])
        self.rows = [row(client, known) for client in page.rows]
        self._show_position(address, page.total)
        if address.id:
            await self._read_client(uow, UUID(address.id))

    def _show_position(self, address: Address, total: int) -> None:
        here = Address(address.filters, address.page)
        before = (address.page - 1) * PAGE_SIZE
        self.total = total
        self.first, self.last = (before + 1 if self.rows else 0), before + len(self.rows)
        self.has_previous, self.has_next = address.page > 1, self.last < total and bool(self.rows)
        self.previous_href = Address(here.filters, max(1, here.page - 1)).href
        self.next_href = Address(here.filters, here.page + 1).href

    async def _read_client(self, uow: UnitOfWork, client_id: UUID) -> None:
        try:
            found = await clients.get(uow, client_id)
        except NotFound:
            self.client, self.missing = None, True
            return
        fresh = profile(found, await appointments.client_stats(uow, [client_id]))
        if self.client is None or _edited(self.client) != _edited(fresh):
            self.revision += 1
        self.client, self.missing = fresh, False
        await self._read_history(uow, client_id)

    async def _read_history(self, uow: UnitOfWork, client_id: UUID) -> None:
        people = await staff.names(uow)
        page = await timeline.page(uow, client_id, PageQuery(limit=STEP))
        found = list(page.rows)
        while len(found) < self.shown and page.next_cursor:
            page = await timeline.page(uow, client_id, PageQuery(cursor=page.next_cursor, limit=STEP))
            found += page.rows
        self.entries = [entry(one, people) for one in await timeline.view(uow, *found)]
        self.entries_total = page.total


def _edited(client: Profile) -> tuple[str, ...]:
    """What the form shows of a client."""
    return client["name"], client["tel"], client["email"], client["language"], client["notes"]


async def _save(uow: UnitOfWork, client_id: UUID, form: Form) -> None:
    before = await clients.get(uow, client_id)
    await clients.update(uow, client_id, _patch(before, form))


def _patch(before: Client, form: Form) -> ClientPatch:
    """The form as a merge patch against the stored client."""
    given = errors.form_input(ClientPatch, form)
    stored: dict[str, Any] = {name: getattr(before, name) for name in given}
    return ClientPatch.model_validate({name: value for name, value in given.items() if value != stored[name]})
