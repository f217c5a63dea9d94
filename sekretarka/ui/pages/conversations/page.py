"""Rozmowy: the list with its filters."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.conversations.counting import CallCount
from sekretarka.domain.conversations.models import FollowUpState, Outcome, Status
from sekretarka.ui.components.basics import cx, link_button
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.components.table import Column
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.list_page import clear_filters, counted_filter, list_card, search_filter, select_filter
from sekretarka.ui.pages.conversations.detail_panel import conversation_panel
from sekretarka.ui.pages.conversations.parts import follow_up_badge, mood_mark, silent_badge, state_badge, who
from sekretarka.ui.pages.conversations.query_params import UrlState
from sekretarka.ui.pages.conversations.state import ConversationsState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import duration, elapsed, relative_time, t

PATH = UrlState.PATH
state = state_vars(ConversationsState)


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
    return rx.fragment(rx.el.div(_filters(), _list(), class_name="flex flex-col gap-4"), conversation_panel())


def _filters() -> rx.Component:
    clear = clear_filters(PATH, class_name="max-sm:px-2.5")
    agents = rx.foreach(state.agents, lambda agent: rx.el.option(agent["name"], value=agent["id"]))
    counted_as = rx.cond(state.filters.contains("counted_as"), counted_filter(state, CallCount))
    return rx.el.div(
        counted_as,
        rx.el.div(
            rx.el.div(search_filter(state, t("conversations.search")), class_name="flex-1"),
            rx.cond(state.filters.length() > rx.cond(state.filters.contains("counted_as"), 1, 0), clear),
            class_name="flex items-center gap-2",
        ),
        rx.el.div(
            _select("status", *(rx.el.option(t(f"call.{code}"), value=str(code)) for code in Status)),
            _select("outcome", *(rx.el.option(t(f"call.{code}"), value=str(code)) for code in Outcome)),
            _select("follow_up", *(rx.el.option(t(f"follow_up.{code}"), value=str(code)) for code in FollowUpState)),
            _select("agent", agents),
            _day("from"),
            _day("to"),
            class_name="flex items-center gap-2 scroll-fade max-lg:overflow-x-auto max-sm:-mx-3.5 max-sm:px-3.5",
        ),
        role="search",
        aria_label=t("conversations.filters"),
        class_name="flex flex-col gap-2.5",
    )


def _select(name: str, *options: Any) -> rx.Component:
    anything = rx.el.option(t(f"conversations.any_{name}"), value="")
    label = t(f"conversations.by_{name}")
    return select_filter(state, name, label, anything, *options, class_name="w-40 shrink-0 lg:shrink")


def _day(name: str) -> rx.Component:
    return rx.el.label(
        rx.el.span(t(f"conversations.{name}"), class_name="text-sm text-muted"),
        rx.el.input(
            type="date",
            name=name,
            value=state.filters[name].to(str) | "",
            on_change=lambda value: state.set_filter(name, value),
            class_name=cx(CONTROL, "h-9 px-2.5 tnum max-sm:h-11"),
        ),
        class_name="flex shrink-0 items-center gap-2",
    )


def _list() -> rx.Component:
    return list_card(
        state,
        "calls",
        [
            Column(t("conversations.who"), _who, class_name="w-1/5 max-w-0 max-md:w-full"),
            Column(t("conversations.when"), _when, class_name="whitespace-nowrap max-sm:text-right"),
            Column(t("conversations.length"), _length, hide="sm", align="right", class_name="whitespace-nowrap"),
            Column(t("conversations.state"), _state, hide="sm"),
            Column(t("conversations.sentiment"), lambda row: mood_mark(row["mood"], word=False), hide="lg"),
            Column(t("conversations.summary"), _summary, hide="md", class_name="w-2/5 max-w-0"),
            Column(t("conversations.agent"), lambda row: row["agent"], hide="xl", class_name="whitespace-nowrap"),
            Column(t("conversations.follow_up"), lambda row: follow_up_badge(row["follow_up"]), hide="sm"),
        ],
        label=t("nav.conversations"),
        path=PATH,
        filtered=state.filters.length() > 0,
        none=empty(
            t("conversations.none"),
            icon_name="phone_incoming",
            hint=t("conversations.none_hint"),
            action=link_button(t("conversations.connect"), to="/dashboard/agents", icon_name="bot"),
        ),
        none_found=t("conversations.none_found"),
        failed=t("conversations.failed"),
    )


def _who(row: Any) -> rx.Component:
    return rx.fragment(
        rx.el.span(who(row), class_name="block truncate font-medium tnum"),
        rx.el.span(_said(row), class_name="block truncate text-sm font-normal text-muted md:hidden"),
    )


def _when(row: Any) -> rx.Component:
    return rx.fragment(
        rx.el.span(relative_time(row["at"], session.timezone), class_name="tnum text-muted"),
        rx.el.div(_state(row), class_name="mt-1 sm:hidden"),
    )


def _state(row: Any) -> rx.Component:
    return rx.cond(row["silent_since"] != "", silent_badge(row["silent_since"]), state_badge(row["state"]))


def _length(row: Any) -> rx.Component:
    running = elapsed(row["at"], class_name="font-medium text-accent-ink")
    untold = (row["state"] == "missed") | (row["silent_since"] != "")
    talked = rx.cond(untold, rx.el.span("–", class_name="text-muted"), duration(row["seconds"]))
    return rx.cond((row["state"] == "active") & ~untold, running, talked)


def _summary(row: Any) -> rx.Component:
    return rx.el.span(_said(row), class_name="block truncate text-muted")


def _said(row: Any) -> Any:
    return rx.cond(row["summary"] != "", row["summary"], t("conversations.no_summary"))
