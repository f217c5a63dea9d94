"""The organization's keys: listed, made, exchanged, revoked. A secret goes to its browser, never into a state."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.organizations.key_schemas import ApiKeyCreate, ApiKeyView
from sekretarka.ui.components.clipboard import reveal
from sekretarka.ui.components.scopes import FIELD, PREFIX
from sekretarka.ui.create_dialog import CreateDialogState
from sekretarka.ui.errors import ExpectedError, FieldErrors, field_errors, form_handler, notify
from sekretarka.ui.live import refresh_on
from sekretarka.ui.page_state import PageState
from sekretarka.ui.session import Form, secured, write_uow

PATH = "/dashboard/settings/api-keys"
NEW_KEY = "new-key"
LIFETIMES = ("", "30", "90", "365")
CHIPS = 3


class Chip(TypedDict):
    """The verbs of a key on one resource; `lost` are those that its maker may not use any more."""

    resource: str
    verbs: list[str]
    lost: bool


class Row(TypedDict):
    """One line of the table: the first `CHIPS` chips, and the others as `more`. Times are RFC 3339 or empty."""

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


def _explain(error: ExpectedError) -> FieldErrors:
    """A wrong scope stands at their list."""
    return field_errors(error, lambda path: FIELD if FIELD in path else str(path[-1]))


@refresh_on(path=PATH, polls=True)
class ApiKeysState(PageState, CreateDialogState, rx.State):
    """The table, and the dialog for a new key."""

    rows: rx.Field[list[Row]] = rx.field(default_factory=list)

    _closed_path: ClassVar = PATH

    @secured(Permission.API_KEYS_READ)
    async def load(self) -> None:
        """Read all keys; the URL says whether the dialog is open."""
        self.creating, self.field_errors = self.router.url.query_parameters.get("new") == "1", {}
        await self._load()

    async def _read(self, uow: UnitOfWork) -> None:
        if Permission.API_KEYS_READ not in uow.actor.permissions:
            return
        views = await api_keys.view(uow, *await api_keys.find(uow))
        # What works stands first, what has ended is there to be looked up.
        rows = [_row(view) for view in sorted(views, key=lambda view: view.status != "active")]
        if rows != self.rows:
            self.rows = rows

    @secured(Permission.API_KEYS_WRITE)
    @form_handler(_explain)
    async def create(self, form: Form) -> Sequence[EventSpec]:
        """Create a key and hand it to the browser that asks."""
        data = ApiKeyCreate.model_validate(_key_input(form))
        row, secret = await write_uow(api_keys.create, data)
        self.creating = False
        return [rx.redirect(PATH), *await self._reveal(row.name, secret, "api_keys.created")]

    @secured(Permission.API_KEYS_WRITE)
    async def rotate(self, key_id: UUID) -> Sequence[EventSpec]:
        """Replace a key by a new one, handed to the browser that asks; the old one works for another day."""
        row, secret = await write_uow(api_keys.rotate, key_id)
        return await self._reveal(row.name, secret, "api_keys.rotated")

    @secured(Permission.API_KEYS_WRITE)
    async def revoke(self, key_id: UUID) -> EventSpec:
        """End a key for good."""
        row = await write_uow(api_keys.revoke, key_id)
        await self._refresh()
        return notify("api_keys.revoked", name=row.name, toast_id="revoked")

    async def _reveal(self, name: str, secret: str, key: str) -> list[EventSpec]:
        await self._refresh()
        return [reveal(NEW_KEY, secret), notify(key, name=name, toast_id="made")]


def _key_input(form: Form) -> dict[str, Any]:
    days = str(form.get("lifetime") or "")
    return {
        "name": form.get("name") or "",
        "scopes": [name.removeprefix(PREFIX) for name in form if name.startswith(PREFIX)],
        "expiresAt": clock.now() + timedelta(days=int(days)) if days in LIFETIMES and days else None,
    }


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
    verbs: dict[tuple[str, bool], list[str]] = {}
    for scope in view.scopes:
        resource, _, verb = scope.partition(":")
        lost = view.status == "active" and scope not in view.effective_scopes
        verbs.setdefault((resource, lost), []).append(verb)
    return [
        Chip(resource=resource, verbs=resource_verbs, lost=lost) for (resource, lost), resource_verbs in verbs.items()
    ]
