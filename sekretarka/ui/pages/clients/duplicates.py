"""Possible duplicates of the open client, and merging them after a question."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission, Role
from sekretarka.ui.components.basics import avatar, button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.components.search import search_box
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.pages.clients.merge import MergeClientState
from sekretarka.ui.pages.clients.state import ClientsState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import t

state = state_vars(MergeClientState)
client: Any = ClientsState.detail


def duplicates() -> rx.Component:
    """Clients like it without a search, those who were searched for with one."""
    may = allowed(Permission.CLIENTS_WRITE) & (session.role != str(Role.STAFF))
    candidates: Any = state.candidates
    nobody = rx.cond(
        state.search_text != "",
        empty(t("clients.none_found"), icon_name="search_x"),
        empty(t("clients.no_duplicates"), icon_name="users", hint=t("clients.no_duplicates_hint")),
    )
    return rx.el.div(
        rx.el.p(t("clients.duplicates_hint"), class_name="text-base text-muted"),
        rx.cond(~may, read_only_notice(t("clients.duplicates_forbidden"))),
        search_box(
            t("clients.search_duplicates"),
            value=state.search_text,
            on_search=lambda text: state.search(client["id"], text),
        ),
        rx.cond(
            candidates.length() > 0,
            rx.el.ul(rx.foreach(candidates, lambda row: _candidate(row, may)), class_name="flex flex-col"),
            nobody,
        ),
        class_name="flex flex-col gap-3",
    )


def _candidate(row: Any, may: Any) -> rx.Component:
    name = rx.cond(row["name"] != "", row["name"], t("clients.nameless"))
    facts = rx.cond((row["phone"] != "") & (row["email"] != ""), row["phone"] + " · " + row["email"], row["phone"])
    remaining_name = rx.cond(client["name"] != "", client["name"], client["phone"])
    return rx.el.li(
        avatar(row["name"]),
        rx.el.div(
            rx.el.p(name, class_name="truncate font-medium"),
            rx.el.p(facts, class_name="truncate text-sm text-muted tnum"),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(
            may,
            confirm(
                t("clients.merge_title"),
                name=rx.fragment(name, rx.cond(row["phone"] != "", " · " + row["phone"].to(str), "")),
                description=t("clients.merge_text", name=remaining_name),
                action=t("clients.merge"),
                on_confirm=state.merge(client["id"], row["id"]),
                trigger=button(t("clients.merge"), icon_name="merge", size="sm"),
            ),
        ),
        key=row["id"],
        class_name="flex items-center gap-3 border-b border-border py-2.5 last:border-0",
    )
