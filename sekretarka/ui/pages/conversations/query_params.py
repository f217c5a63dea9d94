"""What the URL of the list says: filters, page, open conversation and tab."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from sekretarka.domain.conversations.counting import CallCount
from sekretarka.domain.conversations.schemas import ConversationFilter
from sekretarka.ui.query_params import ListUrlState

Filter = Literal["search", "status", "outcome", "agent", "from", "to", "follow_up", "counted_as"]
FILTER_FIELDS: dict[str, str] = {
    "search": "search",
    "status": "status",
    "outcome": "outcome",
    "agent": "agent_id",
    "from": "start_date",
    "to": "end_date",
    "follow_up": "follow_up",
}


@dataclass(frozen=True)
class UrlState(ListUrlState):
    """`filters` are those of the list under their names in the URL; `counted_as` are the calls that a number counts."""

    PATH = "/dashboard/conversations"
    FILTERS = ("counted_as", *FILTER_FIELDS)
    TABS = ("transcript", "summary", "analysis")

    def criteria(self) -> ConversationFilter:
        """The filter of the service; of a period that ends before it starts the ends are exchanged."""
        values: dict[str, Any] = {
            field: self.filters[name] for name, field in FILTER_FIELDS.items() if name in self.filters
        }
        start, end = values.get("start_date"), values.get("end_date")
        if start and end and start > end:
            values["start_date"], values["end_date"] = end, start
        return ConversationFilter.model_validate(values)

    @property
    def counted_as(self) -> CallCount | None:
        """The number whose calls the list is limited to."""
        return CallCount(self.filters["counted_as"]) if "counted_as" in self.filters else None

    @classmethod
    def is_valid(cls, name: str, value: str) -> bool:
        """Whether the service takes it."""
        if name == "counted_as":
            return value in list(CallCount)
        try:
            ConversationFilter.model_validate({FILTER_FIELDS[name]: value})
        except ValidationError:
            return False
        return True
