"""The browsers where the user is signed in. The password never comes near a state: the page sends it to the API
itself."""

from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.schemas import DeviceView
from sekretarka.ui.errors import notify
from sekretarka.ui.page_state import PageState
from sekretarka.ui.session import secured, write_uow


class Device(TypedDict):
    """One signed-in browser, empty for what it does not say of itself; times are RFC 3339."""

    id: str
    browser: str
    system: str
    device: str
    seen_at: str
    since: str
    current: bool


class SecurityState(PageState, rx.State):
    """This browser, then the others."""

    has_password: bool = True
    rows: rx.Field[list[Device]] = rx.field(default_factory=list)

    @secured(None)
    async def load(self) -> None:
        """Read every browser that is signed in now."""
        await self._load()

    async def _read(self, uow: UnitOfWork) -> None:
        self.has_password = (await accounts.me(uow)).password_hash is not None
        self.rows = [_device(DeviceView.of(row, uow.actor.session_id)) for row in await sessions.find(uow)]

    @secured(None)
    async def revoke(self, session_id: UUID) -> EventSpec:
        """Sign out one browser; `NotFound`."""
        await write_uow(sessions.revoke, session_id)
        await self._refresh()
        return notify("security.revoked", toast_id="revoked")

    @secured(None)
    async def revoke_others(self) -> EventSpec:
        """Sign out every browser but this one."""
        await write_uow(sessions.revoke_others)
        await self._refresh()
        return notify("security.revoked_others", toast_id="revoked")


def _device(view: DeviceView) -> Device:
    return Device(
        id=str(view.id),
        browser=view.browser or "",
        system=view.system or "",
        device=view.device or "",
        seen_at=clock.to_json(view.last_seen_at),
        since=clock.to_json(view.created_at),
        current=view.current,
    )
