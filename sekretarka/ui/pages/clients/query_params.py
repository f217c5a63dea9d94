"""The address is the state of the list: filters, order, page, open client and tab."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from pydantic import ValidationError

from sekretarka.domain.clients.schemas import ClientFilter

PATH = "/dashboard/clients"
PAGE_SIZE = 25
Filter = Literal["search", "blocked", "sort"]
FILTERS: tuple[Filter, ...] = ("search", "blocked", "sort")
SORTS = ("-createdAt", "name", "-name")
Tab = Literal["history", "details", "same"]
TABS: tuple[Tab, ...] = ("history", "details", "same")


@dataclass(frozen=True)
class Address:
    """What the address asks for; words that mean nothing are left out, never an error."""

    filters: dict[Filter, str] = field(default_factory=dict)
    page: int = 1
    id: str = ""
    tab: Tab = "history"
    new: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Address":
        """From the query of the page's URL."""
        filters = {name: query[name].strip() for name in FILTERS if query.get(name, "").strip()}
        page, tab = query.get("page", ""), query.get("tab", "")
        return cls(
            filters={name: value for name, value in filters.items() if _means_something(name, value)},
            page=int(page) if page.isascii() and page.isdigit() and 0 < int(page) <= 10_000 else 1,
            id=query["id"] if _is_uuid(query.get("id", "")) else "",
            tab=next((known for known in TABS if known == tab), "history"),
            new=query.get("new") == "1",
        )

    def wanted(self) -> ClientFilter:
        """The filter of the service."""
        return ClientFilter.model_validate(self.filters)

    def narrowed(self, name: Filter, value: str) -> "Address":
        """With one filter changed: from the first page on, nobody open."""
        filters = {**self.filters, name: value.strip()}
        return Address({name: value for name, value in filters.items() if value})

    def opened(self, client_id: str, tab: Tab = "history") -> "Address":
        """With a client open beside the list."""
        return replace(self, id=client_id, tab=tab, new=False)

    @property
    def href(self) -> str:
        """The address itself."""
        query: dict[str, str] = {name: self.filters[name] for name in FILTERS if name in self.filters}
        if self.page > 1:
            query["page"] = str(self.page)
        if self.id:
            query["id"] = self.id
            if self.tab != "history":
                query["tab"] = self.tab
        if self.new:
            query["new"] = "1"
        return f"{PATH}?{urlencode(query)}" if query else PATH


def _means_something(name: Filter, value: str) -> bool:
    if name == "blocked":
        return value == "true"
    if name == "sort":
        return value in SORTS[1:]
    try:
        ClientFilter(search=value)
    except ValidationError:
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
