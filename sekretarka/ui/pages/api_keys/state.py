"""The organisation's keys: listed, made, exchanged, revoked. A secret goes to its browser, never into a state."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.errors import AppError
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.organizations.key_schemas import ApiKeyCreate, ApiKeyView
from sekretarka.ui import errors
from sekretarka.ui.components.clipboard import reveal
from sekretarka.ui.components.scopes import FIELD, PREFIX
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.session import Form, read_uow, secured, write_uow

PATH = "/dashboard/settings/api-keys"
NEW_KEY = "new-key"
LIFETIMES = ("", "30", "90", "365")
CHIPS = 3


class Chip(TypedDict):
    """What a key may do with one resource; `lost` is what its maker may not do any more."""

    resource: str
    verbs: list[str]
    lost: bool


class Row(TypedDict):
    """One line of the table."""

    id: str
    name: str
    prefix: str
    chips: list[Chip]
    more: list[Chip]
    more_count: int
    maker: str
    used_at: str
    expires_at: str
    status: str


class ApiKeysState(rx.State):
    """View rows; `attempt` is explained by `edit_form`."""

    loading: bool = True
    failed: bool = False
    rows: rx.Field[list[Row]] = rx.field(default_factory=list)
    creating: bool = False
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.API_KEYS_READ)
    async def load(self) -> None:
        """All keys; the address says whether one is being made."""
        self.creating, self.field_errors = self.router.url.query_parameters.get("new") == "1", {}
        try:
            await self._read()
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    async def _read(self) -> None:
        async with read_uow() as uow:
            views = await api_keys.view(uow, *await api_keys.find(uow))
        # What works stands first, what has ended is there to be looked up.
        self.rows = [_row(view) for view in sorted(views, key=lambda view: view.status != "active")]

    @secured(Permission.API_KEYS_WRITE)
    async def create(self, form: Form) -> EventSpec | Sequence[EventSpec] | None:
        """A new key, handed to the browser that asked."""
        self.attempt += 1
        try:
            data = ApiKeyCreate.model_validate(_given(form))
            row, secret = await write_uow(api_keys.create, data)
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error, _field)
            return None if self.field_errors else errors.toast(error)
        self.creating = False
        return [rx.redirect(PATH), *await self._made(row.name, secret, "api_keys.created")]

    @secured(Permission.API_KEYS_WRITE)
    async def rotate(self, key_id: UUID) -> Sequence[EventSpec]:
        """A new key in place of this one, which works for another day."""
        row, secret = await write_uow(api_keys.rotate, key_id)
        return await self._made(row.name, secret, "api_keys.rotated")

    @secured(Permission.API_KEYS_WRITE)
    async def revoke(self, key_id: UUID) -> EventSpec:
        """End a key for good."""
        row = await write_uow(api_keys.revoke, key_id)
        await self._read()
        return success_toast(errors.toast_text("api_keys.revoked", name=row.name), id="revoked")

    @secured(None)
    def close(self, is_open: bool) -> EventSpec | None:
        """The dialog for a new key was closed."""
        return None if is_open else rx.redirect(PATH)

    async def _made(self, name: str, secret: str, said: str) -> list[EventSpec]:
        await self._read()
        return [reveal(NEW_KEY, secret), success_toast(errors.toast_text(said, name=name), id="made")]


def _given(form: Form) -> dict[str, Any]:
    days = str(form.get("lifetime") or "")
    return {
        "name": form.get("name") or "",
        "scopes": [name.removeprefix(PREFIX) for name in form if name.startswith(PREFIX)],
        "expiresAt": clock.now() + timedelta(days=int(days)) if days in LIFETIMES and days else None,
    }


def _field(path: Sequence[str | int]) -> str:
    """A wrong scope is told at their list."""
    return FIELD if FIELD in path else str(path[-1])


def _row(view: ApiKeyView) -> Row:
    chips = _chips(view)
    return Row(
        id=str(view.id),
        name=view.name,
        prefix=view.prefix,
        chips=chips[:CHIPS],
        more=chips[CHIPS:],
        more_count=len(chips[CHIPS:]),
        maker=view.created_by_name or "",
        used_at=clock.to_json(view.last_used_at) if view.last_used_at else "",
        expires_at=clock.to_json(view.expires_at) if view.expires_at else "",
        status=view.status,
    )


def _chips(view: ApiKeyView) -> list[Chip]:
    """One for each resource, and one for what was lost of it."""
    found: dict[tuple[str, bool], list[str]] = {}
    for scope in view.scopes:
        resource, _, verb = scope.partition(":")
        lost = view.status == "active" and scope not in view.effective_scopes
        found.setdefault((resource, lost), []).append(verb)
    return [Chip(resource=resource, verbs=verbs, lost=lost) for (resource, lost), verbs in found.items()]
