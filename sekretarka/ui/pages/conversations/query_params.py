"""What the URL of the list says: filters, page, open conversation and tab."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from sekretarka.domain.conversations.schemas import ConversationFilter
from sekretarka.ui.query_params import ListUrlState

Filter = Literal["search", "status", "outcome", "agent", "from", "to", "follow_up"]
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
    """`filters` are those of the list under their names in the URL."""

    PATH = "/dashboard/conversations"
    FILTERS = tuple(FILTER_FIELDS)
    TABS = ("transcript", "summary", "analysis")

    def criteria(self) -> ConversationFilter:
        """The filter of the service; of a period that ends before it starts the ends are exchanged."""
        values: dict[str, Any] = {FILTER_FIELDS[name]: value for name, value in self.filters.items()}
        start, end = values.get("start_date"), values.get("end_date")
        if start and end and start > end:
            values["start_date"], values["end_date"] = end, start
        return ConversationFilter.model_validate(values)

    @classmethod
    def is_valid(cls, name: str, value: str) -> bool:
        """Whether the service takes it."""
        try:
            ConversationFilter.model_validate({FILTER_FIELDS[name]: value})
        except ValidationError:
            return False
        return True
