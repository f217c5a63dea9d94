"""The dialog of a new appointment."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from sekretarka.ui.components.booking import client_fields, time_field
from sekretarka.ui.components.field import field, native_select, text_area, text_field
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.pages.appointments.create import CreateAppointmentState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(CreateAppointmentState)


def new_appointment() -> rx.Component:
    """The dialog, open while the URL asks for it."""
    return create_dialog(
        state,
        *_fields(),
        name="appointment.new",
        title=t("appointments.new"),
        action=t("appointments.book"),
        on_submit=state.book,
        revision=state.revision,
        class_name="top-[6vh]! w-[600px]! max-h-[90vh] overflow-y-auto scroll-fade",
    )


def _fields() -> Sequence[rx.Component]:
    return (
        rx.el.div(
            _select(
                "serviceType",
                "appointments.service",
                _options(state.services),
                state.service,
                "service",
                auto_focus=True,
            ),
            _select(
                "staffId",
                "appointments.person",
                rx.fragment(
                    rx.cond(state.anyone, rx.el.option(t("appointments.anyone"), value="")), _options(state.people)
                ),
                state.person,
                "person",
            ),
            class_name="grid grid-cols-2 gap-4 max-sm:grid-cols-1",
        ),
        text_field(
            t("appointments.date"),
            "date",
            type="date",
            default_value=state.day,
            on_change=lambda value: state.choose("day", value),
            required=True,
        ),
        time_field(t("appointments.time"), "time", state.time, times=state.times, errors=state.field_errors),
        client_fields(
            state.suggestions,
            errors=state.field_errors,
            on_search=state.search,
        ),
        text_area(t("appointments.notes"), "notes", rows=2, errors=state.field_errors),
    )


def _select(name: str, label: str, options: rx.Component, value: Any, what: str, **props: Any) -> rx.Component:
    control = native_select(
        options,
        name=name,
        default_value=value,
        on_change=lambda chosen: state.choose(what, chosen),
        aria_describedby=f"{name}-error",
        **props,
    )
    return field(t(label), name, control, errors=state.field_errors)


def _options(rows: Any) -> rx.Component:
    return rx.foreach(rows, lambda row: rx.el.option(row["name"], value=row["id"]))
