"""Merging two clients who are the same person: candidates, and the merge."""

from contextlib import suppress
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError
from sekretarka.core.permissions import Permission
from sekretarka.domain.clients import service as clients
from sekretarka.ui.errors import notify
from sekretarka.ui.list_state import SearchText
from sekretarka.ui.pages.clients.query_params import UrlState
from sekretarka.ui.pages.clients.view_models import Candidate, candidate
from sekretarka.ui.session import read_uow, secured, write_uow

LIMIT = 8


class MergeClientState(rx.State):
    """Clients who may be the same as the open one: similar ones, or those that were searched for; at most `LIMIT`."""

    search_text: str = ""
    candidates: rx.Field[list[Candidate]] = rx.field(default_factory=list)

    @secured(Permission.CLIENTS_READ)
    async def load(self) -> None:
        """Read clients like the open one, when the tab of the URL shows them."""
        self.search_text, self.candidates = "", []
        url = UrlState.read(self.router.url.query_parameters)
        if url.id and url.tab == "same":
            with suppress(AppError):
                async with read_uow() as uow:
                    await self._read(uow, UUID(url.id))

    @secured(Permission.CLIENTS_READ)
    async def search(self, client_id: UUID, text: SearchText) -> None:
        """Read the clients that `text` fits."""
        self.search_text = text.strip()
        async with read_uow() as uow:
            await self._read(uow, client_id)

    @secured(Permission.CLIENTS_WRITE)
    async def merge(self, client_id: UUID, other_id: UUID) -> list[EventSpec]:
        """Merge the client `other_id` into `client_id`."""
        await write_uow(clients.merge, client_id, other_id)
        return [rx.redirect(UrlState(id=str(client_id)).href), notify("clients.merged", toast_id="merged")]

    async def _read(self, uow: UnitOfWork, client_id: UUID) -> None:
        similar = await clients.search(uow, client_id, self.search_text, LIMIT)
        self.candidates = [candidate(client) for client in similar]
