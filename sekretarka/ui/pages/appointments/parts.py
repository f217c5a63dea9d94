"""Pieces that calendar, list and detail panel share."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.badge import badge
from sekretarka.ui.pages.appointments.state import AppointmentsState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import current_language, format_datetime, t


def hours(appointment: Any) -> rx.Component:
    """From when to when an appointment is, in the organization's zone."""
    return rx.el.span(
        format_datetime(appointment["start"], "time", session.timezone),
        "–",
        format_datetime(appointment["end"], "time", session.timezone),
        class_name="tnum whitespace-nowrap",
    )


def closed_badge(day: Any) -> rx.Component:
    """That the organization does not open on a day (ISO), and for which holiday; nothing on other days."""
    closed = state_vars(AppointmentsState).closed
    holiday = closed[day.to(str)][current_language().to(str)].to(str)
    text = rx.el.span(
        t("hours.closed"), rx.cond(holiday != "", rx.fragment(" · ", holiday)), class_name="whitespace-normal"
    )
    return rx.cond(closed.contains(day.to(str)), badge(text, icon_name="moon"))
