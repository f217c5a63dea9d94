"""Who a thread is with, in the list and at the head of the open one."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import avatar, icon
from sekretarka.ui.text import t


def who(row: Any) -> Any:
    """The client's name, else the number."""
    return rx.cond(row["name"] != "", row["name"], rx.cond(row["phone"] != "", row["phone"], t("clients.nameless")))


def who_mark(row: Any, size: int) -> rx.Component:
    """The first letter of the client's name, or a mark for one without, `size` pixels wide."""
    nameless = rx.el.span(
        icon("user_round", size // 2),
        style={"width": f"{size}px", "height": f"{size}px"},
        class_name="grid shrink-0 place-items-center rounded-full bg-sunken text-muted",
    )
    return rx.cond(row["name"] != "", avatar(row["name"], size), nameless)
