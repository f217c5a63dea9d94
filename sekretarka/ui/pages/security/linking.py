"""Which accounts at Google and other providers sign the person in."""

from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.errors import AppError
from sekretarka.core.runtime import clock
from sekretarka.domain.accounts import identities
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.schemas import IdentityView
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.session import read_uow, secured, write_uow


class Account(TypedDict):
    """One linked account; `needed` when nothing else would sign the person in."""

    id: str
    provider: str
    name: str
    email: str
    since: str
    needed: bool


class LinkingState(rx.State):
    """View rows in the order of linking, and the providers that are among them."""

    loading: bool = True
    failed: bool = False
    rows: rx.Field[list[Account]] = rx.field(default_factory=list)
    providers: rx.Field[list[str]] = rx.field(default_factory=list)

    @secured(None)
    async def load(self) -> None:
        """The linked accounts as they are now."""
        try:
            await self._read()
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    async def _read(self) -> None:
        async with read_uow() as uow:
            user = await accounts.me(uow)
            found = await identities.find(uow)
        self.rows = [
            _account(IdentityView.of(row), needed=identities.is_last_sign_in_method(user, found, row)) for row in found
        ]
        self.providers = sorted({row.provider for row in found})

    @secured(None)
    async def unlink(self, identity_id: UUID) -> EventSpec:
        """From now on this account signs nobody in."""
        await write_uow(identities.unlink, identity_id)
        await self._read()
        return success_toast(errors.toast_text("linking.unlinked"), id="unlinked")


def _account(view: IdentityView, *, needed: bool) -> Account:
    return Account(
        id=str(view.id),
        provider=view.provider,
        name=view.name,
        email=view.email,
        since=clock.to_json(view.created_at),
        needed=needed,
    )
