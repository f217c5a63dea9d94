"""Wizyty: day with a column per staff member, week, month and list."""

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import cx, icon, link, link_button
from sekretarka.ui.components.calendar import appointment_calendar
from sekretarka.ui.components.choice import segmented
from sekretarka.ui.components.field import CONTROL, native_select
from sekretarka.ui.components.mobile_redirect import list_view_on_mobile
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.list_page import refreshing_card
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.appointments.create import CreateAppointmentState
from sekretarka.ui.pages.appointments.create_dialog import new_appointment
from sekretarka.ui.pages.appointments.detail import AppointmentDetailState
from sekretarka.ui.pages.appointments.detail_panel import appointment_panel
from sekretarka.ui.pages.appointments.list_view import appointment_list
from sekretarka.ui.pages.appointments.query_params import PATH, VIEWS
from sekretarka.ui.pages.appointments.state import AppointmentsState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import format_datetime, t

state = state_vars(AppointmentsState)

_STEP = (
    "inline-flex size-9 max-sm:size-10 items-center justify-center rounded-md border border-border bg-surface "
    "text-muted hover:bg-hover hover:text-text"
)


def _actions() -> rx.Component:
    new = link_button(
        t("appointments.new"),
        to=state.new_href,
        icon_name="plus",
        variant="primary",
        title=t("appointments.new"),
        class_name="max-sm:px-2.5 max-sm:[&>span]:sr-only",  # the page's title needs the room
    )
    return rx.cond(state.bookable, new)


@dashboard_page(
    PATH,
    t("nav.appointments"),
    icon="calendar_days",
    keys="g w",
    requires=Permission.APPOINTMENTS_READ,
    on_load=(AppointmentsState.load, AppointmentDetailState.load, CreateAppointmentState.load),
    actions=_actions,
)
def page() -> rx.Component:
    """The page of /dashboard/appointments."""
    may = allowed(Permission.APPOINTMENTS_WRITE)
    return rx.fragment(
        list_view_on_mobile(),
        rx.el.div(_bar(), refreshing_card(state, _content()), class_name="flex flex-col gap-4"),
        appointment_panel(),
        rx.cond(may, new_appointment()),
    )


def _bar() -> rx.Component:
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
        rx.el.h2(
            _span(), aria_live="polite", class_name="min-w-0 flex-1 text-base font-semibold first-letter:uppercase tnum"
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


def _content() -> rx.Component:
    nobody = empty(
        t("appointments.nobody"),
        icon_name="calendar_days",
        hint=t("appointments.nobody_hint"),
        action=link_button(t("appointments.add_people"), to="/dashboard/services", icon_name="users"),
    )
    return page_views(
        state,
        rx.cond(state.view == "list", appointment_list(), _calendar()),
        skeleton=_skeleton(),
        failed=t("appointments.failed"),
        is_empty=state.people.length() == 0,
        empty=nobody,
        framed=False,
    )


def _calendar() -> rx.Component:
    return rx.el.div(
        appointment_calendar(
            state.shown,
            view=state.view,
            day=state.day,
            zone=session.timezone,
            selected=state.open_id,
            answers=state.answers,
            on_move=state.move,
        ),
        class_name="h-[calc(100vh-190px)] min-h-[480px] max-md:h-[calc(100vh-300px)]",
    )


def _skeleton() -> rx.Component:
    column = rx.el.div(
        skeleton_bar("h-4 w-24"),
        skeleton_bar("h-16 w-full"),
        skeleton_bar("h-10 w-full"),
        skeleton_bar("h-24 w-full"),
        class_name="flex flex-col gap-4",
    )
    return skeleton(*[column] * 5, class_name="grid grid-cols-5 gap-4 p-4 max-md:grid-cols-1 max-md:*:not-last:hidden")
