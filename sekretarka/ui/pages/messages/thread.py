"""The open thread: with whom, what was written, and what one does about it."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import card, icon, icon_button, link
from sekretarka.ui.components.message_thread import message_thread
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.detail_panel import call_link
from sekretarka.ui.pages.messages.parts import who, who_mark
from sekretarka.ui.pages.messages.state import MessagesState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import t

state = state_vars(MessagesState)
client: Any = state.detail
INTEGRATIONS = "/dashboard/settings/integrations"
# On phones from edge to edge, between the top bar and the bottom bar.
_PLACE = (
    "flex min-h-0 min-w-0 flex-1 flex-col overflow-hidden max-lg:h-[calc(100dvh-96px)] max-lg:flex-none "
    "max-md:-mx-6 max-md:-mb-24 max-md:-mt-5 max-md:h-[calc(100dvh-120px)] max-md:rounded-none max-md:border-0 "
    "max-sm:-mx-3.5 max-sm:-mt-3.5"
)
_ACTION = (
    "grid size-9 max-sm:size-10 shrink-0 place-items-center rounded-md text-muted hover:bg-hover hover:text-text "
    "transition-colors"
)


def open_thread() -> rx.Component:
    """The thread that the URL names."""
    missing = empty(t("clients.missing_text"), icon_name="user_x")
    known = rx.fragment(
        message_thread(
            client["id"],
            organization=session.organization_id,
            revision=state.revision,
            unread=rx.cond(allowed(Permission.MESSAGES_WRITE), client["unread"], 0),
            zone=session.timezone,
            closed=state.list_href,
            writable=allowed(Permission.MESSAGES_WRITE),
            reach=client["reach"],
            texts=client["texts"],
            setup=rx.cond(allowed(Permission.ORGANIZATIONS_WRITE), INTEGRATIONS, ""),
            on_read=state.mark_read(client["id"]),
        ),
    )
    content = rx.cond(state.missing, missing, rx.cond(client, known, _skeleton()))
    return card(_head(), content, aria_label=t("messages.thread"), class_name=_PLACE)


def nobody_chosen() -> rx.Component:
    """What stands in its place while none is open; on phones there is no place."""
    hint = empty(t("messages.choose"), icon_name="messages_square", hint=t("messages.choose_hint"))
    return card(hint, class_name="grid flex-1 place-items-center max-lg:hidden")


def _head() -> rx.Component:
    number = rx.cond((client["name"] != "") & (client["phone"] != ""), client["phone"], "")
    known = rx.fragment(
        who_mark(client, 36),
        rx.el.div(
            rx.el.h2(
                link(who(client), to=client["client_href"], class_name="hover:underline underline-offset-2"),
                class_name="truncate text-base font-semibold",
            ),
            rx.el.p(number, class_name="truncate text-sm text-muted tnum empty:hidden"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            allowed(Permission.MESSAGES_WRITE) & client["has_messages"],
            icon_button("message_square_dot", t("messages.mark_unread"), on_click=state.mark_unread(client["id"])),
        ),
        link(
            icon("contact", 18),
            to=client["client_href"],
            aria_label=t("conversations.client"),
            title=t("conversations.client"),
            class_name=_ACTION,
        ),
        rx.cond(client["tel"] != "", call_link(t("clients.call"), client["tel"])),
    )
    title = rx.cond(
        state.missing,
        rx.el.h2(t("clients.missing"), class_name="flex-1 text-base font-semibold"),
        skeleton_bar("h-5 w-40"),
    )
    return rx.el.header(
        link(
            icon("arrow_left", 18),
            to=state.list_href,
            aria_label=t("messages.back"),
            title=t("messages.back"),
            class_name=f"{_ACTION} -ml-2 lg:hidden",
        ),
        rx.cond(client, known, title),
        link(
            icon("x", 18),
            to=state.list_href,
            aria_label=t("common.close"),
            title=t("common.close"),
            class_name=f"{_ACTION} max-lg:hidden",
        ),
        class_name="flex h-15 shrink-0 items-center gap-2.5 border-b border-border pl-4 pr-2.5 max-sm:gap-2 "
        "max-sm:pr-2",
    )


def _skeleton() -> rx.Component:
    return skeleton(
        skeleton_bar("h-14 w-3/5"),
        skeleton_bar("h-14 w-2/5 self-end"),
        skeleton_bar("h-14 w-2/3"),
        class_name="flex flex-1 flex-col justify-end gap-3 p-4",
    )
