"""Pieces that list and detail panel share."""

from typing import Any

import reflex as rx

from sekretarka.ui.state_vars import session
from sekretarka.ui.text import format_datetime


def hours(appointment: Any) -> rx.Component:
    """From when to when an appointment is, in the organization's zone."""
    return rx.el.span(
        format_datetime(appointment["start"], "time", session.timezone),
        "–",
        format_datetime(appointment["end"], "time", session.timezone),
        class_name="tnum whitespace-nowrap",
    )
