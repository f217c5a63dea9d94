"""The user's linked accounts at Google and other providers."""

from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.domain.accounts import identities
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.schemas import IdentityView
from sekretarka.ui.errors import notify
from sekretarka.ui.page_state import PageState
from sekretarka.ui.session import secured, write_uow


class Account(TypedDict):
    """One linked account, `since` RFC 3339; `needed` when it is the last sign-in method."""

    id: str
    provider: str
    name: str
    email: str
    since: str
    needed: bool


class LinkingState(PageState, rx.State):
    """The linked accounts in the order of linking, and the ids of their providers."""

    rows: rx.Field[list[Account]] = rx.field(default_factory=list)
    providers: rx.Field[list[str]] = rx.field(default_factory=list)

    @secured(None)
    async def load(self) -> None:
        """Read the linked accounts."""
        await self._load()

    async def _read(self, uow: UnitOfWork) -> None:
        user, linked = await accounts.me(uow), await identities.find(uow)
        self.rows = [
            _account(IdentityView.of(row), needed=identities.is_last_sign_in_method(user, linked, row))
            for row in linked
        ]
        self.providers = sorted({row.provider for row in linked})

    @secured(None)
    async def unlink(self, identity_id: UUID) -> EventSpec:
        """Unlink an account; `LastSignInMethod` when nothing else would sign the user in."""
        await write_uow(identities.unlink, identity_id)
        await self._refresh()
        return notify("linking.unlinked", toast_id="unlinked")


def _account(view: IdentityView, *, needed: bool) -> Account:
    return Account(
        id=str(view.id),
        provider=view.provider,
        name=view.name,
        email=view.email,
        since=clock.to_json(view.created_at),
        needed=needed,
    )
