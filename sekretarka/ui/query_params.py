"""The URL is the state of a list: filters, page, open item and tab live in the query, so that back, reload and links
work."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self
from urllib.parse import urlencode
from uuid import UUID

MAX_PAGE = 10_000


def uuid_or_empty(text: str) -> str:
    """`text` when it is a UUID as `str` writes it, else ""."""
    try:
        return text if str(UUID(text)) == text else ""
    except ValueError:
        return ""


def page_number(text: str) -> int:
    """The page of a list, from 1 to `MAX_PAGE`; 1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= MAX_PAGE else 1


@dataclass(frozen=True)
class ListUrlState(ABC):
    """What the query of a list's page asks for; what means nothing is left out, never an error.

    A page names its `PATH`, its `FILTERS` in the order of the query and its `TABS`, of which the first is the default.
    `OPEN` is what the query calls the open item.
    """

    PATH: ClassVar[str]
    FILTERS: ClassVar[tuple[str, ...]]
    TABS: ClassVar[tuple[str, ...]]
    OPEN: ClassVar[str] = "id"

    filters: dict[str, str] = field(default_factory=dict)
    page: int = 1
    id: str = ""
    tab: str = ""
    new: bool = False

    @classmethod
    @abstractmethod
    def is_valid(cls, name: str, value: str) -> bool:
        """Whether the filter `name` can have this value."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From the query of the page's URL."""
        filters = {name: value for name in cls.FILTERS if (value := query.get(name, "").strip())}
        tab = query.get("tab", "")
        return cls(
            filters={name: value for name, value in filters.items() if cls.is_valid(name, value)},
            page=page_number(query.get("page", "")),
            id=uuid_or_empty(query.get(cls.OPEN, "")),
            tab=tab if tab in cls.TABS else cls.TABS[0],
            new=query.get("new") == "1",
        )

    def with_filter(self, name: str, value: str) -> Self:
        """With one filter changed: from the first page on, nothing open."""
        filters = {**self.filters, name: value.strip()}
        return type(self)({name: value for name, value in filters.items() if value}, tab=self.TABS[0])

    def with_open(self, item_id: str, tab: str = "") -> Self:
        """With an item open beside the list, "" for none."""
        return replace(self, id=item_id, tab=tab or self.TABS[0], new=False)

    def at_page(self, page: int) -> Self:
        """Another page of the list, nothing open."""
        return type(self)(self.filters, max(1, page))

    @property
    def href(self) -> str:
        """Path and query, in the order of `FILTERS`; what is as by default is left out."""
        query = {name: self.filters[name] for name in self.FILTERS if name in self.filters}
        if self.page > 1:
            query["page"] = str(self.page)
        if self.id:
            query[self.OPEN] = self.id
            if self.tab not in ("", self.TABS[0]):
                query["tab"] = self.tab
        if self.new:
            query["new"] = "1"
        return f"{self.PATH}?{urlencode(query)}" if query else self.PATH
