"""Klienci: the list with its filters."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission, Role
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import cx, link_button
from sekretarka.ui.components.table import Column
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.list_page import clear_filters, list_card, search_filter, select_filter
from sekretarka.ui.pages.clients.create import CreateClientState
from sekretarka.ui.pages.clients.create_dialog import new_client
from sekretarka.ui.pages.clients.detail_panel import client_panel
from sekretarka.ui.pages.clients.merge import MergeClientState
from sekretarka.ui.pages.clients.query_params import SORTS, UrlState
from sekretarka.ui.pages.clients.state import ClientsState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import number, relative_time, t

PATH = UrlState.PATH
SORT_LABELS = {"name": "clients.sort.name", "-name": "clients.sort.name_back"}
state = state_vars(ClientsState)


def _actions() -> rx.Component:
    return rx.cond(_may_add(), _add("primary"))


@dashboard_page(
    PATH,
    t("nav.clients"),
    icon="contact",
    keys="g k",
    requires=Permission.CLIENTS_READ,
    on_load=(ClientsState.load, CreateClientState.load, MergeClientState.load),
    actions=_actions,
)
def page() -> rx.Component:
    """The page of /dashboard/clients."""
    content = rx.el.div(_filters(), _list(), class_name="flex flex-col gap-4")
    return rx.fragment(content, client_panel(), new_client())


def _may_add() -> Any:
    """Staff keep notes, but do not say who is who."""
    return allowed(Permission.CLIENTS_WRITE) & (session.role != str(Role.STAFF))


def _add(variant: Any) -> rx.Component:
    return link_button(t("clients.add"), to=UrlState(new=True).href, icon_name="user_plus", variant=variant)


def _filters() -> rx.Component:
    sorts = {"": t("clients.sort.newest"), **{sort: t(SORT_LABELS[sort]) for sort in SORTS[1:]}}
    return rx.el.div(
        rx.el.div(search_filter(state, t("clients.search")), class_name="flex-1 max-sm:basis-full"),
        _select("blocked", {"": t("clients.everybody"), "true": t("clients.blocked_only")}),
        _select("sort", sorts),
        rx.cond(state.filters.length() > 0, clear_filters(PATH, class_name="max-sm:px-2.5")),
        role="search",
        aria_label=t("clients.filters"),
        class_name="flex flex-wrap items-center gap-2",
    )


def _select(name: str, labels: dict[str, rx.Var[str]]) -> rx.Component:
    options = (rx.el.option(label, value=value) for value, label in labels.items())
    width = "w-44 max-sm:w-auto max-sm:min-w-0 max-sm:flex-1"
    return select_filter(state, name, t(f"clients.by_{name}"), *options, class_name=width)


def _list() -> rx.Component:
    figure = "whitespace-nowrap"
    return list_card(
        state,
        "clients",
        [
            Column(t("clients.who"), _who, class_name="w-2/5 max-w-0 max-md:w-full"),
            Column(t("clients.phone"), _phone, hide="md", class_name=figure),
            Column(
                t("clients.appointments"),
                lambda row: number(row["appointments"]),
                hide="sm",
                align="right",
                class_name=figure,
            ),
            Column(t("clients.missed"), _missed, hide="lg", align="right", class_name=figure),
            Column(t("clients.last"), lambda row: _moment(row["last_at"]), hide="lg", class_name=figure),
            Column(t("clients.next"), lambda row: _moment(row["next_at"]), class_name=cx(figure, "max-sm:text-right")),
        ],
        label=t("nav.clients"),
        path=PATH,
        filtered=state.filters["search"].to(bool) | state.filters["blocked"].to(bool),
        none=empty(
            t("clients.none"),
            icon_name="contact",
            hint=t("clients.none_hint"),
            action=rx.cond(_may_add(), _add("secondary")),
        ),
        none_found=t("clients.none_found"),
        failed=t("clients.failed"),
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
