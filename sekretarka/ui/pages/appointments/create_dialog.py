"""The dialog of a new visit."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.booking import client_fields, time_field
from sekretarka.ui.components.dialog import dialog
from sekretarka.ui.components.field import field, native_select, text_area, text_field
from sekretarka.ui.components.form import edit_form
from sekretarka.ui.errors import field_error
from sekretarka.ui.pages.appointments.create import MakingState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(MakingState)


def new_visit() -> rx.Component:
    """Open while the address asks for it."""
    form = edit_form(
        _fields(), revision=state.revision, attempt=state.attempt, on_submit=state.book, action=t("visits.book"),
        guarded=False,
    )  # fmt: skip
    return dialog(
        t("visits.new"),
        form,
        open_=state.is_open,
        on_open_change=lambda is_open, _details: state.close(is_open),
        class_name="top-[6vh]! w-[600px]! max-h-[90vh] overflow-y-auto scroll-fade",
    )


def _fields() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _select("serviceType", "visits.service", _options(state.services), state.service, "service"),
            _select(
                "staffId",
                "visits.person",
                rx.fragment(rx.cond(state.anyone, rx.el.option(t("visits.anyone"), value="")), _options(state.people)),
                state.person,
                "person",
            ),
            class_name="grid grid-cols-2 gap-4 max-sm:grid-cols-1",
        ),
        text_field(
            t("visits.date"),
            "date",
            type="date",
            value=state.day,
            on_change=lambda value: state.choose("day", value),
            required=True,
        ),
        time_field(
            t("visits.time"), "time", state.time, times=state.times, error=field_error(state.field_errors, "time")
        ),
        client_fields(
            state.known,
            errors={name: field_error(state.field_errors, name) for name in ("clientPhone", "clientName")},
            on_search=state.search,
        ),
        text_area(t("visits.notes"), "notes", rows=2, error=field_error(state.field_errors, "notes")),
        class_name="flex flex-col gap-4",
    )


def _select(name: str, label: str, options: rx.Component, value: Any, what: str) -> rx.Component:
    control = native_select(
        options,
        name=name,
        value=value,
        on_change=lambda chosen: state.choose(what, chosen),
        aria_describedby=f"{name}-error",
    )
    return field(t(label), name, control, error=field_error(state.field_errors, name))


def _options(rows: Any) -> rx.Component:
    return rx.foreach(rows, lambda one: rx.el.option(one["name"], value=one["id"]))
