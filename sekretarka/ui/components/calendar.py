"""Appointments on a calendar. Heavy: only its own page imports this module, so that no other page loads it."""

from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import passthrough_event_spec

from sekretarka.ui.scripts import script
from sekretarka.ui.text import current_language, t

_LIBRARY = script("components/calendar.jsx")
# Imported by the first.
script("components/calendar.css")
script("components/calendar_parts.jsx")
script("components/calendar_rules.js")

STATES = ("scheduled", "confirmed", "completed", "no_show", "cancelled")
REFUSALS = ("past", "unable", "forbidden", "closed", "taken")


class _AppointmentCalendar(rx.NoSSRComponent):
    library = _LIBRARY
    tag = "AppointmentCalendar"
    lib_dependencies: list[str] = ["react-big-calendar@1.20.0", "luxon@3.7.2"]  # noqa: RUF012 - a field to Reflex
    view: rx.Var[str]
    day: rx.Var[str]
    zone: rx.Var[str]
    lang: rx.Var[str]
    appointments: rx.Var[Any]
    people: rx.Var[Any]
    working: rx.Var[Any]
    away: rx.Var[Any]
    held: rx.Var[Any]
    able: rx.Var[Any]
    writable: rx.Var[Any]
    step: rx.Var[int]
    selected: rx.Var[str]
    closed: rx.Var[Any]
    answers: rx.Var[int]
    labels: rx.Var[Any]
    label: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """Appointment, instant and staff member of a drop."""
        return {**super().get_event_triggers(), "on_move": passthrough_event_spec(UUID, str, UUID)}


def appointment_calendar(
    board: Any, *, view: Any, day: Any, zone: Any, selected: Any, closed: Any, answers: Any, on_move: Any
) -> rx.Component:
    """The calendar of a `CalendarData` (pages/appointments), `board`. `closed` are closed days (ISO) with the names of
    the holiday by language.

    A click on an appointment or a free time changes the URL (`id`; `new` and `with`). `on_move` gets the appointment's
    id, the instant (RFC 3339) and the staff member's id; with each answer to it `answers` grows, so that a rejected
    move goes back.
    """
    labels = {state: t(f"appointment.{state}") for state in STATES}
    labels |= {reason: t(f"appointments.rejected.{reason}") for reason in REFUSALS}
    labels["away"] = t("appointments.away")
    labels |= {"day_closed": t("hours.closed"), "day_closed_short": t("appointments.closed_short")}
    keys = ("appointments", "people", "working", "away", "held", "able", "writable", "step")
    return _AppointmentCalendar.create(
        **{key: board[key] for key in keys},
        view=view,
        day=day,
        zone=zone,
        lang=current_language(),
        selected=selected,
        closed=closed,
        answers=answers,
        labels=labels,
        label=t("nav.appointments"),
        on_move=on_move,
    )
