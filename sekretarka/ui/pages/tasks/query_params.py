"""What the URL of the list says: which tasks, filters, page and the open one."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from sekretarka.domain.tasks.models import TaskState
from sekretarka.domain.tasks.schemas import TaskFilter
from sekretarka.ui.metrics import TASKS
from sekretarka.ui.query_params import ListUrlState

Filter = Literal["search", "kind", "urgency", "who"]
SNOOZED, DONE, MINE = "snoozed", "done", "mine"


@dataclass(frozen=True)
class UrlState(ListUrlState):
    """`view` is what was put off or is done instead of what needs action; `who` is `mine` or a member's id."""

    PATH = TASKS
    FILTERS = ("view", "search", "kind", "urgency", "who")
    TABS = ("",)

    def criteria(self) -> TaskFilter:
        """The filter of the service."""
        view = self.filters.get("view")
        values: dict[str, Any] = {"state": TaskState.DONE if view == DONE else TaskState.OPEN}
        if view != DONE:
            values["snoozed"] = view == SNOOZED
        values |= {name: self.filters[name] for name in ("search", "kind", "urgency") if name in self.filters}
        if who := self.filters.get("who"):
            values |= {"mine": True} if who == MINE else {"assignee_id": who}
        return TaskFilter.model_validate(values)

    @classmethod
    def is_valid(cls, name: str, value: str) -> bool:
        """Whether the service takes it."""
        if name == "view":
            return value in (SNOOZED, DONE)
        if name == "who" and value == MINE:
            return True
        try:
            TaskFilter.model_validate({"assignee_id" if name == "who" else name: value})
        except ValidationError:
            return False
        return True
