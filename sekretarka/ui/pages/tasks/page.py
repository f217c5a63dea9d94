"""Do zrobienia: the list with its filters."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.tasks.models import Kind, Resolution, Urgency
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import avatar, link_button
from sekretarka.ui.components.choice import segmented
from sekretarka.ui.components.detail_href import detail_href
from sekretarka.ui.components.lines import call_button, finish_button
from sekretarka.ui.components.stable_list import stable_list
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.list_page import clear_filters, list_pager, refreshing_card, search_filter, select_filter
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.tasks.create import CreateTaskState, new_task
from sekretarka.ui.pages.tasks.detail_panel import more_menu, reopen_button, task_panel
from sekretarka.ui.pages.tasks.query_params import DONE, MINE, SNOOZED, UrlState
from sekretarka.ui.pages.tasks.state import TasksState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.tasks import task_line, title_of
from sekretarka.ui.text import localize, relative_time, t

PATH = UrlState.PATH
state = state_vars(TasksState)


def _actions() -> rx.Component:
    return rx.cond(allowed(Permission.TASKS_WRITE), _add())


@dashboard_page(
    PATH,
    t("nav.tasks"),
    icon="list_checks",
    keys="g d",
    requires=Permission.TASKS_READ,
    on_load=(TasksState.load, CreateTaskState.load),
    actions=_actions,
)
def page() -> rx.Component:
    """The page of /dashboard/tasks."""
    content = rx.el.div(_filters(), _list(), class_name="flex flex-col gap-4")
    return rx.fragment(content, task_panel(), new_task())


def _add() -> rx.Component:
    """Phones have no room for its words beside the title."""
    return link_button(
        t("tasks.add"),
        to=UrlState(new=True).href,
        icon_name="plus",
        variant="primary",
        class_name="max-sm:size-10 max-sm:px-0 max-sm:[&>span]:sr-only",
    )


def _filters() -> rx.Component:
    views = [
        ("", t("tasks.view.open"), PATH),
        *((view, t(f"tasks.view.{view}"), UrlState({"view": view}).href) for view in (SNOOZED, DONE)),
    ]
    members = rx.foreach(state.members, lambda member: rx.el.option(member["name"], value=member["id"]))
    narrowed = state.filters.length() > rx.cond(state.filters.contains("view"), 1, 0)
    return rx.el.div(
        segmented(views, label=t("tasks.view"), value=state.filters["view"].to(str) | ""),
        rx.el.div(search_filter(state, t("tasks.search")), class_name="min-w-40 flex-1 max-sm:basis-full"),
        _select("kind", *(rx.el.option(t(f"task.{kind}"), value=str(kind)) for kind in Kind)),
        _select("urgency", *(rx.el.option(t(f"urgency.{code}"), value=str(code)) for code in Urgency)),
        _select("who", rx.el.option(t("tasks.mine"), value=MINE), members),
        rx.cond(narrowed, clear_filters(PATH, class_name="max-sm:px-2.5")),
        role="search",
        aria_label=t("tasks.filters"),
        class_name="flex flex-wrap items-center gap-2",
    )


def _select(name: str, *options: Any) -> rx.Component:
    anything = rx.el.option(t(f"tasks.any_{name}"), value="")
    width = "w-44 max-sm:w-auto max-sm:min-w-0 max-sm:flex-1"
    return select_filter(state, name, t(f"tasks.by_{name}"), anything, *options, class_name=width)


def _list() -> rx.Component:
    listed = stable_list(state.rows, "tasks", state.list_href, before=state.has_previous, after=state.has_next)
    rows: Any = listed.rows
    narrowed = state.filters.length() > 0
    none = empty(t("overview.actions_none"), icon_name="circle_check", hint=t("overview.actions_hint"))
    lines = rx.el.ul(
        rx.foreach(rows, _line), aria_label=t("nav.tasks"), class_name="flex flex-col [&>li:first-child]:border-t-0"
    )
    content = page_views(
        state,
        rx.fragment(listed.bar(), lines, list_pager(state)),
        skeleton=_skeleton(),
        failed=t("tasks.failed"),
        is_empty=rows.length() == 0,
        empty=rx.cond(narrowed, empty(t("tasks.none_found"), icon_name="search_x", action=clear_filters(PATH)), none),
        framed=False,
    )
    return refreshing_card(state, content, id="tasks")


def _line(row: Any) -> rx.Component:
    name, may = title_of(row), allowed(Permission.TASKS_WRITE)
    done = finish_button(row, t("overview.done_name", name=name), state.mark_done(row["id"]))
    call = call_button(row, t("overview.call_back_to", name=name), t("overview.call_back"))
    is_open = row["state"] == "open"
    return task_line(
        row,
        detail_href(row["id"]),
        _aside(row),
        rx.cond((row["phone"] != "") & is_open, call),
        rx.cond(may, rx.cond(is_open, done, reopen_button(row))),
        rx.cond(may & is_open, more_menu(row)),
    )


def _aside(row: Any) -> rx.Component:
    """Until when it waits or why it is done, and whose it is."""
    until = t("tasks.until", when=relative_time(row["snoozed_until"], session.timezone))
    whose = rx.el.span(avatar(row["assignee"], 24), title=row["assignee"], role="img", aria_label=row["assignee"])
    why = localize(row["resolution"], "task.resolution", *Resolution)
    return rx.fragment(
        rx.cond(row["state"] == "done", rx.el.span(badge(why, icon_name="check"), class_name="max-md:hidden")),
        rx.cond(row["snoozed_until"] != "", rx.el.span(until, class_name="text-sm text-muted tnum max-md:hidden")),
        rx.cond(row["assignee"] != "", rx.el.span(whose, class_name="inline-flex max-sm:hidden")),
    )


def _skeleton() -> rx.Component:
    bar = rx.el.div(skeleton_bar("h-4 w-full"), class_name="border-b border-border px-4 py-5 last:border-0")
    return skeleton(*[bar] * 6)
