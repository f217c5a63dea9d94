"""Rozmowy: the list with its filters."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.conversations.models import FollowUpState, Outcome, Status
from sekretarka.ui.components.basics import card, cx, link_button
from sekretarka.ui.components.detail_href import detail_href
from sekretarka.ui.components.field import CONTROL, native_select
from sekretarka.ui.components.pager import pager
from sekretarka.ui.components.search import search_box
from sekretarka.ui.components.stable_list import stable_list
from sekretarka.ui.components.table import Column, table
from sekretarka.ui.components.view_states import empty, error, table_skeleton, view_states
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.pages.conversations.detail_panel import call_sheet
from sekretarka.ui.pages.conversations.parts import follow_up_badge, mood_mark, state_badge, who
from sekretarka.ui.pages.conversations.query_params import PATH
from sekretarka.ui.pages.conversations.state import ConversationsState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import duration, elapsed, relative_time, t

state = state_vars(ConversationsState)

LIST = "calls"


@dashboard_page(
    PATH,
    t("nav.conversations"),
    icon="phone",
    keys="g r",
    requires=Permission.CONVERSATIONS_READ,
    on_load=(ConversationsState.load,),
)
def page() -> rx.Component:
    """The page of /dashboard/conversations."""
    # Until the rows of a new address are here, the old ones stay and say so.
    busy = ~state.is_hydrated & ~state.loading
    old = "aria-busy:opacity-60 aria-busy:transition-opacity aria-busy:delay-150"
    rows = card(_list(), id=LIST, aria_busy=busy, class_name=cx("overflow-hidden", old))
    return rx.fragment(
        rx.el.div(_filters(), rows, class_name="flex flex-col gap-4"),
        call_sheet(),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                search_box(
                    t("conversations.search"),
                    value=state.filters["search"],
                    on_search=lambda value: state.narrow("search", value),
                ),
                class_name="flex-1",
            ),
            rx.cond(
                state.filters.length() > 0,
                link_button(t("conversations.clear"), to=PATH, icon_name="x", class_name="max-sm:px-2.5"),
            ),
            class_name="flex items-center gap-2",
        ),
        rx.el.div(
            _choice("status", "conversations.any_status", {str(code): t(f"call.{code}") for code in Status}),
            _choice("outcome", "conversations.any_outcome", {str(code): t(f"call.{code}") for code in Outcome}),
            _choice("follow_up", "conversations.any_follow_up", {str(s): t(f"follow_up.{s}") for s in FollowUpState}),
            _agents(),
            _day("from", "conversations.from"),
            _day("to", "conversations.to"),
            class_name="flex items-center gap-2 scroll-fade max-lg:overflow-x-auto max-sm:-mx-3.5 max-sm:px-3.5",
        ),
        role="search",
        aria_label=t("conversations.filters"),
        class_name="flex flex-col gap-2.5",
    )


def _choice(name: str, nothing: str, words: dict[str, rx.Var[str]]) -> rx.Component:
    options = [rx.el.option(word, value=code) for code, word in words.items()]
    return _select(name, nothing, *options)


def _agents() -> rx.Component:
    options = rx.foreach(state.agents, lambda agent: rx.el.option(agent["name"], value=agent["id"]))
    return _select("agent", "conversations.any_agent", options)


def _select(name: str, nothing: str, *options: Any) -> rx.Component:
    return rx.el.div(
        native_select(
            rx.el.option(t(nothing), value=""),
            *options,
            name=f"by_{name}",  # not the name of a field in the sheet
            aria_label=t(f"conversations.by_{name}"),
            value=state.filters[name].to(str) | "",
            on_change=lambda value: state.narrow(name, value),
        ),
        class_name="w-40 shrink-0 lg:shrink",
    )


def _day(name: str, label: str) -> rx.Component:
    return rx.el.label(
        rx.el.span(t(label), class_name="text-sm text-muted"),
        rx.el.input(
            type="date",
            name=name,
            value=state.filters[name].to(str) | "",
            on_change=lambda value: state.narrow(name, value),
            class_name=cx(CONTROL, "h-9 px-2.5 tnum max-sm:h-11"),
        ),
        class_name="flex shrink-0 items-center gap-2",
    )


def _list() -> rx.Component:
    narrowed = state.filters.length() > 0
    return view_states(
        loading=state.loading,
        failed=state.failed,
        is_empty=state.rows.length() == 0,
        skeleton=table_skeleton(),
        empty=rx.cond(
            narrowed,
            empty(
                t("conversations.none_found"),
                icon_name="search_x",
                action=link_button(t("conversations.clear"), to=PATH, icon_name="x"),
            ),
            empty(
                t("conversations.none"),
                icon_name="phone_incoming",
                hint=t("conversations.none_hint"),
                action=link_button(t("conversations.connect"), to="/dashboard/agents", icon_name="bot"),
            ),
        ),
        error=error(t("conversations.failed"), on_retry=state.load),
        full=rx.fragment(_table(), _pager()),
    )


def _table() -> rx.Component:
    return table(
        [
            Column(t("conversations.who"), _who, class_name="w-1/5 max-w-0 max-md:w-full"),
            Column(t("conversations.when"), _when, class_name="whitespace-nowrap max-sm:text-right"),
            Column(t("conversations.length"), _length, hide="sm", align="right", class_name="whitespace-nowrap"),
            Column(t("conversations.state"), lambda row: state_badge(row["state"]), hide="sm"),
            Column(t("conversations.mood"), lambda row: mood_mark(row["mood"], word=False), hide="lg"),
            Column(t("conversations.summary"), _summary, hide="md", class_name="w-2/5 max-w-0"),
            Column(t("conversations.agent"), lambda row: row["agent"], hide="xl", class_name="whitespace-nowrap"),
            Column(t("conversations.follow_up"), lambda row: follow_up_badge(row["follow_up"]), hide="sm"),
        ],
        stable_list(state.rows, LIST),
        label=t("nav.conversations"),
        href=lambda row: detail_href(row["id"]),
        selected=state.open_id,
    )


def _who(row: Any) -> rx.Component:
    return rx.fragment(
        rx.el.span(who(row), class_name="block truncate font-medium tnum"),
        rx.el.span(
            rx.cond(row["summary"] != "", row["summary"], t("conversations.no_summary")),
            class_name="block truncate text-sm font-normal text-muted md:hidden",
        ),
    )


def _when(row: Any) -> rx.Component:
    return rx.fragment(
        rx.el.span(relative_time(row["at"], session.timezone), class_name="tnum text-muted"),
        rx.el.div(state_badge(row["state"]), class_name="mt-1 sm:hidden"),
    )


def _length(row: Any) -> rx.Component:
    running = elapsed(row["at"], class_name="font-medium text-accent-ink")
    talked = rx.cond(row["state"] == "missed", rx.el.span("–", class_name="text-muted"), duration(row["seconds"]))
    return rx.cond(row["state"] == "active", running, talked)


def _summary(row: Any) -> rx.Component:
    return rx.el.span(
        rx.cond(row["summary"] != "", row["summary"], t("conversations.no_summary")),
        class_name="block truncate text-muted",
    )


def _pager() -> rx.Component:
    return pager(
        first=state.first,
        last=state.last,
        total=state.total,
        previous_href=state.previous_href,
        next_href=state.next_href,
        has_previous=state.has_previous,
        has_next=state.has_next,
    )
