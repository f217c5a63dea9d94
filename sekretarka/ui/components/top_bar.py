"""The line above every page: its title, live calls, search, notifications and help."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.badge import counter
from sekretarka.ui.components.basics import Text, icon, icon_button, link
from sekretarka.ui.components.commands import open_palette, open_shortcuts
from sekretarka.ui.components.layout import Frame
from sekretarka.ui.components.menu import menu, menu_item, menu_label, menu_line, menu_link
from sekretarka.ui.components.stable_list import GONE, is_gone, stable_list
from sekretarka.ui.text import relative_time, t


def _live_pill(frame: Frame) -> rx.Component:
    live = rx.Var.create(frame.live).to(int)
    return rx.el.div(
        rx.cond(
            live > 0,
            link(
                rx.el.span(class_name="live-dot", aria_hidden="true"),
                rx.el.span(t("shell.live", n=live), class_name="max-sm:sr-only"),
                rx.el.span(live, class_name="sm:hidden tnum", aria_hidden="true"),
                to=frame.live_href,
                class_name="inline-flex h-8 items-center gap-2 rounded-full bg-accent-soft px-3 text-sm font-medium "
                "text-accent-ink hover:brightness-97 whitespace-nowrap",
            ),
        ),
        aria_live="polite",
    )


def _notifications(frame: Frame) -> rx.Component:
    rows = rx.Var.create(frame.notifications).to(list[dict[str, str]])
    total = rx.Var.create(frame.notifications_total).to(int)
    trigger = rx.el.button(
        icon("bell", 18),
        counter(total, class_name="absolute -right-0.5 -top-0.5"),
        type="button",
        aria_label=t("shell.notifications", n=total),
        title=t("shell.notifications_title"),
        class_name="relative grid size-9 max-sm:size-10 place-items-center rounded-md text-muted hover:bg-hover "
        "hover:text-text",
    )

    def line(row: Any) -> rx.Component:
        title = rx.cond(row["title"] != "", row["title"], t("overview.unknown_caller"))
        return menu_link(
            rx.el.span(
                rx.el.span(title, class_name="block truncate"),
                rx.el.span(relative_time(row["at"], frame.zone), class_name="block text-xs text-muted tnum"),
                class_name=rx.cond(is_gone(row), f"block {GONE}", "block"),
            ),
            to=row["href"],
            icon_name="circle_dot",
        )

    listed = stable_list(rows, "notifications", after=total > rows.length()).rows
    all_of_them = menu_link(
        t("shell.all_notifications", shown=rows.length(), total=total), to=frame.notifications_href, icon_name="list"
    )
    nothing = rx.el.p(t("shell.no_notifications"), class_name="px-2.5 py-3 text-sm text-muted")
    return menu(
        trigger,
        menu_label(t("shell.notifications_title")),
        rx.cond(listed.length() > 0, rx.el.div(rx.foreach(listed, line), id="notifications"), nothing),
        rx.cond(total > rows.length(), rx.fragment(menu_line(), all_of_them)),
        width="w-80",
        is_fixed=True,
    )


def _help() -> rx.Component:
    trigger = icon_button("circle_help", t("shell.help"), class_name="max-md:hidden")
    return menu(
        trigger,
        menu_item(t("shell.shortcuts"), icon_name="keyboard", on_click=open_shortcuts()),
        menu_link(t("shell.api_docs"), to="/api/v1/docs", icon_name="braces", external=True),
        is_fixed=True,
    )


def _search_button() -> rx.Component:
    return rx.el.button(
        icon("search", 16),
        rx.el.span(t("shell.search"), class_name="max-lg:sr-only"),
        rx.el.kbd("Ctrl K", class_name="ml-6 text-xs font-sans max-lg:hidden", aria_hidden="true"),
        type="button",
        on_click=open_palette(),
        class_name="inline-flex h-9 items-center gap-2 rounded-md text-base text-muted hover:text-text "
        "transition-colors lg:border lg:border-border lg:bg-surface lg:px-3 lg:hover:border-field max-lg:w-9 "
        "max-lg:justify-center max-lg:hover:bg-hover max-sm:size-10",
    )


def top_bar(title: Text, frame: Frame, actions: rx.Component | None) -> rx.Component:
    """The page's title, search, live calls, notifications, help and the page's own buttons."""
    return rx.el.header(
        rx.el.h1(title, class_name="min-w-0 flex-1 truncate text-xl font-semibold tracking-tight"),
        _live_pill(frame),
        _search_button(),
        _notifications(frame),
        _help(),
        actions or rx.fragment(),
        class_name="sticky top-0 z-10 flex h-14 items-center gap-1.5 border-b border-border bg-background/90 px-6 "
        "backdrop-blur max-sm:px-3.5",
    )
