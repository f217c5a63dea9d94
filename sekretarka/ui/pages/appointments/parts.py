"""Pieces that calendar, list and sheet share."""

from typing import Any

import reflex as rx

from sekretarka.domain.appointments.models import Status
from sekretarka.ui.components.badge import Tone, badge, badge_for
from sekretarka.ui.state_vars import session
from sekretarka.ui.text import format_datetime, t

STATES: dict[str, tuple[str, Tone]] = {
    Status.SCHEDULED: ("circle_dashed", "info"),
    Status.CONFIRMED: ("check", "success"),
    Status.COMPLETED: ("check_check", "neutral"),
    Status.NO_SHOW: ("user_x", "warning"),
    Status.CANCELLED: ("calendar_x", "danger"),
}


def state_badge(code: Any) -> rx.Component:
    """How a visit stands."""
    return badge_for(
        code,
        {
            str(state): badge(t(f"visit.{state}"), icon_name=icon_name, tone=tone)
            for state, (icon_name, tone) in STATES.items()
        },
    )


def hours(visit: Any) -> rx.Component:
    """From when to when, on the clock of the business."""
    return rx.el.span(
        format_datetime(visit["start"], "time", session.timezone),
        "–",
        format_datetime(visit["end"], "time", session.timezone),
        class_name="tnum whitespace-nowrap",
    )
