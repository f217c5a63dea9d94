"""A live list that does not move under the pointer."""

from typing import Any

import reflex as rx

from sekretarka.ui.reflex_internals import js, type_of
from sekretarka.ui.scripts import script

_LIBRARY = script("components/stable_list.jsx")


def stable_list(rows: Any, place: str) -> rx.Var[list[Any]]:
    """`rows` as they should be drawn inside the element with the id `place`: what is new waits until the pointer left.

    The rows are dicts with an `id`; their type is that of `rows`.
    """
    given: rx.Var[Any] = rx.Var.create(rows)
    name = f"stable_{place}"
    hook = f"const {name} = useStableList({given!s}, '{place}');"
    drawn = js(name, given, imports={_LIBRARY: ["useStableList"]}, hooks={hook: given}, type_=type_of(given))
    return drawn.guess_type()
