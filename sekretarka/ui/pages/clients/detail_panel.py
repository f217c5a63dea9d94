"""The open client beside the list: who she is, what there was with her, and who may be the same person."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission, Role
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import button, icon
from sekretarka.ui.components.dialog import confirm, detail_panel
from sekretarka.ui.components.field import choice_field, text_area, text_field
from sekretarka.ui.components.form import edit_form, read_only_notice
from sekretarka.ui.components.tabs import link_tabs
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.errors import field_error
from sekretarka.ui.pages.clients.duplicates import same
from sekretarka.ui.pages.clients.history import history
from sekretarka.ui.pages.clients.query_params import TABS
from sekretarka.ui.pages.clients.state import ClientsState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import format_datetime, number, relative_time, t

state = state_vars(ClientsState)
client: Any = state.client


def client_sheet() -> rx.Component:
    """Open while the address names a client; closing it is going back to the list's address."""
    return detail_panel(
        rx.cond(state.client, _title(), rx.cond(state.missing, t("clients.missing"), t("clients.one"))),
        rx.cond(
            state.missing,
            empty(t("clients.missing_text"), icon_name="user_x"),
            rx.cond(state.client, _content(), _skeleton()),
        ),
        open_=state.open_id != "",
        on_open_change=rx.redirect(state.list_href),
        subtitle=rx.cond(state.client, _facts()),
        actions=rx.cond(state.client & (client["tel"] != ""), _call()),
    )


def _title() -> Any:
    return rx.cond(
        client["name"] != "", client["name"], rx.cond(client["phone"] != "", client["phone"], t("clients.nameless"))
    )


def _figures() -> rx.Component:
    figures = [
        ("visits", number(client["visits"])),
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


def _call() -> rx.Component:
    return rx.el.a(
        icon("phone", 16),
        rx.el.span(t("clients.call"), class_name="max-sm:sr-only"),
        href="tel:" + client["tel"],
        class_name="inline-flex h-9 items-center gap-2 rounded-md border border-border px-3 text-base font-medium "
        "whitespace-nowrap hover:bg-hover max-sm:size-10 max-sm:justify-center max-sm:px-0",
    )


def _content() -> rx.Component:
    tabs = [(tab, t(f"clients.tab_{tab}"), state.tab_hrefs[tab]) for tab in TABS]
    return rx.el.div(
        _figures(),
        rx.el.div(
            link_tabs(tabs, label=t("clients.tabs"), value=state.tab),
            class_name="sticky -top-4 z-[6] -mx-5 mb-4 bg-surface max-sm:-mx-4",
        ),
        rx.match(state.tab, ("details", _details()), ("same", same()), history()),
    )


def _details() -> rx.Component:
    """Staff change notes; the rest is for those who say who is who."""
    may = allowed(Permission.CLIENTS_WRITE)
    whole = may & (session.role != str(Role.STAFF))
    return rx.el.div(
        rx.cond(may & ~whole, read_only_notice(t("clients.notes_only"))),
        rx.el.div(
            edit_form(
                _fields(whole),
                revision=state.revision,
                attempt=state.attempt,
                on_submit=lambda form: state.save(client["id"], form),
                on_discard=state.discard,
                read_only=~may,
            ),
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
            error=field_error(state.field_errors, "name"),
            **own,
        ),
        text_field(
            t("clients.phone"),
            "phone",
            type="tel",
            default_value=client["tel"],
            error=field_error(state.field_errors, "phone"),
            **own,
        ),
        text_field(
            t("clients.email"),
            "email",
            type="email",
            default_value=client["email"],
            error=field_error(state.field_errors, "email"),
            **own,
        ),
        choice_field(t("clients.language"), "language", languages, default_value=client["language"], disabled=~whole),
        text_area(
            t("clients.notes"),
            "notes",
            rows=5,
            hint=t("conversations.notes_hint"),
            default_value=client["notes"],
            error=field_error(state.field_errors, "notes"),
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
