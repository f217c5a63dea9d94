"""Badges: a state as icon and word, never as colour alone."""

from typing import Any, Literal

import reflex as rx

from sekretarka.ui.components.basics import Text, cx, icon

Tone = Literal["neutral", "accent", "success", "warning", "danger", "info"]

_TONES: dict[Tone, str] = {
    "neutral": "bg-sunken text-muted",
    "accent": "bg-accent-soft text-accent-ink",
    "success": "bg-success-soft text-success",
    "warning": "bg-warning-soft text-warning",
    "danger": "bg-danger-soft text-danger",
    "info": "bg-info-soft text-info",
}
_BOX = "inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap"


def badge(label: Text, *, icon_name: str = "", tone: Tone = "neutral", live: bool = False) -> rx.Component:
    """A pill with an icon (or a pulsing dot when `live`) and a word."""
    mark = rx.el.span(class_name="live-dot", aria_hidden="true") if live else icon(icon_name or "circle", 12)
    return rx.el.span(mark, rx.el.span(label), class_name=cx(_BOX, _TONES[tone]))


def badge_for(code: rx.Var[str] | str, badges: dict[str, rx.Component]) -> rx.Component:
    """The badge of a code that only the browser knows, nothing for others; `badges` is code → badge."""
    return rx.match(code, *badges.items(), rx.fragment())


def counter(count: Any, said: Text | None = None, class_name: str = "") -> rx.Component:
    """How many of something wait, nothing for 0; `said` is what screen readers say in its place."""
    number = rx.Var.create(count).to(int)
    figure = rx.cond(number > 99, "99+", number.to_string())
    words = (rx.el.span(figure, aria_hidden="true"), rx.el.span(said, class_name="sr-only"))
    shown = rx.el.span(
        *(words if said is not None else (figure,)),
        class_name=cx(
            "grid h-4.5 min-w-4.5 shrink-0 place-items-center rounded-full bg-accent px-1 text-[11px] font-semibold "
            "leading-none text-on-accent tnum",
            class_name,
        ),
    )
    return rx.cond(number > 0, shown)


def dot(tone: Tone = "neutral", live: bool = False) -> rx.Component:
    """A coloured dot; always beside a word."""
    return rx.el.span(
        aria_hidden="true", class_name=cx("live-dot" if live else "size-2 rounded-full shrink-0 bg-current", _INK[tone])
    )


_INK: dict[Tone, str] = {
    "neutral": "text-muted",
    "accent": "text-accent-ink",
    "success": "text-success",
    "warning": "text-warning",
    "danger": "text-danger",
    "info": "text-info",
}
