"""Two clients turn out to be one person: who it might be, and making them one."""

from typing import Annotated
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError
from sekretarka.core.permissions import Permission
from sekretarka.domain.clients import service as clients
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.pages.clients.query_params import Address
from sekretarka.ui.pages.clients.view_models import Candidate, candidate
from sekretarka.ui.session import read_uow, secured, write_uow

MOST = 8


class ClientMerging(rx.State):
    """Who may be the same as the open client: those like her, or those that were searched for."""

    sought: str = ""
    candidates: rx.Field[list[Candidate]] = rx.field(default_factory=list)

    @secured(Permission.CLIENTS_READ)
    async def load(self) -> None:
        """Those like the open client, when the address asks for them."""
        self.sought, self.candidates = "", []
        address = Address.read(self.router.url.query_parameters)
        if address.id and address.tab == "same":
            try:
                async with read_uow() as uow:
                    await self._read(uow, UUID(address.id))
            except AppError:
                self.candidates = []

    @secured(Permission.CLIENTS_READ)
    async def seek(self, client_id: UUID, words: Annotated[str, Field(max_length=200)]) -> None:
        """Those that fit the words."""
        self.sought = words.strip()
        async with read_uow() as uow:
            await self._read(uow, client_id)

    @secured(Permission.CLIENTS_WRITE)
    async def merge(self, client_id: UUID, other_id: UUID) -> list[EventSpec]:
        """Everything of the other one is this client's from now on."""
        await write_uow(clients.merge, client_id, other_id)
        return [
            rx.redirect(Address(id=str(client_id)).href),
            success_toast(errors.toast_text("clients.was_merged"), id="merged"),
        ]

    async def _read(self, uow: UnitOfWork, client_id: UUID) -> None:
        found = await clients.search(uow, client_id, self.sought, MOST)
        self.candidates = [candidate(row) for row in found]
