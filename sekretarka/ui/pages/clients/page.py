"""Klienci: the list with its filters, and the dialog for somebody new."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission, Role
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import card, cx, link_button, text_link
from sekretarka.ui.components.detail_href import detail_href
from sekretarka.ui.components.dialog import dialog
from sekretarka.ui.components.field import native_select, text_area, text_field
from sekretarka.ui.components.form import edit_form
from sekretarka.ui.components.pager import pager
from sekretarka.ui.components.search import search_box
from sekretarka.ui.components.stable_list import stable_list
from sekretarka.ui.components.table import Column, table
from sekretarka.ui.components.view_states import empty, error, table_skeleton, view_states
from sekretarka.ui.errors import field_error
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.pages.clients.create import ClientMaking
from sekretarka.ui.pages.clients.detail_panel import client_sheet
from sekretarka.ui.pages.clients.merge import ClientMerging
from sekretarka.ui.pages.clients.query_params import PATH, SORTS
from sekretarka.ui.pages.clients.state import ClientsState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import number, relative_time, t

state = state_vars(ClientsState)
making = state_vars(ClientMaking)

LIST = "clients"
NEW = f"{PATH}?new=1"


def _actions() -> rx.Component:
    return rx.cond(_may_add(), _add("primary"))


@dashboard_page(
    PATH,
    t("nav.clients"),
    icon="contact",
    keys="g k",
    requires=Permission.CLIENTS_READ,
    on_load=(ClientsState.load, ClientMaking.load, ClientMerging.load),
    actions=_actions,
)
def page() -> rx.Component:
    """The page of /dashboard/clients."""
    # Until the rows of a new address are here, the old ones stay and say so.
    busy = ~state.is_hydrated & ~state.loading
    old = "aria-busy:opacity-60 aria-busy:transition-opacity aria-busy:delay-150"
    rows = card(_list(), id=LIST, aria_busy=busy, class_name=cx("overflow-hidden", old))
    return rx.fragment(
        rx.el.div(_filters(), rows, class_name="flex flex-col gap-4"),
        client_sheet(),
        _new_client(),
    )


def _may_add() -> Any:
    """Staff keep notes, but do not say who is who."""
    return allowed(Permission.CLIENTS_WRITE) & (session.role != str(Role.STAFF))


def _add(variant: Any) -> rx.Component:
    return link_button(t("clients.add"), to=NEW, icon_name="user_plus", variant=variant)


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            search_box(
                t("clients.search"),
                value=state.filters["search"],
                on_search=lambda value: state.narrow("search", value),
            ),
            class_name="flex-1 max-sm:basis-full",
        ),
        _select("blocked", {"": t("clients.everybody"), "true": t("clients.blocked_only")}),
        _select("sort", {"": t("clients.sort.newest"), **{sort: t(_SORTED[sort]) for sort in SORTS[1:]}}),
        rx.cond(
            state.filters.length() > 0,
            link_button(t("conversations.clear"), to=PATH, icon_name="x", class_name="max-sm:px-2.5"),
        ),
        role="search",
        aria_label=t("clients.filters"),
        class_name="flex flex-wrap items-center gap-2",
    )


_SORTED = {"name": "clients.sort.name", "-name": "clients.sort.name_back"}


def _select(name: str, options: dict[str, rx.Var[str]]) -> rx.Component:
    return rx.el.div(
        native_select(
            *(rx.el.option(words, value=value) for value, words in options.items()),
            name=f"by_{name}",  # not the name of a field in the sheet
            aria_label=t(f"clients.by_{name}"),
            value=state.filters[name].to(str) | "",
            on_change=lambda value: state.narrow(name, value),
        ),
        class_name="w-44 max-sm:w-auto max-sm:min-w-0 max-sm:flex-1",
    )


def _list() -> rx.Component:
    narrowed = state.filters["search"].to(bool) | state.filters["blocked"].to(bool)
    return view_states(
        loading=state.loading,
        failed=state.failed,
        is_empty=state.rows.length() == 0,
        skeleton=table_skeleton(),
        empty=rx.cond(
            narrowed,
            empty(
                t("clients.none_found"),
                icon_name="search_x",
                action=link_button(t("conversations.clear"), to=PATH, icon_name="x"),
            ),
            empty(
                t("clients.none"),
                icon_name="contact",
                hint=t("clients.none_hint"),
                action=rx.cond(_may_add(), _add("secondary")),
            ),
        ),
        error=error(t("clients.failed"), on_retry=state.load),
        full=rx.fragment(_table(), _pager()),
    )


def _table() -> rx.Component:
    count = "whitespace-nowrap"
    return table(
        [
            Column(t("clients.who"), _who, class_name="w-2/5 max-w-0 max-md:w-full"),
            Column(t("clients.phone"), _phone, hide="md", class_name="whitespace-nowrap"),
            Column(t("clients.visits"), lambda row: number(row["visits"]), hide="sm", align="right", class_name=count),
            Column(t("clients.missed"), _missed, hide="lg", align="right", class_name=count),
            Column(t("clients.last"), lambda row: _moment(row["last_at"]), hide="lg", class_name=count),
            Column(t("clients.next"), lambda row: _moment(row["next_at"]), class_name=cx(count, "max-sm:text-right")),
        ],
        stable_list(state.rows, LIST),
        label=t("nav.clients"),
        href=lambda row: detail_href(row["id"]),
        selected=state.open_id,
    )


def _who(row: Any) -> rx.Component:
    name = rx.cond(row["name"] != "", row["name"], t("clients.nameless"))
    return rx.fragment(
        rx.el.span(
            rx.el.span(name, class_name="truncate font-medium"),
            rx.cond(row["blocked"], badge(t("clients.blocked"), icon_name="ban", tone="danger")),
            class_name="flex items-center gap-2",
        ),
        rx.el.span(row["phone"], class_name="block truncate text-sm font-normal text-muted tnum md:hidden"),
    )


def _phone(row: Any) -> rx.Component:
    return rx.el.span(rx.cond(row["phone"] != "", row["phone"], "–"), class_name="tnum text-muted")


def _missed(row: Any) -> rx.Component:
    ink = rx.cond(row["missed"] > 0, "text-warning font-medium", "text-muted")
    return rx.el.span(number(row["missed"]), class_name=ink)


def _moment(at: Any) -> rx.Component:
    return rx.el.span(relative_time(at, session.timezone), class_name="tnum text-muted")


def _pager() -> rx.Component:
    return pager(
        first=state.first,
        last=state.last,
        total=state.total,
        previous_href=state.previous_href,
        next_href=state.next_href,
        has_previous=state.has_previous,
        has_next=state.has_next,
    )


def _new_client() -> rx.Component:
    known = text_link(t("clients.open_known"), making.known_href)
    form = edit_form(
        rx.el.div(
            text_field(t("clients.name"), "name", auto_focus=True, error=field_error(making.field_errors, "name")),
            text_field(t("clients.phone"), "phone", type="tel", error=field_error(making.field_errors, "phone")),
            rx.cond(making.known_href != "", rx.el.p(known, class_name="-mt-2 text-sm")),
            text_field(t("clients.email"), "email", type="email", error=field_error(making.field_errors, "email")),
            text_area(t("clients.notes"), "notes", rows=3, error=field_error(making.field_errors, "notes")),
            class_name="flex flex-col gap-4",
        ),
        revision=0,
        attempt=making.attempt,
        on_submit=making.make,
        action=t("clients.add"),
        guarded=False,
    )
    return dialog(
        t("clients.add_title"),
        form,
        description=t("clients.add_hint"),
        open_=making.making,
        on_open_change=lambda is_open, _details: making.close(is_open),
        class_name="top-[10vh]!",
    )
