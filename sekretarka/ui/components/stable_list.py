"""A live list that does not move under pointer, finger or keyboard."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Flag, cx, icon
from sekretarka.ui.reflex_internals import at_once, js, type_of
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/stable_list.jsx")
# The class names of a row that is `gone`.
GONE = "text-muted [&_.font-medium]:line-through"


def is_gone(row: Any) -> rx.Var[bool]:
    """Whether a row of a `StableList` is drawn only because somebody is at the list."""
    return row.to(dict[str, Any])["gone"].to(bool)


@dataclass(frozen=True)
class StableList:
    """The `rows` as they should be drawn, and how many new ones wait, inside the element with the id `place`."""

    place: str
    rows: Any
    waiting: Any

    def bar(self, *, on_edge: bool = False) -> rx.Component:
        """How many rows wait, as a button that shows them; it floats above the list, which must be `relative`, or
        `on_edge` on its top edge, where it covers nothing of a card's first line."""
        show = at_once(f"() => showWaiting('{self.place}')", imports={_LIBRARY: ["showWaiting"]})
        button = rx.el.button(
            icon("arrow_up", 14),
            t("list.new", n=self.waiting),
            type="button",
            on_click=show,
            class_name="pointer-events-auto inline-flex h-8 items-center gap-1.5 rounded-full bg-raised px-3 text-sm "
            "font-medium text-accent-ink shadow-float hover:bg-hover",
        )
        return rx.el.div(
            rx.cond(self.waiting > 0, button),
            role="status",
            class_name=cx(
                "pointer-events-none absolute inset-x-0 z-[2] flex justify-center", "-top-4.5" if on_edge else "top-2"
            ),
        )


def stable_list(
    rows: Any, place: str, scope: Any = "", within: str = "", *, before: Flag = False, after: Flag = False
) -> StableList:
    """A list of dicts with an `id` (or `day`), whose type is that of `rows`: while somebody is at it, present rows
    refresh in place, missing ones stay with `gone` set, and new ones wait. A list of another `scope` is shown at once;
    `within` names rows inside the rows that are held, too. Where there are more rows `before` or `after` these, one
    that may have moved there is not called gone."""
    rows_var, scope_var = rx.Var.create(rows), rx.Var.create(scope)
    more: rx.Var[Any] = rx.Var.create({"before": before, "after": after})
    name = f"stable_{place}"
    hook = f"const {name} = useStableList({rows_var!s}, '{place}', {scope_var!s}, '{within}', {more!s});"
    used = {hook: rx.Var.create([rows_var, scope_var, more])}

    def part(of: str, type_: Any) -> Any:
        imports = {_LIBRARY: ["useStableList"]}
        return js(f"{name}.{of}", rows_var, scope_var, more, imports=imports, hooks=used, type_=type_).guess_type()

    return StableList(place, part("rows", type_of(rows_var)), part("waiting", int))
