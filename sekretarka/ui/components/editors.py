"""Fields that hold more than a line: rows to add and remove, opening hours; each hands the form one JSON text."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, cx
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.text import current_language, t

_LIBRARY = rx.asset("editors.jsx", shared=True).importable_path
TOGGLE = (
    "relative h-5 w-9 shrink-0 cursor-pointer appearance-none rounded-full bg-field transition-colors duration-150 "
    "before:absolute before:left-0.5 before:top-0.5 before:size-4 before:rounded-full before:bg-white before:shadow-sm "
    "before:transition-[translate] before:duration-150 checked:bg-accent checked:before:translate-x-4 "
    "disabled:cursor-not-allowed disabled:opacity-55"
)
LOOKS = {
    "control": cx(CONTROL, "h-9 max-sm:h-11"),
    "area": cx(CONTROL, "py-2 resize-y"),
    "time": cx(CONTROL, "h-9 max-w-20 text-center tnum max-sm:h-10 max-sm:max-w-none max-sm:flex-1"),
    "icon": "grid size-9 shrink-0 place-items-center rounded-md text-muted transition-colors hover:bg-hover "
    "hover:text-text max-sm:size-10 in-[:disabled]:hidden",
    "add": "inline-flex h-8 items-center gap-1.5 self-start rounded-md px-2 text-sm font-medium text-accent-ink "
    "transition-colors hover:bg-accent-soft max-sm:h-10 in-[:disabled]:hidden",
    "toggle": TOGGLE,
}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Editor(rx.Component):
    library = _LIBRARY
    name: rx.Var[str]
    value: rx.Var[Any]
    words: rx.Var[Any]
    looks: rx.Var[Any]
    faults: rx.Var[Any]
    lang: rx.Var[str]


class _Rows(_Editor):
    tag = "Rows"
    fields: rx.Var[Any]
    limit: rx.Var[int]


class _Hours(_Editor):
    tag = "Hours"
    days: rx.Var[Any]


def rows_field(
    name: str, value: Any, fields: Sequence[dict[str, Any]], *, words: dict[str, Text], faults: Any, limit: int = 200
) -> rx.Component:
    """Rows to add and remove. `fields`: dicts of key, label and, for long text, rows; `words`: add, remove, empty.

    The form gets a JSON list under `name`; the fault of a field is found under `name.index.key`.
    """
    return _Rows.create(
        name=name,
        value=value,
        fields=list(fields),
        words=words,
        looks=LOOKS,
        faults=faults,
        lang=current_language(),
        limit=limit,
    )


def hours_field(name: str, value: Any, *, faults: Any) -> rx.Component:
    """Opening hours of a week, several blocks a day. The form gets JSON under `name`; a day's fault is `name.day`."""
    keys = ("open", "close", "closed", "add", "remove", "copy", "copied")
    return _Hours.create(
        name=name,
        value=value,
        days=[{"key": day, "label": t(f"hours.{day}")} for day in DAYS],
        words={key: t(f"hours.{key}") for key in keys},
        looks=LOOKS,
        faults=faults,
        lang=current_language(),
    )
