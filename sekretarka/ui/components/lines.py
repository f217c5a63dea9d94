"""Lines of lists that end with something to do."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, icon, icon_button
from sekretarka.ui.components.stable_list import GONE, is_gone

LINE = "flex items-center gap-3 border-t border-border px-4 py-2 max-sm:gap-2 max-sm:px-3.5"
_FINISH = "border border-border max-sm:size-10"


def line(row: Any, *content: Any) -> rx.Component:
    """The line of a row that may be `gone`."""
    return rx.el.li(*content, key=row["id"], class_name=rx.cond(is_gone(row), f"{LINE} {GONE}", LINE))


def finish_button(row: Any, label: Text, on_click: Any) -> rx.Component:
    """The button that finishes what the line is about."""
    return icon_button(
        "check",
        label,
        size="sm",
        on_click=on_click,
        aria_disabled=is_gone(row),
        class_name=rx.cond(is_gone(row), f"{_FINISH} bg-sunken text-success!", _FINISH),
    )


def call_button(row: Any, label: Text, title: Text) -> rx.Component:
    """The link that calls the row's phone."""
    return rx.el.a(
        icon("phone", 16),
        href="tel:" + row["phone"].to(str),
        aria_label=label,
        title=title,
        class_name="grid size-8 shrink-0 place-items-center rounded-md border border-border text-muted "
        "transition-colors hover:bg-hover hover:text-text max-sm:size-10",
    )
