"""What the states of pages share: reading themselves, and forms whose errors stand at their fields.

All of these are mixins: `class ClientsState(ListState, DetailState, rx.State)`. A page adds what differs, and declares
`load` and whatever else a browser may call with the permission it needs.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import reflex as rx

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.ui import errors
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.session import read_uow, secured


class ReadState(rx.State, mixin=True):
    """Reads itself after its own changes and after live events. A page writes `_read`."""

    @abstractmethod
    async def _read(self, uow: UnitOfWork) -> None:
        """Fill the vars from the database."""

    async def _refresh(self) -> None:
        async with read_uow() as uow:
            await self._read(uow)

    async def _on_live_events(self, changes: Sequence[LiveEvent]) -> None:
        """For `@refresh_on`."""
        await self._refresh()


class PageState(ReadState, mixin=True):
    """A `ReadState` whose first reading shows the page, or that it failed."""

    loading: bool = True
    failed: bool = False

    async def _load(self) -> None:
        """For `load`: `_refresh`, where an expected failure becomes the page's error view."""
        with errors.loading(self):
            await self._refresh()


class FormState(rx.State, mixin=True):
    """A form whose handler is a `form_handler`: `attempt` is explained by `edit_form`, wrong fields by their names."""

    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)


class EditFormState(FormState, mixin=True):
    """A form over stored values; a page counts their `revision` for `edit_form`."""

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}


class DetailState(EditFormState, mixin=True):
    """One item that the URL names, beside its list: `detail` is None until it is known, `missing` when there is none.

    `_form_fields` are the keys of `detail` that its form edits.
    """

    open_id: str = ""
    missing: bool = False
    revision: int = 0

    if TYPE_CHECKING:
        detail: Any  # a page declares it: `rx.Field[… | None] = rx.field(default=None)`

    _form_fields: ClassVar[tuple[str, ...]] = ()

    def _open(self, item_id: str) -> None:
        """Another item, or none ("")."""
        if item_id != self.open_id:
            self.open_id, self.detail, self.missing, self.field_errors = item_id, None, False, {}
            self.revision += 1

    def _show_missing(self) -> None:
        self.detail, self.missing = None, True

    def _show(self, fresh: Any) -> None:
        """The item as stored now; unsaved edits survive unless one of the form's own values changed."""
        if self.detail is None or any(self.detail[name] != fresh[name] for name in self._form_fields):
            self.revision += 1
        self.detail, self.missing = fresh, False
