"""The list of clients and the one that is open: read by the URL, refreshed whenever something of theirs changes."""

from typing import ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.schemas import ClientPatch
from sekretarka.domain.staff import service as staff
from sekretarka.domain.timeline import service as timeline
from sekretarka.ui import edits
from sekretarka.ui.errors import form_handler, form_input, notify
from sekretarka.ui.list_state import PAGE_SIZE, ListState, SearchText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.clients.create import explain
from sekretarka.ui.pages.clients.query_params import Filter, UrlState
from sekretarka.ui.pages.clients.view_models import ClientDetail, ClientRow, TimelineRow, detail, row, timeline_row
from sekretarka.ui.session import Edit, secured, write_uow

SHOWN_KINDS = ("client", "conversation", "appointment", "message")
TIMELINE_PAGE = 20
FIELDS = {name: name for name in ("name", "phone", "email", "language", "notes")}


@refresh_on(*(f"{kind}.{change}" for kind in SHOWN_KINDS for change in ("created", "updated")), path=UrlState.PATH)
class ClientsState(ListState, rx.State):
    """Rows of the list and the open client with the latest `timeline_limit` entries of their history."""

    rows: rx.Field[list[ClientRow]] = rx.field(default_factory=list)
    detail: rx.Field[ClientDetail | None] = rx.field(default=None)
    timeline: rx.Field[list[TimelineRow]] = rx.field(default_factory=list)
    timeline_total: int = 0
    timeline_limit: int = TIMELINE_PAGE

    _url_type = UrlState
    _formats: ClassVar = {"phone": phone.format_national}

    @secured(Permission.CLIENTS_READ)
    async def load(self) -> None:
        """Read what the URL asks for."""
        await self._load()

    @secured(Permission.CLIENTS_READ)
    def set_filter(self, name: Filter, value: SearchText) -> EventSpec:
        """Change one filter: goes to the URL with it."""
        return self._filter(name, value)

    @secured(Permission.CLIENTS_READ)
    async def load_more(self) -> None:
        """Show `TIMELINE_PAGE` more entries of the open client's history."""
        self.timeline_limit += TIMELINE_PAGE
        await self._refresh()

    @secured(Permission.CLIENTS_WRITE)
    @form_handler(explain)
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed of a client, so that who may change notes only sends notes only."""
        patch = ClientPatch.model_validate(form_input(ClientPatch, edit.changes))
        await edits.store(edit, FIELDS, clients.update, edit.id, patch)
        await self._refresh()
        return notify("form.saved", toast_id="saved")

    @secured(Permission.CLIENTS_WRITE)
    async def block(self, client_id: UUID, on: bool) -> EventSpec:
        """Block a client, whose calls are unwanted then, or unblock."""
        await write_uow(clients.update, client_id, ClientPatch(blocked=on))
        await self._refresh()
        return notify("clients.was_blocked" if on else "clients.was_unblocked", toast_id="blocked")

    def _open(self, item_id: str) -> None:
        if item_id != self.open_id:
            self.timeline, self.timeline_total, self.timeline_limit = [], 0, TIMELINE_PAGE
        super()._open(item_id)

    async def _read_rows(self, uow: UnitOfWork, url: UrlState) -> int:
        page = await clients.page(uow, url.criteria(), PageQuery(page=url.page, limit=PAGE_SIZE))
        figures = await appointments.client_stats(uow, [client.id for client in page.rows])
        self.rows = [row(client, figures) for client in page.rows]
        return page.total

    async def _read_detail(self, uow: UnitOfWork, item_id: UUID) -> ClientDetail:
        client = await clients.get(uow, item_id)
        await self._read_timeline(uow, item_id)
        self.record = edits.record(client, FIELDS)
        return detail(client, await appointments.client_stats(uow, [item_id]))

    async def _read_timeline(self, uow: UnitOfWork, client_id: UUID) -> None:
        names = await staff.names(uow)
        page = await timeline.page(uow, client_id, PageQuery(limit=TIMELINE_PAGE))
        entries = list(page.rows)
        while len(entries) < self.timeline_limit and page.next_cursor:
            page = await timeline.page(uow, client_id, PageQuery(cursor=page.next_cursor, limit=TIMELINE_PAGE))
            entries += page.rows
        self.timeline = [timeline_row(entry, names) for entry in await timeline.view(uow, *entries)]
        self.timeline_total = page.total
