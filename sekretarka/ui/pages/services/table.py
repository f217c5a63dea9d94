"""Services in a table, by category."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import visually_hidden
from sekretarka.ui.components.choice import switch
from sekretarka.ui.components.table import Column, grouped_table
from sekretarka.ui.pages.services.state import ServicesState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import money, t

state = state_vars(ServicesState)


def services_table(may: Any) -> rx.Component:
    """A click on a row opens the service beside the table."""
    return grouped_table(
        _columns(may),
        state.shown,
        label=t("services.tab"),
        nameless=t("services.no_category"),
        href=lambda row: state.open_href + row["id"].to(str),
        selected=state.opened,
    )


def _columns(may: Any) -> tuple[Column, ...]:
    return (
        Column(t("services.name"), _name),
        Column(t("services.duration"), lambda row: t("services.minutes", n=row["duration"]), align="right", hide="sm"),
        Column(t("services.buffers"), _buffers, align="right", hide="lg"),
        Column(t("services.who"), _who, hide="md"),
        Column(t("services.price"), lambda row: money(row["price"], row["currency"]), align="right"),
        Column(t("services.active"), lambda row: _active(row, may), align="right"),
    )


def _name(row: Any) -> rx.Component:
    """On a phone its length stands under the name."""
    return rx.el.span(
        rx.el.span(row["name"], class_name="block font-medium break-words"),
        rx.el.span(t("services.minutes", n=row["duration"]), class_name="block text-sm text-muted sm:hidden"),
        class_name=rx.cond(row["active"], "block", "block text-muted"),
    )


def _buffers(row: Any) -> rx.Component:
    """A dash when there is none of both."""
    both = t("services.before_after", before=row["before"], after=row["after"])
    none = rx.el.span("–", visually_hidden(t("services.no_buffers")), class_name="text-muted")
    return rx.cond((row["before"] != 0) | (row["after"] != 0), rx.el.span(both, class_name="whitespace-nowrap"), none)


def _who(row: Any) -> rx.Component:
    return rx.match(
        row["able"],
        ("some", rx.el.span(row["who"], class_name="line-clamp-2")),
        ("nobody", badge(t("services.nobody"), icon_name="triangle_alert", tone="warning")),
        rx.el.span(t("services.everyone"), class_name="text-muted"),
    )


def _active(row: Any, may: Any) -> rx.Component:
    """Above the link that covers the row."""
    switched = switch(
        t("services.offer", name=row["name"]),
        checked=row["active"],
        on_change=lambda on: state.toggle(row["id"], on),
    )
    label = rx.cond(
        row["active"],
        badge(t("services.is_on"), icon_name="check", tone="success"),
        badge(t("services.is_off"), icon_name="pause"),
    )
    return rx.cond(may, rx.el.div(switched, class_name="relative z-[1] inline-flex align-middle"), label)
