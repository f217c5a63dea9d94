"""The one item that the URL names: in a panel at the side of its list, or in a column of its own."""

from typing import Any

import reflex as rx

from sekretarka.ui.components import dialog
from sekretarka.ui.components.basics import Text, card, cx, icon, link
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.text import t


def detail_panel(
    state: Any,
    *others: Any,
    title: Any,
    waiting: Text,
    missing: Text,
    missing_text: Text,
    missing_icon: str,
    content: rx.Component,
    skeleton: rx.Component,
    open_: Any,
    closed_href: Any,
    subtitle: Any,
    actions: rx.Component,
) -> rx.Component:
    """A panel over a `DetailState`, open while the URL names an item; closing it goes back to `closed_href`.

    `title`, `subtitle` and `actions` are those of a known item; `waiting` is the title until it is known.
    """
    is_loaded = state.detail
    return dialog.detail_panel(
        rx.cond(is_loaded, title, rx.cond(state.missing, missing, waiting)),
        rx.cond(state.missing, empty(missing_text, icon_name=missing_icon), rx.cond(is_loaded, content, skeleton)),
        *others,
        open_=open_,
        on_open_change=rx.redirect(closed_href),
        subtitle=rx.cond(is_loaded, subtitle),
        actions=rx.cond(is_loaded, actions),
    )


_HEAD_LINK = (
    "inline-flex h-9 items-center gap-2 rounded-md border border-border px-3 text-base font-medium whitespace-nowrap "
    "hover:bg-hover max-sm:size-10 max-sm:justify-center max-sm:px-0"
)


def call_link(label: Text, number: Any) -> rx.Component:
    """A button of the panel's head that calls `number` (E.164)."""
    return rx.el.a(
        icon("phone", 16),
        rx.el.span(label, class_name="max-sm:sr-only"),
        href="tel:" + number,
        class_name=_HEAD_LINK,
    )


def messages_link(href: Any) -> rx.Component:
    """A button of the panel's head that opens the messages with the client."""
    return link(
        icon("message_square", 16),
        rx.el.span(t("nav.messages"), class_name="max-sm:sr-only"),
        to=href,
        class_name=_HEAD_LINK,
    )


def detail_column(
    content: rx.Component,
    *,
    title: Any,
    path: str,
    back: Text,
    tabs: rx.Component,
    actions: rx.Component,
    mark: rx.Component | None = None,
) -> rx.Component:
    """The chosen item beside its list, in the list's place on phones; `path` is the URL of the list alone, `mark`
    precedes the title."""
    return rx.el.div(
        link(
            icon("arrow_left", 16),
            back,
            to=path,
            class_name="inline-flex h-10 items-center gap-1.5 self-start text-base font-medium text-muted lg:hidden",
        ),
        card(
            rx.el.header(
                mark or rx.fragment(),
                rx.el.h2(title, class_name="min-w-0 flex-1 truncate text-lg font-semibold"),
                actions,
                link(
                    icon("x", 18),
                    to=path,
                    aria_label=t("common.close"),
                    title=t("common.close"),
                    class_name="grid size-9 place-items-center rounded-md text-muted hover:bg-hover hover:text-text "
                    "max-lg:hidden",
                ),
                class_name=cx("flex items-center py-2 pl-4 pr-2 max-sm:pl-3.5", "gap-2.5" if mark else "gap-1"),
            ),
            tabs,
            content,
            class_name="min-w-0",
            aria_label=title,
        ),
        class_name="flex min-w-0 flex-1 flex-col max-lg:gap-1",
    )


def list_and_detail(listing: rx.Component, detail: rx.Component, chosen: Any) -> rx.Component:
    """A list that makes room for the detail beside it."""
    return rx.el.div(
        listing,
        rx.cond(chosen, detail),
        class_name="flex flex-col gap-4 lg:flex-row lg:items-start [&>*:only-child]:w-full",
    )
