"""Menus that open from a button."""

from typing import Any, Literal

import reflex as rx
from reflex_components_internal.components.base.menu import menu as base

from sekretarka.ui.components.basics import Text, cx, icon, link

_POPUP = "popup min-w-52 max-w-[calc(100vw-16px)] rounded-lg bg-raised p-1 shadow-float outline-none"
ITEM = (
    "flex w-full items-center gap-2.5 rounded-md px-2.5 py-2 text-left text-base outline-none select-none "
    "cursor-default data-[highlighted]:bg-hover"
)


def menu(
    trigger: rx.Component,
    *items: rx.Component,
    align: Literal["start", "center", "end"] = "end",
    side: Literal["top", "bottom", "right"] = "bottom",
    width: str = "",
    is_fixed: bool = False,
) -> rx.Component:
    """A button and the menu it opens; items are `menu_item`, `menu_link`, `menu_label`, `menu_line`. `is_fixed` is for
    a button that stays where it is when the page is scrolled: so does its menu, and no click misses it."""
    return base.root(
        base.trigger(render_=trigger, unstyled=True),
        base.portal(
            base.positioner(
                base.popup(*items, class_name=cx(_POPUP, width), unstyled=True),
                align=align,
                side=side,
                side_offset=6,
                position_method="fixed" if is_fixed else "absolute",
                class_name="z-50 outline-none",
                unstyled=True,
            ),
            unstyled=True,
        ),
        modal=False,
    )


def menu_item(
    label: Text, *, icon_name: str = "", on_click: Any, checked: Any = None, danger: bool = False
) -> rx.Component:
    """An action; `checked` draws a tick at the right."""
    tick = rx.cond(checked, icon("check", 14, class_name="ml-auto text-accent-ink")) if checked is not None else None
    return base.item(
        icon(icon_name, 16, class_name="" if danger else "text-muted") if icon_name else rx.fragment(),
        rx.el.span(label, class_name="truncate"),
        tick or rx.fragment(),
        on_click=on_click,
        class_name=cx(ITEM, "text-danger" if danger else ""),
        unstyled=True,
    )


def menu_link(label: Text, *, to: Text, icon_name: str = "", external: bool = False) -> rx.Component:
    """A link to another page; `external` opens outside the app (a document of ours, in a new tab)."""
    inside = (
        icon(icon_name, 16, class_name="text-muted") if icon_name else rx.fragment(),
        rx.el.span(label, class_name="min-w-0 flex-1"),
    )
    target = (
        rx.el.a(*inside, href=to, target="_blank", class_name=ITEM)
        if external
        else link(*inside, to=to, class_name=ITEM)
    )
    return base.item(render_=target, native_button=False, unstyled=True)


def menu_label(*children: Any) -> rx.Component:
    """A heading inside a menu."""
    return rx.el.div(*children, class_name="px-2.5 pt-2 pb-1 text-xs font-medium text-muted")


def menu_line() -> rx.Component:
    """A line between groups."""
    return base.separator(class_name="my-1 h-px bg-border", unstyled=True)
