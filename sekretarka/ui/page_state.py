"""What the states of pages share: reading themselves, and forms whose errors stand at their fields.

All of these are mixins: `class ClientsState(ListState, DetailState, rx.State)`. A page adds what differs, and declares
`load` and whatever else a browser may call with the permission it needs.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import reflex as rx

from sekretarka.core.database.edits import EditConflict
from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.ui import edits, errors
from sekretarka.ui.edits import Conflict, Formats, Record
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
    """A form whose handler is a `form_handler`: `attempt` and `saved` are explained by `edit_form`, wrong fields by
    their names."""

    attempt: int = 0
    saved: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)
    conflict: rx.Field[Conflict | None] = rx.field(default=None)


class EditFormState(FormState, mixin=True):
    """A form that changes a stored record: a page fills `record` whenever it reads, and saves by `edits.store`.

    `_formats` says how users read what is stored otherwise.
    """

    record: rx.Field[Record] = rx.field(default_factory=edits.no_record)

    _formats: ClassVar[Formats] = {}

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}

    async def _show_conflict(self, error: EditConflict) -> None:
        """What somebody else changed meanwhile, for the form to ask about."""
        await self._reread()
        self.conflict = await edits.describe(error, self._formats)

    async def _reread(self) -> None:
        """The record as it is by now; what is being filled in stays."""
        await self._refresh()

    if TYPE_CHECKING:

        async def _refresh(self) -> None: ...


class DetailState(EditFormState, mixin=True):
    """One item that the URL names, beside its list: `detail` is None until it is known, `missing` if there is none."""

    open_id: str = ""
    missing: bool = False

    if TYPE_CHECKING:
        detail: Any  # a page declares it: `rx.Field[… | None] = rx.field(default=None)`

    def _open(self, item_id: str) -> None:
        """Another item, or none ("")."""
        if item_id != self.open_id:
            self.open_id, self.detail, self.missing, self.field_errors = item_id, None, False, {}

    def _show_missing(self) -> None:
        self.detail, self.missing = None, True

    def _show(self, fresh: Any) -> None:
        """The item as stored now."""
        self.detail, self.missing = fresh, False
