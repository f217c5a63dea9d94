"""Fields that hold more than a line: rows to add and remove, boxes to tick; each hands the form one JSON text."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, cx
from sekretarka.ui.components.field import CONTROL, field
from sekretarka.ui.scripts import script
from sekretarka.ui.text import current_language

_LIBRARY = script("components/editors.jsx")
TOGGLE = (
    "relative h-5 w-9 shrink-0 cursor-pointer appearance-none rounded-full bg-field transition-colors duration-150 "
    "before:absolute before:left-0.5 before:top-0.5 before:size-4 before:rounded-full before:bg-white before:shadow-sm "
    "before:transition-[translate] before:duration-150 checked:bg-accent checked:before:translate-x-4 "
    "disabled:cursor-not-allowed disabled:opacity-55"
)
CLASS_NAMES = {
    "control": cx(CONTROL, "h-9 max-sm:h-11"),
    "area": cx(CONTROL, "py-2 resize-y"),
    "time": cx(CONTROL, "h-9 max-w-20 text-center tnum max-sm:h-10 max-sm:max-w-none max-sm:flex-1"),
    "icon": "grid size-9 shrink-0 place-items-center rounded-md text-muted transition-colors hover:bg-hover "
    "hover:text-text max-sm:size-10 in-[:disabled]:hidden",
    "add": "inline-flex h-8 items-center gap-1.5 self-start rounded-md px-2 text-sm font-medium text-accent-ink "
    "transition-colors hover:bg-accent-soft max-sm:h-10 in-[:disabled]:hidden",
    "toggle": TOGGLE,
}


class Editor(rx.Component):
    """A field with a value, labels, class names and errors."""

    library = _LIBRARY
    name: rx.Var[str]
    value: rx.Var[Any]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]
    errors: rx.Var[Any]
    lang: rx.Var[str]


class _Rows(Editor):
    tag = "Rows"
    fields: rx.Var[Any]
    limit: rx.Var[int]


class _CheckboxGroup(rx.Component):
    library = _LIBRARY
    tag = "CheckboxGroup"
    name: rx.Var[str]
    value: rx.Var[Any]
    options: rx.Var[Any]
    labels: rx.Var[Any]


def rows_field(
    label: Text,
    name: str,
    value: Any,
    fields: Sequence[dict[str, Any]],
    *,
    labels: dict[str, Text],
    errors: Any,
    limit: int = 200,
) -> rx.Component:
    """Rows to add and remove, at most `limit`; the label is not drawn.

    `fields`: dicts of key, label and, for long text, rows; `labels`: add, remove, empty. The form gets a JSON list of
    dicts under `name`; the error of a field is found under `name.index.key`.
    """
    return _Rows.create(
        name=name,
        value=value,
        fields=list(fields),
        labels={"label": label, **labels},
        class_names=CLASS_NAMES,
        errors=errors,
        lang=current_language(),
        limit=limit,
    )


def checkbox_group_field(
    label: Text, name: str, value: Any, options: Any, *, empty: Text, **props: Any
) -> rx.Component:
    """Boxes to tick. `options`: dicts of value and label; the form gets a JSON list of values under `name`.

    `props` are those of `field`: hint, errors, class_name.
    """
    labels = {"label": label, "empty": empty}
    group = _CheckboxGroup.create(name=name, value=value, options=options, labels=labels)
    return field(label, name, group, **props)


def switch_field(name: str, label: Text, checked: Any, *, hint: Text) -> rx.Component:
    """On or off with the form it is in; the form gets `on` or nothing under `name`."""
    return rx.el.label(
        rx.el.span(
            rx.el.span(label, class_name="block text-base font-medium"),
            rx.el.span(hint, class_name="block text-sm text-muted"),
            class_name="min-w-0 flex-1",
        ),
        rx.el.input(
            type="checkbox",
            name=name,
            default_checked=checked,
            custom_attrs={"role": "switch"},
            class_name=TOGGLE,
        ),
        class_name="col-span-full flex cursor-pointer items-center gap-4",
    )
