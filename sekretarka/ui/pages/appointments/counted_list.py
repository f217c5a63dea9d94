"""The appointments that a number counts, in place of the calendar."""

import reflex as rx

from sekretarka.domain.appointments.counting import AppointmentCount
from sekretarka.ui.components.view_states import empty, table_skeleton
from sekretarka.ui.list_page import counted_chip, list_pager, refreshing_card
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.appointments.counted import CountedAppointmentsState
from sekretarka.ui.pages.appointments.list_view import listed_days
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(CountedAppointmentsState)


def counted_list() -> rx.Component:
    """By day, under the name of what is counted."""
    nothing = empty(t("appointments.none"), icon_name="calendar_days")
    days = listed_days(
        state.listed, "counted_list", state.here, nothing, before=state.has_previous, after=state.has_next
    )
    listed = rx.fragment(days, rx.cond(state.total > 0, list_pager(state)))
    content = page_views(
        state,
        listed,
        skeleton=table_skeleton(),
        failed=t("appointments.failed"),
        framed=False,
    )
    return rx.fragment(
        counted_chip(state.counted_as, AppointmentCount, on_click=state.show_all), refreshing_card(state, content)
    )
