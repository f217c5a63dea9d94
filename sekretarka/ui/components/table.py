"""A dense table whose rows open something; on phones it keeps the columns that matter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from sekretarka.ui.components.basics import Text, cx, link

Hide = Literal["", "sm", "md", "lg", "xl"]

_HIDDEN: dict[Hide, str] = {
    "": "",
    "sm": "max-sm:hidden",
    "md": "max-md:hidden",
    "lg": "max-lg:hidden",
    "xl": "max-xl:hidden",
}


@dataclass(frozen=True)
class Column:
    """A heading, how to draw a row's cell, and below which width the column hides."""

    label: Text
    cell: Callable[[Any], Any]
    hide: Hide = ""
    align: Literal["left", "right"] = "left"
    class_name: str = ""

    def classes(self) -> str:
        """The class names that heading and cells share."""
        number = "text-right tnum" if self.align == "right" else "text-left"
        return cx("px-4 max-sm:px-3.5 py-2.5", number, _HIDDEN[self.hide], self.class_name)


def table(
    columns: Sequence[Column],
    rows: Any,
    *,
    label: Text,
    key: str = "id",
    href: Callable[[Any], Text] | None = None,
    selected: Any = None,
    row_class: Callable[[Any], Text] | None = None,
) -> rx.Component:
    """A table of `rows` (a var of a list of dicts). With `href` the whole row is a link (in the first cell, stretched),
    so that detail lives in the URL; `selected` is the key of the row whose detail is open."""

    def body_row(row: Any) -> rx.Component:
        return _row(columns, row, key, href, selected, row_class)

    return _table(columns, label, rx.el.tbody(rx.foreach(rows, body_row)))


def grouped_table(
    columns: Sequence[Column],
    groups: Any,
    *,
    label: Text,
    nameless: Text,
    key: str = "id",
    href: Callable[[Any], Text] | None = None,
    selected: Any = None,
) -> rx.Component:
    """A `table` with a body for each of `groups`, a var of a list of {"name", "rows"}; `nameless` is for an empty
    name."""

    def body(group: Any) -> rx.Component:
        named = rx.cond(group["name"] == "", nameless, group["name"])
        rows = group["rows"].to(list[dict[str, Any]])
        return rx.el.tbody(
            rx.el.tr(
                rx.el.th(named, scope="rowgroup", col_span=len(columns), class_name=_GROUP),
                class_name="border-b border-border bg-sunken",
            ),
            rx.foreach(rows, lambda row: _row(columns, row, key, href, selected, None)),
            key=group["name"],
            class_name="border-b border-border last:border-0",
        )

    return _table(columns, label, rx.foreach(groups, body))


def _table(columns: Sequence[Column], label: Text, *bodies: Any) -> rx.Component:
    heading = rx.el.thead(
        rx.el.tr(*(rx.el.th(column.label, scope="col", class_name=cx(column.classes(), _HEAD)) for column in columns))
    )
    return rx.el.div(
        rx.el.table(
            rx.el.caption(label, class_name="sr-only"),
            heading,
            *bodies,
            class_name="w-full border-collapse text-base",
        ),
        class_name="scroll-fade overflow-x-auto",
    )


_GROUP = "px-4 py-1.5 text-left text-sm font-medium text-muted max-sm:px-3.5"
_HEAD = "text-xs font-medium text-muted whitespace-nowrap border-b border-border"
_ROW = "group/row relative border-b border-border last:border-0 h-12 transition-colors"
_STRETCHED = (
    "after:absolute after:inset-0 after:content-[''] focus-visible:outline-none "
    "focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-ink"
)


def _row(
    columns: Sequence[Column],
    row: Any,
    key: str,
    href: Callable[[Any], Text] | None,
    selected: Any,
    row_class: Callable[[Any], Text] | None,
) -> rx.Component:
    cells = []
    for index, column in enumerate(columns):
        content = column.cell(row)
        if index == 0 and href is not None:
            content = link(content, to=href(row), class_name=_STRETCHED)
        cells.append(rx.el.td(content, class_name=column.classes()))
    chosen = rx.Var.create(selected) == row[key] if selected is not None else rx.Var.create(False)
    own = row_class(row) if row_class else ""
    hover = "hover:bg-hover" if href is not None else ""
    classes = rx.cond(chosen, f"{_ROW} bg-accent-soft", f"{_ROW} {hover}")
    return rx.el.tr(*cells, key=row[key], class_name=[classes, own] if row_class else classes)
