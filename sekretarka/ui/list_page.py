"""What the pages of lists look like: filters, the table with its four views, the pager."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, button, card, cx, icon, link_button
from sekretarka.ui.components.detail_href import detail_href
from sekretarka.ui.components.field import native_select
from sekretarka.ui.components.pager import pager
from sekretarka.ui.components.search import search_box
from sekretarka.ui.components.stable_list import GONE, is_gone, stable_list
from sekretarka.ui.components.table import Column, table
from sekretarka.ui.components.view_states import empty, table_skeleton
from sekretarka.ui.page_views import page_views
from sekretarka.ui.text import localize, t


def refreshing_card(state: Any, content: rx.Component, **props: Any) -> rx.Component:
    """A card whose old content stays, paler, until that of a new URL is here."""
    busy = ~state.is_hydrated & ~state.loading
    old = "aria-busy:opacity-60 aria-busy:transition-opacity aria-busy:delay-150"
    return card(content, aria_busy=busy, class_name=cx("relative overflow-hidden", old), **props)


def list_card(
    state: Any,
    list_id: str,
    columns: Sequence[Column],
    *,
    label: Text,
    path: str,
    filtered: Any,
    none: rx.Component,
    none_found: Text,
    failed: Text,
) -> rx.Component:
    """The rows of a `ListState` in a table that opens them beside itself.

    `none` is shown where there is nothing at all, `none_found` where there is nothing that `filtered` lets through.
    """
    listed = stable_list(state.rows, list_id, state.list_href, before=state.has_previous, after=state.has_next)
    rows = table(
        columns,
        listed.rows,
        label=label,
        href=lambda row: detail_href(row["id"]),
        selected=state.open_id,
        row_class=lambda row: rx.cond(is_gone(row), GONE, ""),
    )
    found_nothing = empty(none_found, icon_name="search_x", action=clear_filters(path))
    content = page_views(
        state,
        rx.fragment(listed.bar(), rows, list_pager(state)),
        skeleton=table_skeleton(),
        failed=failed,
        is_empty=listed.rows.length() == 0,
        empty=rx.cond(filtered, found_nothing, none),
        framed=False,
    )
    return refreshing_card(state, content, id=list_id)


def list_pager(state: Any) -> rx.Component:
    """Where in the list of a `PagerState` we are."""
    return pager(
        first=state.first,
        last=state.last,
        total=state.total,
        previous_href=state.previous_href,
        next_href=state.next_href,
        has_previous=state.has_previous,
        has_next=state.has_next,
    )


def search_filter(state: Any, label: Text) -> rx.Component:
    """The search of a `ListState`."""
    return search_box(label, value=state.filters["search"], on_search=lambda value: state.set_filter("search", value))


def select_filter(state: Any, name: str, label: Text, *options: Any, class_name: str = "") -> rx.Component:
    """A choice among `rx.el.option`s; the one with an empty value takes the filter away."""
    control = native_select(
        *options,
        name=f"by_{name}",  # not the name of a field in the detail panel
        aria_label=label,
        value=state.filters[name].to(str) | "",
        on_change=lambda value: state.set_filter(name, value),
    )
    return rx.el.div(control, class_name=class_name)


def counted_filter(state: Any, counts: type[StrEnum]) -> rx.Component:
    """The number whose rows the list of a `ListState` is limited to, as a button that takes this filter away."""
    return counted_chip(state.filters["counted_as"].to(str), counts, on_click=state.set_filter("counted_as", ""))


def counted_chip(code: Any, counts: type[StrEnum], **props: Any) -> rx.Component:
    """Which number's rows a list shows, one of `counts`, with a button that shows the others again."""
    return rx.el.div(
        icon("list_filter", 16, class_name="text-accent-ink"),
        rx.el.h2(localize(code, "count", *counts), class_name="min-w-0 flex-1 text-base font-medium"),
        button(t("count.all"), icon_name="x", size="sm", variant="ghost", **props),
        class_name="flex items-center gap-2.5 rounded-lg bg-accent-soft py-1.5 pl-3.5 pr-1.5",
    )


def clear_filters(path: str, **props: Any) -> rx.Component:
    """The way back to the whole list."""
    return link_button(t("conversations.clear"), to=path, icon_name="x", **props)
