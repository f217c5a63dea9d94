"""The threads and the open one: read by the URL, refreshed whenever a message comes, goes or is read."""

from collections.abc import Sequence
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text.i18n import language
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.clients import service as clients
from sekretarka.domain.messages import sending, threads
from sekretarka.domain.messages.schemas import MessageThreadPatch
from sekretarka.domain.templates import service as templates
from sekretarka.ui.list_state import PAGE_SIZE, ListState, SearchText
from sekretarka.ui.live import refresh_on
from sekretarka.ui.pages.messages.query_params import Filter, UrlState
from sekretarka.ui.pages.messages.view_models import ThreadDetail, ThreadRow, detail, row
from sekretarka.ui.session import secured, write_uow

NEWS = ("message.created", "message.updated", threads.UPDATED, "client.updated")


@refresh_on(*NEWS, path=UrlState.PATH)
class MessagesState(ListState, rx.State):
    """The threads of one page of the list, and the open one, whose messages are read anew with each `revision`."""

    rows: rx.Field[list[ThreadRow]] = rx.field(default_factory=list)
    detail: rx.Field[ThreadDetail | None] = rx.field(default=None)
    revision: int = 0

    # Which thread somebody has just marked as unread and is leaving: what comes until then does not read it again.
    _left_unread: str = ""

    _url_type = UrlState

    @secured(Permission.MESSAGES_READ)
    async def load(self) -> None:
        """Read what the URL asks for."""
        self._left_unread = ""
        await self._load()

    @secured(Permission.MESSAGES_READ)
    def set_filter(self, name: Filter, value: SearchText) -> EventSpec:
        """Change one filter: goes to the URL with it."""
        return self._filter(name, value)

    @secured(Permission.MESSAGES_WRITE)
    async def mark_read(self, client_id: UUID) -> None:
        """Somebody looked at the open thread."""
        if self._left_unread == str(client_id):
            return
        await write_uow(threads.update, client_id, MessageThreadPatch(read=True))
        await self._refresh()

    @secured(Permission.MESSAGES_WRITE)
    async def mark_unread(self, client_id: UUID) -> EventSpec:
        """Somebody wants to come back to the thread, and leaves it."""
        await write_uow(threads.update, client_id, MessageThreadPatch(read=False))
        self._left_unread = str(client_id)
        return rx.redirect(self.list_href)

    async def _on_live_events(self, changes: Sequence[LiveEvent]) -> None:
        self.revision += 1
        await super()._on_live_events(changes)

    async def _read_rows(self, uow: UnitOfWork, url: UrlState) -> int:
        page = await threads.page(uow, url.criteria(), PageQuery(page=url.page, limit=PAGE_SIZE))
        self.rows = [row(thread) for thread in await threads.view(uow, *page.rows)]
        return page.total

    async def _read_detail(self, uow: UnitOfWork, item_id: UUID) -> ThreadDetail:
        client = await clients.get(uow, item_id)
        try:
            unread: int | None = (await threads.get(uow, item_id)).unread_count
        except NotFound:
            unread = None
        appointment = await appointments.next_of_client(uow, item_id)
        texts = await templates.ready_texts(uow, language(client.language), appointment)
        return detail(client, unread, await sending.reach(uow, client), texts, appointment)
