"""A list with its filters, pages and open item, all of them read from the URL."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import Field
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.ui.page_state import DetailState, PageState
from sekretarka.ui.query_params import ListUrlState

PAGE_SIZE = 25
SearchText = Annotated[str, Field(max_length=200)]


class PagerState(rx.State, mixin=True):
    """Where in a list of several pages we are, for `list_pager`."""

    total: int = 0
    first: int = 0
    last: int = 0
    previous_href: str = ""
    next_href: str = ""
    has_previous: bool = False
    has_next: bool = False

    def _show_position(self, url: Any, shown: int, total: int) -> None:
        """`url` has the number of its `page` and makes those `at_page` others; `shown` rows are on this page."""
        before = (url.page - 1) * PAGE_SIZE
        self.total = total
        self.first, self.last = (before + 1 if shown else 0), before + shown
        self.has_previous, self.has_next = url.page > 1, self.last < total and shown > 0
        self.previous_href, self.next_href = (url.at_page(url.page + step).href for step in (-1, 1))


class ListState(PageState, PagerState, DetailState, mixin=True):
    """What a list's page shows besides its rows. A page writes

    - `rows`, and `_read_rows(uow, url)`, which fills them and returns how many there are on all pages;
    - `_read_detail(uow, item_id)`, which returns `detail` or raises `NotFound`;
    - `load` and `set_filter` with their permissions: `await self._load()` and `return self._filter(name, value)`.
    """

    if TYPE_CHECKING:
        rows: Any

    filters: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    list_href: str = ""
    tab: str = ""
    tab_hrefs: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    _url_type: ClassVar[type[ListUrlState]]

    @abstractmethod
    async def _read_rows(self, uow: UnitOfWork, url: Any) -> int: ...

    @abstractmethod
    async def _read_detail(self, uow: UnitOfWork, item_id: UUID) -> Any: ...

    async def _load(self) -> None:
        self._show_url(self._url())
        await super()._load()

    async def _read(self, uow: UnitOfWork) -> None:
        url = self._url()
        total = await self._read_rows(uow, url)
        self._show_position(url, len(self.rows), total)
        if url.id:
            try:
                self._show(await self._read_detail(uow, UUID(url.id)))
            except NotFound:
                self._show_missing()

    def _filter(self, name: str, value: str) -> EventSpec:
        """One filter changes: the URL does, and with it the list. Typing leaves no trail to go back through."""
        return rx.redirect(self._url().with_filter(name, value).href, replace=name == "search")

    def _url(self) -> ListUrlState:
        return self._url_type.read(self.router.url.query_parameters)

    def _show_url(self, url: ListUrlState) -> None:
        if url.filters != self.filters:
            self.filters = url.filters
        self.list_href = url.with_open("").href
        self.tab, self.tab_hrefs = url.tab, {tab: url.with_open(url.id, tab).href for tab in url.TABS}
        self._open(url.id)
