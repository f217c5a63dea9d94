"""A live list that does not move under the pointer."""

from typing import Any

import reflex as rx

from sekretarka.ui.reflex_internals import js, type_of
from sekretarka.ui.scripts import script

_LIBRARY = script("components/stable_list.jsx")


def stable_list(rows: Any, place: str) -> rx.Var[list[Any]]:
    """`rows` as they should be drawn inside the element with the id `place`: new rows wait until the pointer left it.
    The rows are dicts with an `id`; their type is that of `rows`."""
    rows_var: rx.Var[Any] = rx.Var.create(rows)
    name = f"stable_{place}"
    hook = f"const {name} = useStableList({rows_var!s}, '{place}');"
    drawn = js(name, rows_var, imports={_LIBRARY: ["useStableList"]}, hooks={hook: rows_var}, type_=type_of(rows_var))
    return drawn.guess_type()
