"""The position in a list that is longer than a page."""

import reflex as rx

from sekretarka.ui.components.basics import Flag, Text, cx, icon, link
from sekretarka.ui.text import Value, t

_STEP = "inline-flex h-8 items-center gap-1 rounded-md border border-border px-2.5 text-sm font-medium"


def _step(label: Text, icon_name: str, to: Text, allowed: Flag, *, after: bool) -> rx.Component:
    text = rx.el.span(label, class_name="max-sm:sr-only")
    inside = (text, icon(icon_name)) if after else (icon(icon_name), text)
    return rx.cond(
        allowed,
        link(*inside, to=to, class_name=cx(_STEP, "bg-surface hover:bg-hover")),
        rx.el.span(*inside, aria_disabled="true", class_name=cx(_STEP, "text-muted opacity-60")),
    )


def pager(
    *, first: Value, last: Value, total: Value, previous_href: Text, next_href: Text, has_previous: Flag, has_next: Flag
) -> rx.Component:
    """`1–25 z 247` and two links to the pages before and after, whose number is in the URL."""
    return rx.el.nav(
        rx.el.p(t("pager.range", first=first, last=last, total=total), class_name="text-sm text-muted tnum"),
        rx.el.div(
            _step(t("pager.previous"), "chevron_left", previous_href, has_previous, after=False),
            _step(t("pager.next"), "chevron_right", next_href, has_next, after=True),
            class_name="flex gap-2",
        ),
        aria_label=t("pager.label"),
        class_name="flex items-center justify-between gap-3 border-t border-border px-4 py-2.5 max-sm:px-3.5",
    )
