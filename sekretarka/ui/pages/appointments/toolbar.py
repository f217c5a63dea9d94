"""Above the calendar: which days, of whom, in which view."""

import reflex as rx

from sekretarka.ui.components.basics import cx, icon, link, link_button
from sekretarka.ui.components.choice import segmented
from sekretarka.ui.components.field import CONTROL, native_select
from sekretarka.ui.pages.appointments.parts import closed_badge
from sekretarka.ui.pages.appointments.query_params import VIEWS
from sekretarka.ui.pages.appointments.state import AppointmentsState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import format_datetime, t

state = state_vars(AppointmentsState)


_STEP = (
    "inline-flex size-9 max-sm:size-10 items-center justify-center rounded-md border border-border bg-surface "
    "text-muted hover:bg-hover hover:text-text"
)


def toolbar() -> rx.Component:
    """All of it are links and filters: the URL says what is shown."""
    return rx.el.div(
        rx.el.div(
            link(
                icon("chevron_left", 18),
                to=state.previous_href,
                aria_label=t("appointments.previous"),
                class_name=_STEP,
            ),
            link(icon("chevron_right", 18), to=state.next_href, aria_label=t("appointments.next"), class_name=_STEP),
            link_button(
                t("appointments.today"), to=state.today_href, aria_current=rx.cond(state.is_today, "date", "false")
            ),
            class_name="flex items-center gap-1.5",
        ),
        rx.el.div(
            rx.el.h2(_span(), aria_live="polite", class_name="text-base font-semibold first-letter:uppercase tnum"),
            rx.cond(state.view == "day", closed_badge(state.day)),
            class_name="flex min-w-0 flex-1 flex-wrap items-center gap-x-2.5 gap-y-1",
        ),
        rx.el.div(_date(), _people(), class_name="flex items-center gap-2 max-sm:order-last max-sm:w-full"),
        segmented(
            [(view, t(f"appointments.view.{view}"), state.view_hrefs[view].to(str)) for view in VIEWS],
            label=t("appointments.views"),
            value=state.view,
        ),
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2.5",
    )


def _span() -> rx.Component:
    """The days that are shown, in words."""
    days = rx.fragment(format_datetime(state.first, "day", "UTC"), " – ", format_datetime(state.last, "day", "UTC"))
    return rx.match(
        state.view,
        ("month", rx.fragment(format_datetime(state.day, "month", "UTC"))),
        ("day", rx.fragment(format_datetime(state.day, "weekday", "UTC"))),
        days,
    )


def _date() -> rx.Component:
    return rx.el.input(
        type="date",
        name="date_shown",
        aria_label=t("appointments.date"),
        value=state.day,
        on_change=lambda value: state.set_filter("date", value),
        class_name=cx(CONTROL, "h-9 w-40! px-2.5 tnum max-sm:h-11 max-sm:w-auto! max-sm:min-w-0 max-sm:flex-1"),
    )


def _people() -> rx.Component:
    return rx.el.div(
        native_select(
            rx.el.option(t("appointments.everybody"), value=""),
            rx.foreach(state.people, lambda member: rx.el.option(member["name"], value=member["id"])),
            name="by_person",
            aria_label=t("appointments.by_person"),
            value=state.person,
            on_change=lambda value: state.set_filter("person", value),
        ),
        class_name="w-40 shrink-0 max-sm:w-auto max-sm:min-w-0 max-sm:flex-1 max-sm:shrink",
    )
