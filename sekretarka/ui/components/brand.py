"""The product's mark and its name in the browser's tab."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/brand.jsx")


class _TabTitle(rx.Component):
    library = _LIBRARY
    tag = "TabTitle"
    title: rx.Var[str]
    live: rx.Var[int]
    product: rx.Var[str]


def logo(size: int = 28) -> rx.Component:
    """The mark alone, `size` pixels wide; the product's name stands beside it."""
    box = {"width": f"{size}px", "height": f"{size}px"}
    return rx.el.img(src="/logo.svg", alt="", style=box, class_name="shrink-0")


def tab_title(title: Text, live: Any = 0) -> rx.Component:
    """Keeps the tab's title in the page's language, with the number of live calls in front."""
    return _TabTitle.create(title=title, live=live, product=t("product.name"))
