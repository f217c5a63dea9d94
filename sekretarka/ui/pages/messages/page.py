"""Wiadomości: the threads with their filters, and the open one beside them, in their place on phones."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.messages.models import Channel
from sekretarka.ui.components.badge import counter
from sekretarka.ui.components.basics import card, cx, link, link_button
from sekretarka.ui.components.detail_href import detail_href
from sekretarka.ui.components.message_thread import thread_list
from sekretarka.ui.components.stable_list import GONE, is_gone, stable_list
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.list_page import clear_filters, list_pager, search_filter, select_filter
from sekretarka.ui.messages import message_mark
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.messages.create import NewMessageState
from sekretarka.ui.pages.messages.create_dialog import new_message
from sekretarka.ui.pages.messages.parts import who, who_mark
from sekretarka.ui.pages.messages.query_params import UrlState
from sekretarka.ui.pages.messages.state import MessagesState
from sekretarka.ui.pages.messages.thread import nobody_chosen, open_thread
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import relative_time, t

PATH = UrlState.PATH
state = state_vars(MessagesState)


def _actions() -> rx.Component:
    new = link_button(
        t("messages.write"),
        to=UrlState(new=True).href,
        icon_name="square_pen",
        variant="primary",
        class_name="max-sm:px-2.5 max-sm:[&>span]:sr-only",
    )
    return rx.cond(allowed(Permission.MESSAGES_WRITE), new)


@dashboard_page(
    PATH,
    t("nav.messages"),
    icon="message_square",
    keys="g m",
    requires=Permission.MESSAGES_READ,
    on_load=(MessagesState.load, NewMessageState.load),
    actions=_actions,
)
def page() -> rx.Component:
    """The page of /dashboard/messages."""
    chosen = state.open_id != ""
    content = rx.el.div(
        rx.el.div(
            _filters(),
            _list(),
            class_name=[
                "flex min-h-0 flex-col gap-2.5 lg:w-[340px] lg:shrink-0 xl:w-[380px]",
                rx.cond(chosen, "max-lg:hidden", ""),
            ],
        ),
        rx.cond(chosen, open_thread(), nobody_chosen()),
        class_name="flex gap-4 max-lg:flex-col lg:-mb-5 lg:h-[calc(100dvh-96px)]",
    )
    return rx.fragment(content, new_message())


def _filters() -> rx.Component:
    channels = [rx.el.option(t(f"messages.channel.{code}"), value=str(code)) for code in Channel]
    return rx.el.div(
        search_filter(state, t("messages.search")),
        rx.el.div(
            _select("channel", rx.el.option(t("messages.any_channel"), value=""), *channels),
            _select(
                "unread",
                rx.el.option(t("messages.read_or_not"), value=""),
                rx.el.option(t("messages.unread_only"), value="true"),
            ),
            class_name="flex gap-2",
        ),
        role="search",
        aria_label=t("messages.filters"),
        class_name="flex flex-col gap-2",
    )


def _select(name: str, *options: rx.Component) -> rx.Component:
    return select_filter(state, name, t(f"messages.by_{name}"), *options, class_name="min-w-0 flex-1")


def _list() -> rx.Component:
    listed = stable_list(state.rows, "threads", state.list_href, before=state.has_previous, after=state.has_next)
    rows: Any = listed.rows
    full = rx.fragment(
        listed.bar(),
        thread_list(
            rx.foreach(rows, _row), label=t("nav.messages"), class_name="min-h-0 flex-1 lg:overflow-y-auto scroll-fade"
        ),
        list_pager(state),
    )
    none_found = empty(t("messages.none_found"), icon_name="search_x", action=clear_filters(PATH))
    content = page_views(
        state,
        full,
        skeleton=_skeleton(),
        failed=t("messages.list_failed"),
        is_empty=rows.length() == 0,
        empty=rx.cond(
            state.filters.length() > 0,
            none_found,
            empty(t("messages.none"), icon_name="message_square", hint=t("messages.none_hint")),
        ),
        framed=False,
    )
    return card(content, id="threads", class_name="relative flex min-h-0 flex-col overflow-hidden lg:flex-1")


def _row(row: Any) -> rx.Component:
    chosen = state.open_id == row["id"]
    unread = row["unread"] > 0
    return rx.el.li(
        link(
            who_mark(row, 40),
            rx.el.span(
                rx.el.span(
                    rx.el.span(
                        who(row),
                        class_name=rx.cond(
                            unread, "min-w-0 flex-1 truncate font-semibold", "min-w-0 flex-1 truncate font-medium"
                        ),
                    ),
                    rx.el.span(
                        relative_time(row["last"]["at"], session.timezone),
                        class_name=rx.cond(
                            unread,
                            "shrink-0 text-xs tnum text-accent-ink font-medium",
                            "shrink-0 text-xs tnum text-muted",
                        ),
                    ),
                    class_name="flex items-baseline gap-2",
                ),
                rx.el.span(
                    message_mark(row["last"]),
                    rx.el.span(
                        row["last"]["text"],
                        class_name=rx.cond(unread, "min-w-0 flex-1 truncate", "min-w-0 flex-1 truncate text-muted"),
                    ),
                    counter(row["unread"], t("shell.unread", n=row["unread"])),
                    class_name="mt-0.5 flex items-center gap-1.5 text-base",
                ),
                class_name="min-w-0 flex-1",
            ),
            to=detail_href(row["id"], UrlState.OPEN),
            custom_attrs={"aria-current": rx.cond(chosen, "true", "false")},
            class_name=rx.cond(
                chosen,
                cx(_ROW, "bg-accent-soft [&>.bg-accent-soft]:bg-surface"),
                cx(_ROW, "hover:bg-hover"),
            ),
        ),
        key=row["id"],
        class_name=rx.cond(
            is_gone(row), f"border-b border-border last:border-0 {GONE}", "border-b border-border last:border-0"
        ),
        custom_attrs={"data-thread": row["id"]},
    )


_ROW = "flex items-center gap-3 px-3.5 py-3 transition-colors focus-visible:-outline-offset-2"


def _skeleton() -> rx.Component:
    line = rx.el.div(
        skeleton_bar("size-10 shrink-0 rounded-full!"),
        rx.el.div(skeleton_bar("h-3.5 w-32"), skeleton_bar("h-3.5 w-4/5"), class_name="flex flex-1 flex-col gap-2"),
        class_name="flex items-center gap-3 border-b border-border px-3.5 py-3.5 last:border-0",
    )
    return skeleton(*[line] * 8)
