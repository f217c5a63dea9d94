"""Wizyty: day with a column per staff member, week, month and list."""

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import link_button
from sekretarka.ui.components.calendar import appointment_calendar
from sekretarka.ui.components.mobile_redirect import list_view_on_mobile
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.list_page import refreshing_card
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.appointments.counted import CountedAppointmentsState
from sekretarka.ui.pages.appointments.counted_list import counted_list
from sekretarka.ui.pages.appointments.create import CreateAppointmentState
from sekretarka.ui.pages.appointments.create_dialog import new_appointment
from sekretarka.ui.pages.appointments.detail import AppointmentDetailState
from sekretarka.ui.pages.appointments.detail_panel import appointment_panel
from sekretarka.ui.pages.appointments.list_view import appointment_list
from sekretarka.ui.pages.appointments.query_params import PATH
from sekretarka.ui.pages.appointments.state import AppointmentsState
from sekretarka.ui.pages.appointments.toolbar import toolbar
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import t

state = state_vars(AppointmentsState)
counted = state_vars(CountedAppointmentsState)


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
    on_load=(
        AppointmentsState.load,
        CountedAppointmentsState.load,
        AppointmentDetailState.load,
        CreateAppointmentState.load,
    ),
    actions=_actions,
)
def page() -> rx.Component:
    """The page of /dashboard/appointments."""
    may = allowed(Permission.APPOINTMENTS_WRITE)
    return rx.fragment(
        list_view_on_mobile(),
        rx.el.div(
            rx.cond(
                counted.counted_as != "",
                counted_list(),
                rx.fragment(toolbar(), refreshing_card(state, _content())),
            ),
            class_name="flex flex-col gap-4",
        ),
        appointment_panel(),
        rx.cond(may, new_appointment()),
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
            closed=state.closed,
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
