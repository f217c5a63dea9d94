"""Choosing: a select for bars and filters, a switch, tabs and a segmented control."""

from collections.abc import Mapping, Sequence
from typing import Any

import reflex as rx
from reflex_components_internal.components.base.select import select as base_select
from reflex_components_internal.components.base.switch import switch as base_switch
from reflex_components_internal.components.base.tabs import tabs as base_tabs

from sekretarka.ui.components.basics import Flag, Text, cx, icon, link

_TRIGGER = (
    "inline-flex h-9 max-sm:h-10 items-center justify-between gap-2 rounded-md border border-border bg-surface px-3 "
    "text-base hover:bg-hover transition-colors data-[popup-open]:bg-hover"
)
_POPUP = (
    "popup z-50 max-h-80 min-w-(--anchor-width) overflow-y-auto rounded-lg bg-raised p-1 shadow-float outline-none "
    "scroll-fade"
)
_ITEM = (
    "grid grid-cols-[16px_1fr] items-center gap-2 rounded-md py-1.5 pl-2 pr-4 text-base outline-none select-none "
    "cursor-default data-[highlighted]:bg-hover"
)
SWITCH = (
    "inline-flex h-5 w-9 shrink-0 items-center rounded-full bg-field transition-colors duration-150 "
    "data-[checked]:bg-accent data-[disabled]:opacity-55 data-[disabled]:cursor-not-allowed"
)
THUMB = (
    "block size-4 rounded-full bg-white shadow-sm transition-[translate] duration-150 translate-x-0.5 "
    "data-[checked]:translate-x-[18px]"
)


def select(
    options: Mapping[str, Text],
    *,
    label: Text,
    value: Any,
    on_change: Any,
    class_name: str = "",
    disabled: Flag = False,
) -> rx.Component:
    """A select for filters and bars; `options` is value → label. In forms prefer `choice_field`."""
    items = [{"value": key, "label": text} for key, text in options.items()]
    rows = [
        base_select.item(
            base_select.item_indicator(icon("check", 14), class_name="col-start-1 text-accent-ink", unstyled=True),
            base_select.item_text(text, class_name="col-start-2", unstyled=True),
            value=key,
            class_name=_ITEM,
            unstyled=True,
        )
        for key, text in options.items()
    ]
    return base_select.root(
        base_select.trigger(
            base_select.value(class_name="truncate", unstyled=True),
            base_select.icon(icon("chevrons_up_down", 14), class_name="text-muted", unstyled=True),
            aria_label=label,
            class_name=cx(_TRIGGER, class_name),
            unstyled=True,
        ),
        base_select.portal(
            base_select.positioner(
                base_select.popup(*rows, class_name=_POPUP, unstyled=True),
                class_name="z-50 outline-none",
                unstyled=True,
            )
        ),
        items=items,
        value=value,
        on_value_change=on_change,
        disabled=disabled,
        modal=False,
    )


def switch(label: Text, *, checked: Flag, on_change: Any, disabled: Flag = False, name: str = "") -> rx.Component:
    """On or off at once, without a save button; the label is read aloud (show words beside it)."""
    return base_switch.root(
        base_switch.thumb(class_name=THUMB, unstyled=True),
        checked=checked,
        on_checked_change=on_change,
        disabled=disabled,
        aria_label=label,
        class_name=SWITCH,
        unstyled=True,
        **({"name": name} if name else {}),
    )


def tabs(
    items: Sequence[tuple[str, Text, rx.Component]], *, label: Text, value: Any = None, on_change: Any = None
) -> rx.Component:
    """Tabs inside a page or detail panel: (value, label, panel). With `value` and `on_change` the URL can hold it."""
    props = {"value": value, "on_value_change": on_change} if value is not None else {"default_value": items[0][0]}
    tab = (
        "relative px-1 py-2 text-base font-medium text-muted hover:text-text data-[active]:text-text transition-colors "
        "data-[active]:after:absolute data-[active]:after:inset-x-0 data-[active]:after:-bottom-px "
        "data-[active]:after:h-0.5 data-[active]:after:bg-accent data-[active]:after:rounded-full"
    )
    return base_tabs.root(
        base_tabs.list(
            *(base_tabs.tab(text, value=key, class_name=tab, unstyled=True) for key, text, _ in items),
            aria_label=label,
            class_name="flex gap-5 border-b border-border",
            unstyled=True,
        ),
        *(base_tabs.panel(panel, value=key, class_name="pt-4 outline-none", unstyled=True) for key, _, panel in items),
        class_name="flex flex-col",
        unstyled=True,
        **props,
    )


def segmented(options: Sequence[tuple[str, Text, Text]], *, label: Text, value: Any) -> rx.Component:
    """Two to four exclusive views whose choice is in the URL: (value, label, href)."""
    chosen = rx.Var.create(value)
    box = "inline-flex h-7 items-center rounded px-2.5 text-sm font-medium transition-colors"
    return rx.el.nav(
        *(
            link(
                text,
                to=href,
                aria_current=rx.cond(chosen == key, "true", "false"),
                class_name=rx.cond(
                    chosen == key,
                    f"{box} bg-surface dark:bg-border text-text shadow-sm",
                    f"{box} text-muted hover:text-text",
                ),
            )
            for key, text, href in options
        ),
        aria_label=label,
        class_name="inline-flex items-center gap-0.5 rounded-md bg-sunken p-0.5",
    )
