"""Parts of a page that have an address of their own: tabs made of links, and the list of settings pages."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, cx, icon, link
from sekretarka.ui.text import t

SETTINGS = (
    ("/dashboard/settings/profile", "user_round", "settings.profile"),
    ("/dashboard/settings/organization", "building_2", "settings.organization"),
)
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
    """Tabs whose choice is in the address: (value, label, href)."""
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


def settings_page(*content: Any, active: str) -> rx.Component:
    """A page of the settings: the others at its left, above it on phones."""
    places = [
        link(
            icon(icon_name, 16),
            t(key),
            to=path,
            custom_attrs={"aria-current": "page"} if path == active else {},
            class_name=cx(_PLACE, "bg-hover text-text" if path == active else "text-muted hover:bg-hover"),
        )
        for path, icon_name, key in SETTINGS
    ]
    return rx.el.div(
        rx.el.nav(
            *places,
            aria_label=t("settings.sections"),
            class_name="sticky top-[76px] flex w-48 shrink-0 flex-col gap-0.5 max-lg:static max-lg:w-full "
            "max-lg:flex-row max-lg:overflow-x-auto",
        ),
        rx.el.div(*content, class_name="flex min-w-0 max-w-[760px] flex-1 flex-col gap-4"),
        class_name="flex items-start gap-8 max-lg:flex-col max-lg:items-stretch max-lg:gap-4",
    )
