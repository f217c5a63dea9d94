"""Where the person is signed in. Her password never comes near a state: the page sends it to the API itself."""

from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.errors import AppError
from sekretarka.core.runtime import clock
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.schemas import DeviceView
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.session import read_uow, secured, write_uow


class Device(TypedDict):
    """One signed-in browser; empty for what it does not say of itself."""

    id: str
    browser: str
    system: str
    device: str
    seen_at: str
    since: str
    current: bool


class SecurityState(rx.State):
    """View rows: this browser, then the others."""

    loading: bool = True
    failed: bool = False
    has_password: bool = True
    rows: rx.Field[list[Device]] = rx.field(default_factory=list)

    @secured(None)
    async def load(self) -> None:
        """Every browser that is signed in now."""
        try:
            await self._read()
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    async def _read(self) -> None:
        async with read_uow() as uow:
            self.has_password = (await accounts.me(uow)).password_hash is not None
            found = await sessions.find(uow)
        self.rows = [_device(DeviceView.of(row, uow.actor.session_id)) for row in found]

    @secured(None)
    async def revoke(self, session_id: UUID) -> EventSpec:
        """Sign out one browser."""
        await write_uow(sessions.revoke, session_id)
        await self._read()
        return success_toast(errors.toast_text("security.revoked"), id="revoked")

    @secured(None)
    async def revoke_others(self) -> EventSpec:
        """Sign out every browser but this one."""
        await write_uow(sessions.revoke_others)
        await self._read()
        return success_toast(errors.toast_text("security.revoked_others"), id="revoked")


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
