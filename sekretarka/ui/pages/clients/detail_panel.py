"""The open client beside the list: who they are, their history, and possible duplicates."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission, Role
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.field import choice_field, text_area, text_field
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.components.tabs import link_tabs
from sekretarka.ui.components.view_states import skeleton, skeleton_bar
from sekretarka.ui.detail_panel import call_link, detail_panel, messages_link
from sekretarka.ui.page_views import state_form
from sekretarka.ui.pages.clients.duplicates import duplicates
from sekretarka.ui.pages.clients.history import history
from sekretarka.ui.pages.clients.query_params import UrlState
from sekretarka.ui.pages.clients.state import ClientsState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import format_datetime, number, relative_time, t

state = state_vars(ClientsState)
client: Any = state.detail


def client_panel() -> rx.Component:
    """The panel, open while the URL names a client; closing it goes back to the list's URL."""
    return detail_panel(
        state,
        title=_title(),
        waiting=t("clients.one"),
        missing=t("clients.missing"),
        missing_text=t("clients.missing_text"),
        missing_icon="user_x",
        content=_content(),
        skeleton=_skeleton(),
        open_=state.open_id != "",
        closed_href=state.list_href,
        subtitle=_facts(),
        actions=rx.fragment(
            messages_link(client["messages_href"]),
            rx.cond(client["tel"] != "", call_link(t("clients.call"), client["tel"])),
        ),
    )


def _title() -> Any:
    return rx.cond(
        client["name"] != "", client["name"], rx.cond(client["phone"] != "", client["phone"], t("clients.nameless"))
    )


def _figures() -> rx.Component:
    figures = [
        ("appointments", number(client["appointments"])),
        ("missed", number(client["missed"])),
        ("last", relative_time(client["last_at"], session.timezone)),
        ("next", relative_time(client["next_at"], session.timezone)),
    ]
    return rx.el.dl(
        *(
            rx.el.div(
                rx.el.dt(t(f"clients.{key}"), class_name="truncate text-xs text-muted"),
                rx.el.dd(value, class_name="truncate text-base font-medium tnum"),
                class_name="min-w-0",
            )
            for key, value in figures
        ),
        class_name="-mt-1 mb-2 grid grid-cols-[auto_auto_1fr_1fr] gap-x-6 gap-y-2 max-sm:grid-cols-2",
    )


def _facts() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond((client["name"] != "") & (client["phone"] != ""), client["phone"] + " · ", ""),
            t("clients.since", day=format_datetime(client["since"], "date", session.timezone)),
            class_name="tnum",
        ),
        rx.cond(
            client["blocked"],
            rx.el.div(badge(t("clients.blocked"), icon_name="ban", tone="danger"), class_name="mt-2"),
        ),
    )


def _content() -> rx.Component:
    tabs = [(tab, t(f"clients.tab_{tab}"), state.tab_hrefs[tab]) for tab in UrlState.TABS]
    return rx.el.div(
        _figures(),
        rx.el.div(
            link_tabs(tabs, label=t("clients.tabs"), value=state.tab),
            class_name="sticky -top-4 z-[6] -mx-5 mb-4 bg-surface max-sm:-mx-4",
        ),
        rx.match(state.tab, ("details", _details()), ("same", duplicates()), history()),
    )


def _details() -> rx.Component:
    """Staff change notes; the rest is for those who say who is who."""
    may = allowed(Permission.CLIENTS_WRITE)
    whole = may & (session.role != str(Role.STAFF))
    return rx.el.div(
        rx.cond(may & ~whole, read_only_notice(t("clients.notes_only"))),
        rx.el.div(
            state_form(state, _fields(whole), name="client", on_submit=state.save, read_only=~may),
            class_name="-mx-5 border-b border-border px-1 max-sm:-mx-4 max-sm:px-0.5",
        ),
        rx.cond(whole, _blocking()),
        class_name="flex flex-col gap-4",
    )


def _fields(whole: Any) -> rx.Component:
    languages = {"pl": "Polski", "en": "English"}
    own = {"disabled": ~whole, "auto_complete": "off"}
    return rx.el.div(
        text_field(
            t("clients.name"),
            "name",
            default_value=client["name"],
            errors=state.field_errors,
            **own,
        ),
        text_field(
            t("clients.phone"),
            "phone",
            type="tel",
            default_value=client["tel"],
            errors=state.field_errors,
            **own,
        ),
        text_field(
            t("clients.email"),
            "email",
            type="email",
            default_value=client["email"],
            errors=state.field_errors,
            **own,
        ),
        choice_field(t("clients.language"), "language", languages, default_value=client["language"], disabled=~whole),
        text_area(
            t("clients.notes"),
            "notes",
            rows=5,
            hint=t("conversations.notes_hint"),
            default_value=client["notes"],
            errors=state.field_errors,
        ),
        class_name="flex flex-col gap-4 px-4 pb-4 max-sm:px-3.5",
    )


def _blocking() -> rx.Component:
    ask = confirm(
        t("clients.block_title"),
        name=_title(),
        description=t("clients.block_text"),
        action=t("clients.block"),
        on_confirm=state.block(client["id"], True),
        trigger=button(t("clients.block"), icon_name="ban", class_name="text-danger!"),
    )
    undo = button(t("clients.unblock"), icon_name="rotate_ccw", on_click=state.block(client["id"], False))
    return rx.el.div(
        rx.el.p(t("clients.block_hint"), class_name="min-w-0 flex-1 text-sm text-muted"),
        rx.cond(client["blocked"], undo, ask),
        class_name="flex items-center gap-4 max-sm:flex-col max-sm:items-start",
    )


def _skeleton() -> rx.Component:
    return skeleton(
        skeleton_bar("h-4 w-40"),
        skeleton_bar("h-12 w-full"),
        skeleton_bar("h-12 w-full"),
        skeleton_bar("h-12 w-4/5"),
        class_name="flex flex-col gap-4",
    )
