"""Appointments where they are mentioned outside their own screen: the badge of their status, and their URL."""

from typing import Any
from uuid import UUID

import reflex as rx

from sekretarka.domain.appointments.models import Status
from sekretarka.ui.components.badge import Tone, badge, badge_for
from sekretarka.ui.text import t

PATH = "/dashboard/appointments"
STATUS_BADGES: dict[str, tuple[str, Tone]] = {
    Status.SCHEDULED: ("circle_dashed", "info"),
    Status.CONFIRMED: ("check", "success"),
    Status.COMPLETED: ("check_check", "neutral"),
    Status.NO_SHOW: ("user_x", "warning"),
    Status.CANCELLED: ("calendar_x", "danger"),
}


def appointment_href(appointment_id: UUID) -> str:
    """The path and query that open the appointment in the calendar."""
    return f"{PATH}?id={appointment_id}"


def appointment_badge(code: Any) -> rx.Component:
    """The badge of an appointment's status."""
    badges = {
        str(state): badge(t(f"appointment.{state}"), icon_name=icon_name, tone=tone)
        for state, (icon_name, tone) in STATUS_BADGES.items()
    }
    return badge_for(code, badges)
