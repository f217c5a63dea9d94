"""What a page declares of itself: its path and title, who may read it and what it loads."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.layout import NavGroup, NavItem


@dataclass(frozen=True)
class Site:
    """What every page of the dashboard leads to: the sidebar and the groups of the settings, top to bottom."""

    sidebar: tuple[NavItem, ...]
    settings: tuple[NavGroup, ...]


@dataclass(frozen=True)
class Page:
    """One page, declared at its content by `public_page` or one of the decorators of `ui/layout.py`.

    `requires` is the permission in the organization without which there is nothing to show; None: a page for everybody.
    `keys` is its shortcut, like `g k`.
    """

    path: str
    title: rx.Var[str]
    content: Callable[[], rx.Component]
    layout: Callable[["Page", Site], rx.Component]
    on_load: tuple[Any, ...] = ()
    requires: Permission | None = None
    icon: str = ""
    keys: str = ""

    @property
    def nav_item(self) -> NavItem:
        """The page as the sidebar, the settings and the palette list it."""
        return NavItem(self.path, self.title, self.icon, self.keys, self.requires)

    def component(self, site: Site) -> Callable[[], rx.Component]:
        """The function that Reflex renders, named as the content is: Reflex makes a chunk of each module with content
        in it."""

        @wraps(self.content)
        def render() -> rx.Component:
            return self.layout(self, site)

        return render


Declare = Callable[[Callable[[], rx.Component]], Page]


def public_page(path: str, title: rx.Var[str]) -> Declare:
    """Decorator: a page without the dashboard around it, which loads nothing and is open to everybody."""
    return lambda content: Page(path, title, content, lambda page, _site: page.content())
