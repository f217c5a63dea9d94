"""Fields of a booking: a time beside the free hours of the day, and a client who may exist already."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from sekretarka.ui.components.basics import Text, cx
from sekretarka.ui.components.field import CONTROL, field, field_error
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/booking.jsx")
_CHIP = "h-8 rounded-md border text-sm tnum transition-colors max-sm:h-10"
_CLASS_NAMES = {
    "control": cx(CONTROL, "h-9 max-sm:h-11"),
    "time": cx(CONTROL, "h-9 max-sm:h-11 tnum"),
    "times": "grid grid-cols-6 gap-1.5 max-h-40 overflow-y-auto scroll-fade p-0.5 max-sm:grid-cols-4",
    "free": f"{_CHIP} border-border bg-surface hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft "
    "aria-pressed:text-accent-ink aria-pressed:font-medium",
    "taken": f"{_CHIP} border-transparent bg-sunken text-muted line-through cursor-not-allowed",
    "none": "text-sm text-muted",
    "field": "flex min-w-0 flex-col gap-1.5",
    "label": "text-sm font-medium",
    "error": "text-sm text-danger empty:hidden",
    "client": "grid grid-cols-2 gap-4 max-sm:grid-cols-1",
    "known": "col-span-full -mt-2 flex flex-col overflow-hidden rounded-md border border-border empty:hidden",
    "suggestion": "flex w-full items-center justify-between gap-3 px-3 py-2 text-left text-base hover:bg-hover "
    "max-sm:py-3",
}


class _TimeField(rx.Component):
    library = _LIBRARY
    tag = "TimeField"
    name: rx.Var[str]
    value: rx.Var[str]
    times: rx.Var[Any]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]
    wrong: rx.Var[bool]
    described_by: rx.Var[str]


class _ClientFields(rx.Component):
    library = _LIBRARY
    tag = "ClientFields"
    suggestions: rx.Var[Any]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]
    errors: rx.Var[Any]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """What was typed of a name or number, when typing pauses."""
        return {**super().get_event_triggers(), "on_search": passthrough_event_spec(str)}


def time_field(label: Text, name: str, value: Any, *, times: Any = (), errors: Any) -> rx.Component:
    """A time `HH:MM`; `times` are dicts of time (`HH:MM`) and free, and a click on a free one takes it."""
    control = _TimeField.create(
        id=name,
        name=name,
        value=value,
        times=times if isinstance(times, rx.Var) else list(times),
        labels={
            "times": t("appointments.times"),
            "taken": t("appointments.rejected.taken"),
            "none": t("appointments.no_times"),
        },
        class_names=_CLASS_NAMES,
        wrong=field_error(errors, name) != "",
        described_by=f"{name}-error",
    )
    return field(label, name, control, errors=errors)


def client_fields(suggestions: Any, *, errors: Any, on_search: Any) -> rx.Component:
    """Number and name of a client: `suggestions` are dicts of name, tel (E.164) and phone (as read) that match the
    typed text. `on_search` gets what was typed."""
    return _ClientFields.create(
        suggestions=suggestions,
        labels={
            "clientPhone": t("appointments.phone"),
            "clientName": t("appointments.client"),
            "known": t("appointments.known"),
            "nameless": t("appointments.nameless"),
        },
        class_names=_CLASS_NAMES,
        errors={name: field_error(errors, name) for name in ("clientPhone", "clientName")},
        on_search=on_search,
    )
