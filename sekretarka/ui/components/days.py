"""A form field of calendar days to add, alone or many in a row, and to take away."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, button
from sekretarka.ui.components.editors import CLASS_NAMES
from sekretarka.ui.components.field import field_error
from sekretarka.ui.scripts import script
from sekretarka.ui.text import current_language, t

_LIBRARY = script("components/days.jsx")
_CLASS_NAMES = {**CLASS_NAMES, "press": str(button("").class_name)}


class _Days(rx.Component):
    library = _LIBRARY
    tag = "Days"
    name: rx.Var[str]
    value: rx.Var[Any]
    earliest: rx.Var[str]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]
    lang: rx.Var[str]
    error: rx.Var[str]


def days_field(label: Text, name: str, value: Any, *, earliest: Any, errors: Any) -> rx.Component:
    """The form gets a JSON list of days (`2026-11-22`) under `name`; none before `earliest` is offered. The label
    is not drawn."""
    return _Days.create(
        name=name,
        value=value,
        earliest=earliest,
        labels={"label": label, **{key: t(f"days.{key}") for key in ("first", "last", "add", "remove", "empty")}},
        class_names=_CLASS_NAMES,
        lang=current_language(),
        error=field_error(errors, name),
    )
