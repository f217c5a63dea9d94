"""The smallest pieces: links, icons, buttons, cards and text blocks."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

Text = str | rx.Var[str]
Flag = bool | rx.Var[bool]
Variant = Literal["primary", "secondary", "ghost", "danger"]
Size = Literal["sm", "md"]

_BUTTON = (
    "inline-flex items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap select-none "
    "transition-colors duration-100 active:translate-y-px disabled:opacity-55 disabled:cursor-not-allowed "
    "aria-disabled:opacity-55"
)
_VARIANTS: dict[Variant, str] = {
    "primary": "bg-accent text-on-accent hover:bg-accent-hover",
    "secondary": "bg-surface border border-border text-text hover:bg-hover",
    "ghost": "text-text hover:bg-hover",
    "danger": "bg-danger-fill text-on-accent hover:brightness-95",
}
_SIZES: dict[Size, str] = {"sm": "h-8 px-2.5 text-sm", "md": "h-9 px-3.5 text-base max-sm:h-10"}


def cx(*classes: str) -> str:
    """Class names joined, empty ones left out."""
    return " ".join(name for name in classes if name)


def icon(name: str, size: int = 16, **props: Any) -> rx.Component:
    """A lucide icon by its snake-case name, `size` pixels wide, hidden from screen readers: words beside it or a label
    say what it is."""
    props.setdefault("stroke_width", 1.75)
    props["class_name"] = cx("shrink-0", props.get("class_name", ""))
    return rx.icon(tag=name, size=size, custom_attrs={"aria-hidden": "true"}, **props)


def link(*children: Any, to: Text, **props: Any) -> rx.Component:
    """A link inside the app (no page load). Looks like its surroundings; `text_link` looks like a link."""
    return ReactRouterLink.create(*children, to=to, **props)


def text_link(label: Text, to: Text, **props: Any) -> rx.Component:
    """An inline link in the accent colour."""
    return link(label, to=to, class_name="text-accent-ink font-medium hover:underline underline-offset-2", **props)


def spinner(size: int = 16) -> rx.Component:
    """A turning circle of `size` pixels for a pending action; the button's `aria-busy` says it in words."""
    return icon("loader_circle", size, class_name="spin")


def button(
    label: Text,
    *,
    icon_name: str = "",
    variant: Variant = "secondary",
    size: Size = "md",
    pending: Flag = False,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A button: `primary` once per view, `secondary` by default, `ghost` in bars, `danger` in a confirmation.

    `pending` shows a spinner in the icon's place and disables it; other props (on_click, type, disabled) pass through.
    """
    waits = rx.Var.create(pending)
    first = icon(icon_name) if icon_name else rx.fragment()
    props.setdefault("type", "button")
    disabled = rx.Var.create(props.pop("disabled", False))
    return rx.el.button(
        rx.cond(waits, spinner(), first) if pending is not False else first,
        rx.el.span(label),
        disabled=waits | disabled,
        aria_busy=waits,
        class_name=cx(_BUTTON, _VARIANTS[variant], _SIZES[size], class_name),
        **props,
    )


def link_button(
    label: Text, *, to: Text, icon_name: str = "", variant: Variant = "secondary", size: Size = "md", **props: Any
) -> rx.Component:
    """A link that looks like a button."""
    return link(
        icon(icon_name) if icon_name else rx.fragment(),
        rx.el.span(label),
        to=to,
        class_name=cx(_BUTTON, _VARIANTS[variant], _SIZES[size], props.pop("class_name", "")),
        **props,
    )


def icon_button(name: str, label: Text, *, size: Size = "md", class_name: Text = "", **props: Any) -> rx.Component:
    """A square button with an icon only; the label is read aloud and shown as a tooltip."""
    box = "size-8" if size == "sm" else "size-9 max-sm:size-10"
    props.setdefault("type", "button")
    return rx.el.button(
        icon(name, 16 if size == "sm" else 18),
        aria_label=label,
        title=label,
        class_name=[cx(_BUTTON, "text-muted hover:text-text hover:bg-hover", box), class_name],
        **props,
    )


def kbd(keys: Text) -> rx.Component:
    """A key as printed on a keyboard."""
    return rx.el.kbd(
        keys, class_name="rounded border border-border bg-sunken px-1.5 py-px text-xs text-muted font-sans leading-4"
    )


def card(*children: Any, class_name: str = "", **props: Any) -> rx.Component:
    """A surface with a border; no shadow, shadows are for what floats."""
    return rx.el.section(*children, class_name=cx("rounded-lg border border-border bg-surface", class_name), **props)


def card_header(
    title: Text, *actions: rx.Component, hint: Text | None = None, mark: rx.Component | None = None
) -> rx.Component:
    """A card's first line: a heading, perhaps a `mark` and a hint under it, actions at the right."""
    heading = rx.el.h2(title, class_name="text-base font-semibold")
    return rx.el.div(
        rx.el.div(
            rx.el.div(heading, mark, class_name="flex items-center gap-1") if mark else heading,
            rx.el.p(hint, class_name="text-sm text-muted") if hint is not None else rx.fragment(),
            class_name="min-w-0",
        ),
        rx.el.div(*actions, class_name="flex items-center gap-2") if actions else rx.fragment(),
        class_name="flex items-center justify-between gap-3 px-4 py-3 max-sm:px-3.5",
    )


def avatar(name: Text, size: int = 28) -> rx.Component:
    """The first letter of a name on a circle of `size` pixels."""
    initial = rx.Var.create(name).to(str)[:1].upper()  # of nobody yet: empty
    return rx.el.span(
        initial,
        aria_hidden="true",
        style={"width": f"{size}px", "height": f"{size}px", "fontSize": f"{size * 0.44}px"},
        class_name="inline-grid place-items-center rounded-full bg-accent-soft text-accent-ink font-semibold shrink-0",
    )


def visually_hidden(*children: Any, **props: Any) -> rx.Component:
    """Text for screen readers only."""
    return rx.el.span(*children, class_name="sr-only", **props)
