"""The address is the state of the list: filters, page, open call and tab, so that back, reload and links work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from pydantic import ValidationError

from sekretarka.domain.conversations.schemas import ConversationFilter

PATH = "/dashboard/conversations"
PAGE_SIZE = 25
Filter = Literal["search", "status", "outcome", "agent", "from", "to", "follow_up"]
Tab = Literal["transcript", "summary", "analysis"]
TABS: tuple[Tab, ...] = ("transcript", "summary", "analysis")
FIELDS: dict[Filter, str] = {
    "search": "search",
    "status": "status",
    "outcome": "outcome",
    "agent": "agent_id",
    "from": "start_date",
    "to": "end_date",
    "follow_up": "follow_up",
}


@dataclass(frozen=True)
class Address:
    """What the address asks for; words that mean nothing are left out, never an error."""

    filters: dict[Filter, str] = field(default_factory=dict)
    page: int = 1
    id: str = ""
    tab: Tab = "transcript"

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Address":
        """From the query of the page's URL."""
        filters = {name: query[name].strip() for name in FIELDS if query.get(name, "").strip()}
        page = query.get("page", "")
        tab = query.get("tab", "")
        return cls(
            filters={name: value for name, value in filters.items() if _means_something(name, value)},
            page=int(page) if page.isascii() and page.isdigit() and 0 < int(page) <= 10_000 else 1,
            id=query["id"] if _is_uuid(query.get("id", "")) else "",
            tab=next((known for known in TABS if known == tab), "transcript"),
        )

    def wanted(self) -> ConversationFilter:
        """The filter of the service; a period written backwards is turned round."""
        values: dict[str, Any] = {FIELDS[name]: value for name, value in self.filters.items()}
        start, end = values.get("start_date"), values.get("end_date")
        if start and end and start > end:
            values["start_date"], values["end_date"] = end, start
        return ConversationFilter.model_validate(values)

    def narrowed(self, name: Filter, value: str) -> "Address":
        """With one filter changed: from the first page on, no call open."""
        filters = {**self.filters, name: value.strip()}
        return Address({name: value for name, value in filters.items() if value})

    def opened(self, conversation_id: str, tab: Tab = "transcript") -> "Address":
        """With a call open beside the list."""
        return replace(self, id=conversation_id, tab=tab)

    @property
    def href(self) -> str:
        """The address itself."""
        query: dict[str, str] = {name: self.filters[name] for name in FIELDS if name in self.filters}
        if self.page > 1:
            query["page"] = str(self.page)
        if self.id:
            query["id"] = self.id
            if self.tab != "transcript":
                query["tab"] = self.tab
        return f"{PATH}?{urlencode(query)}" if query else PATH


def _means_something(name: Filter, value: str) -> bool:
    try:
        ConversationFilter.model_validate({FIELDS[name]: value})
    except ValidationError:
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
