"""The list of appointments: a heading for each day; for phones, keyboards and screen readers."""

from typing import Any

import reflex as rx

from sekretarka.ui.appointments import appointment_badge
from sekretarka.ui.components.basics import Flag, link, link_button
from sekretarka.ui.components.detail_href import detail_href
from sekretarka.ui.components.stable_list import GONE, is_gone, stable_list
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.pages.appointments.parts import closed_badge, hours
from sekretarka.ui.pages.appointments.state import AppointmentsState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import format_datetime, t

state = state_vars(AppointmentsState)

_LINK = (
    "font-medium after:absolute after:inset-0 after:content-[''] focus-visible:outline-none "
    "focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-ink"
)


def appointment_list() -> rx.Component:
    """The days of the URL that have appointments, else a sentence and a link to make one."""
    nothing = empty(
        t("appointments.none"),
        icon_name="calendar_days",
        action=rx.cond(state.bookable, link_button(t("appointments.new"), to=state.new_href, icon_name="plus")),
    )
    return listed_days(state.listed, "appointment_list", state.closed_href, nothing)


def listed_days(days: Any, place: str, scope: Any, nothing: rx.Component, **more: Flag) -> rx.Component:
    """The `ListDay`s of the list that `scope` names, which stay where they are while somebody is at them; `nothing`
    where there are none. `more`: as `stable_list` has `before` and `after`."""
    listed = stable_list(days, place, scope, within="appointments", **more)
    return rx.el.div(
        listed.bar(), rx.cond(listed.rows.length() > 0, rx.fragment(rx.foreach(listed.rows, _day)), nothing), id=place
    )


def _day(day: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h3(
                format_datetime(day["day"], "weekday", "UTC"), class_name="text-sm font-semibold first-letter:uppercase"
            ),
            closed_badge(day["day"]),
            class_name="flex flex-wrap items-center gap-x-2.5 border-b border-border bg-sunken px-4 py-2 max-sm:px-3.5",
        ),
        rx.el.ul(rx.foreach(day["appointments"].to(list[dict[str, str]]), _appointment)),
        key=day["day"],
    )


def _appointment(appointment: Any) -> rx.Component:
    ended = (appointment["status"] == "cancelled") | (appointment["status"] == "no_show")
    return rx.el.li(
        # On a phone the end stands under the beginning, and the name has its line.
        rx.el.div(hours(appointment), class_name="w-24 shrink-0 text-muted max-sm:w-12 max-sm:*:whitespace-normal"),
        rx.el.div(
            link(
                appointment["who"],
                to=detail_href(appointment["id"]),
                class_name=rx.cond(ended, f"{_LINK} text-muted line-through", _LINK),
            ),
            rx.el.p(appointment["service"], " · ", appointment["person"], class_name="truncate text-sm text-muted"),
            class_name="min-w-0 flex-1",
        ),
        appointment_badge(appointment["status"]),
        key=appointment["id"],
        class_name=[
            "relative flex min-h-14 items-center gap-3 border-b border-border px-4 py-2 max-sm:px-3.5",
            rx.cond(state.open_id == appointment["id"], "bg-accent-soft", "hover:bg-hover"),
            rx.cond(is_gone(appointment), GONE, ""),
        ],
    )
