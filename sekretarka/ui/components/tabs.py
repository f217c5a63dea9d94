"""Parts of a page that have a URL of their own: tabs made of links, and the list of settings pages."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, cx, icon, link
from sekretarka.ui.components.layout import NavGroup, NavItem
from sekretarka.ui.text import t

# On a phone the chosen tab may stand beyond the edge.
_SHOW_CHOSEN = (
    "document.querySelector('[data-tabs] [aria-current=page]')?.scrollIntoView({block: 'nearest', inline: 'center'})"
)
_TAB = (
    "relative whitespace-nowrap py-2.5 text-base font-medium transition-colors after:absolute after:inset-x-0 "
    "after:-bottom-px after:h-0.5 after:rounded-full"
)
_PLACE = "flex h-9 items-center gap-2.5 whitespace-nowrap rounded-md px-2.5 text-base font-medium transition-colors"


def link_tabs(items: Sequence[tuple[str, Text, Text]], *, label: Text, value: Any) -> rx.Component:
    """Tabs whose choice is in the URL: (value, label, href)."""
    chosen = rx.Var.create(value)
    return rx.el.nav(
        *(
            link(
                text,
                to=href,
                aria_current=rx.cond(chosen == key, "page", "false"),
                class_name=rx.cond(
                    chosen == key, f"{_TAB} text-text after:bg-accent", f"{_TAB} text-muted hover:text-text"
                ),
            )
            for key, text, href in items
        ),
        aria_label=label,
        on_mount=rx.call_script(_SHOW_CHOSEN),
        custom_attrs={"data-tabs": ""},
        class_name="scroll-fade flex gap-6 overflow-x-auto overflow-y-hidden border-b border-border px-4 max-sm:px-3.5",
    )


def settings_sections(
    *content: Any, groups: Sequence[NavGroup], active: str, permissions: Any, wide: bool = False
) -> rx.Component:
    """A page of the settings: the others at its left, above it on phones; only those that `permissions` (a var of
    names) allow. Forms are narrow, so that the eye finds the next line; a page with a table is `wide`."""
    return rx.el.div(
        rx.el.nav(
            *(_places(group, active, permissions) for group in groups),
            aria_label=t("settings.sections"),
            custom_attrs={"data-tabs": ""},
            class_name="sticky top-[76px] flex w-48 shrink-0 flex-col gap-5 max-lg:static max-lg:w-auto "
            "max-lg:flex-row max-lg:gap-0.5 max-lg:overflow-x-auto scroll-fade max-sm:-mx-3.5 max-sm:px-3.5",
        ),
        rx.el.div(*content, class_name=cx("flex min-w-0 flex-1 flex-col gap-4", "" if wide else "max-w-[760px]")),
        class_name="flex items-start gap-8 max-lg:flex-col max-lg:items-stretch max-lg:gap-4",
    )


def _places(group: NavGroup, active: str, permissions: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(group.label, class_name="px-2.5 pb-1 text-xs font-medium text-muted max-lg:hidden", aria_hidden="true"),
        rx.el.ul(
            *(_place(entry, active, permissions) for entry in group.items),
            aria_label=group.label,
            class_name="flex flex-col gap-0.5 max-lg:flex-row",
        ),
    )


def _place(entry: NavItem, active: str, permissions: Any) -> rx.Component:
    is_active = entry.path == active
    line = rx.el.li(
        link(
            icon(entry.icon, 16),
            entry.label,
            to=entry.path,
            custom_attrs={"aria-current": "page"} if is_active else {},
            class_name=cx(_PLACE, "bg-hover text-text" if is_active else "text-muted hover:bg-hover"),
        ),
        # Here and not around all: it may be drawn only once the user's permissions are known.
        **({"on_mount": rx.call_script(_SHOW_CHOSEN)} if is_active else {}),
    )
    return line if entry.requires is None else rx.cond(permissions.contains(str(entry.requires)), line)
