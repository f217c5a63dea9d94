"""What the URL of the threads says: filters, page and whose thread is open."""

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from sekretarka.domain.messages.schemas import ThreadFilter
from sekretarka.ui import messages
from sekretarka.ui.query_params import ListUrlState

Filter = Literal["search", "channel", "unread"]


@dataclass(frozen=True)
class UrlState(ListUrlState):
    """`id` is the client of the open thread."""

    PATH = messages.PATH
    FILTERS = ("search", "channel", "unread")
    TABS = ("",)
    OPEN = "client"

    def criteria(self) -> ThreadFilter:
        """The filter of the service."""
        return ThreadFilter.model_validate(self.filters)

    @classmethod
    def is_valid(cls, name: str, value: str) -> bool:
        """Whether the service takes it and it says more than its absence."""
        if name == "unread":
            return value == "true"
        try:
            ThreadFilter.model_validate({name: value})
        except ValidationError:
            return False
        return True
