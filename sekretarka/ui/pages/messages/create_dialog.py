"""The dialog for a new message."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import link
from sekretarka.ui.components.field import error_message, text_area
from sekretarka.ui.components.message_thread import sms_size
from sekretarka.ui.components.search import search_box
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.pages.messages.create import NewMessageState
from sekretarka.ui.pages.messages.parts import who, who_mark
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import t

state = state_vars(NewMessageState)


def new_message() -> rx.Component:
    """Open while the URL asks for it."""
    return create_dialog(
        state,
        rx.el.div(
            rx.el.p(t("messages.to"), class_name="text-sm font-medium", aria_hidden="true"),
            search_box(t("messages.to_hint"), value=state.to, on_search=state.search, name=""),
            error_message(state.field_errors, "to"),
            rx.cond(
                state.suggestions.length() > 0,
                rx.el.ul(
                    rx.foreach(state.suggestions, _suggestion),
                    aria_label=t("messages.suggestions"),
                    class_name="rounded-md border border-border",
                ),
            ),
            class_name="flex flex-col gap-1.5",
        ),
        rx.el.div(
            text_area(t("messages.text"), "body", rows=4, errors=state.field_errors),
            sms_size(target="body", organization=session.organization_id),
            class_name="flex flex-col gap-1.5",
        ),
        name="message.new",
        title=t("messages.write"),
        description=t("messages.write_hint"),
        action=t("messages.send"),
        on_submit=state.create,
        class_name="top-[10vh]!",
    )


def _suggestion(row: Any) -> rx.Component:
    return rx.el.li(
        link(
            who_mark(row, 28),
            rx.el.span(who(row), class_name="min-w-0 flex-1 truncate font-medium"),
            rx.el.span(row["phone"], class_name="text-sm text-muted tnum"),
            to=row["href"],
            class_name="flex min-h-11 items-center gap-2.5 px-3 hover:bg-hover focus-visible:-outline-offset-2",
        ),
        key=row["id"],
        class_name="border-b border-border last:border-0",
    )
