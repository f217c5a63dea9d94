"""What the URL of the list says: filters, order, page, open client and tab."""

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from sekretarka.domain.clients.schemas import ClientFilter
from sekretarka.ui.query_params import ListUrlState

Filter = Literal["search", "blocked", "sort"]
SORTS = ("-createdAt", "name", "-name")


@dataclass(frozen=True)
class UrlState(ListUrlState):
    """`filters` are those of the list and its order."""

    PATH = "/dashboard/clients"
    FILTERS = ("search", "blocked", "sort")
    TABS = ("history", "details", "same")

    def criteria(self) -> ClientFilter:
        """The filter of the service."""
        return ClientFilter.model_validate(self.filters)

    @classmethod
    def is_valid(cls, name: str, value: str) -> bool:
        """Whether the service takes it and it says more than its absence."""
        if name == "blocked":
            return value == "true"
        if name == "sort":
            return value in SORTS[1:]
        try:
            ClientFilter(search=value)
        except ValidationError:
            return False
        return True
