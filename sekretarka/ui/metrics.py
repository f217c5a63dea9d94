"""Numbers that lead to what they count: the URL of a metric's rows, and the sentence that says what they are."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.domain.analytics import metrics
from sekretarka.domain.analytics.metrics import DEFINITIONS, Metric, Period
from sekretarka.domain.conversations.counting import CallCount
from sekretarka.domain.tasks.counting import TaskCount
from sekretarka.ui.appointments import PATH as APPOINTMENTS
from sekretarka.ui.components.basics import Text, icon, link
from sekretarka.ui.components.hint import about
from sekretarka.ui.text import t

CONVERSATIONS, TASKS = "/dashboard/conversations", "/dashboard/tasks"


async def metric_href(uow: UnitOfWork, metric: Metric) -> str:
    """The path and query of the list that has the rows which the number counts today, and no others."""
    return href_of(metric, await metrics.period(uow, metric))


def href_of(metric: Metric, between: Period = None, agent_id: UUID | None = None) -> str:
    """The same of a known period; of None for a number that counts on any day. `agent_id` limits calls to an
    agent's."""
    counts = DEFINITIONS[metric].counts
    if isinstance(counts, TaskCount):
        return TASKS
    first, last = between or ("", "")
    query = {"counted_as": str(counts), "agent": agent_id or "", "from": first, "to": last}
    present = {name: str(value) for name, value in query.items() if value}
    return f"{CONVERSATIONS if isinstance(counts, CallCount) else APPOINTMENTS}?{urlencode(present)}"


def about_metric(label: Text, metric: Metric) -> rx.Component:
    """The button beside a number's `label` that says what it counts."""
    return about(label, t(f"metric.{metric}"))


def rest_of_list(shown: Any, total: Any, href: Text) -> rx.Component:
    """`12 z 19` as a link to all of them, where a list shows less than there is; phones have no room for its words."""
    whole = link(
        rx.el.span(t("list.cut", shown=shown, total=total), class_name="text-sm text-muted tnum"),
        rx.el.span(t("list.all"), class_name="max-sm:sr-only"),
        icon("chevron_right", 16, class_name="sm:hidden"),
        to=href,
        class_name="inline-flex items-center gap-2 font-medium text-accent-ink whitespace-nowrap hover:underline "
        "underline-offset-2 max-sm:min-h-6 max-sm:gap-0.5",
    )
    return rx.cond(total > shown, whole)
