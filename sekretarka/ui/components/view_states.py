"""The four views of a list or page: loading, empty, error, full."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Flag, Text, button, cx, icon
from sekretarka.ui.text import t


def view_states(
    *,
    loading: Flag,
    failed: Flag,
    is_empty: Flag,
    skeleton: rx.Component,
    empty: rx.Component,
    error: rx.Component,
    full: rx.Component,
) -> rx.Component:
    """Shows exactly one of four: the skeleton while loading, else the error, else the empty view, else the content."""
    return rx.cond(loading, skeleton, rx.cond(failed, error, rx.cond(is_empty, empty, full)))


def empty(
    message: Text, *, icon_name: str = "inbox", action: rx.Component | None = None, hint: Text | None = None
) -> rx.Component:
    """What is shown when there is nothing yet: one sentence and the action that fills it."""
    return rx.el.div(
        rx.el.div(
            icon(icon_name, 20, class_name="text-muted"),
            class_name="grid size-10 place-items-center rounded-full bg-sunken",
        ),
        rx.el.p(message, class_name="text-base font-medium text-balance"),
        rx.el.p(hint, class_name="max-w-[44ch] text-sm text-muted text-balance") if hint is not None else rx.fragment(),
        rx.el.div(action, class_name="pt-1") if action else rx.fragment(),
        class_name="flex flex-col items-center justify-center gap-2 px-6 py-10 text-center max-sm:py-7",
    )


def error(message: Text, *, on_retry: Any = None) -> rx.Component:
    """A sentence about a failure and, with `on_retry`, a button to try again."""
    return rx.el.div(
        rx.el.div(
            icon("triangle_alert", 20, class_name="text-danger"),
            class_name="grid size-10 place-items-center rounded-full bg-danger-soft",
        ),
        rx.el.p(message, class_name="text-base font-medium text-balance"),
        button(t("common.retry"), icon_name="refresh_cw", size="sm", on_click=on_retry)
        if on_retry is not None
        else rx.fragment(),
        role="alert",
        class_name="flex flex-col items-center justify-center gap-3 px-6 py-12 text-center",
    )


def skeleton_bar(class_name: str) -> rx.Component:
    """One grey bar of a skeleton; the class gives its size: `skeleton_bar("h-4 w-24")`."""
    return rx.el.div(class_name=cx("skeleton", class_name))


def skeleton(*bones: rx.Component, class_name: str = "") -> rx.Component:
    """A group of skeleton bars, announced once as loading."""
    return rx.el.div(
        rx.el.span(t("common.loading"), class_name="sr-only"), *bones, role="status", class_name=class_name
    )


def table_skeleton(rows: int = 8) -> rx.Component:
    """The shape of a table: rows of the table's height with bars of uneven length."""
    widths = ("w-40", "w-28", "w-52", "w-36")
    line = [
        rx.el.div(
            skeleton_bar(f"h-3.5 {widths[index % 4]}"),
            skeleton_bar("h-3.5 w-14 max-sm:hidden"),
            skeleton_bar("h-3.5 flex-1 max-w-80"),
            skeleton_bar("h-5 w-20 rounded-full ml-auto"),
            class_name="flex h-12 items-center gap-6 border-b border-border px-4 last:border-0",
        )
        for index in range(rows)
    ]
    return skeleton(*line)


def form_skeleton(class_name: str, fields: int = 4) -> rx.Component:
    """The shape of a form: labels over fields, in the grid of `class_name`."""
    field = rx.el.div(skeleton_bar("h-4 w-24"), skeleton_bar("h-9 w-full"), class_name="flex flex-col gap-1.5")
    return skeleton(*[field] * fields, class_name=class_name)


def card_skeleton(height: str = "h-40") -> rx.Component:
    """The shape of a card with unknown content."""
    return skeleton(skeleton_bar("h-4 w-32"), skeleton_bar(f"{height} w-full"), class_name="flex flex-col gap-4 p-4")


def crashed() -> rx.Component:
    """What is shown in place of a page that failed in the browser, with a link to load it again."""
    return rx.el.main(
        error(t("common.crashed")),
        rx.el.a(
            t("common.reload"),
            href="",
            class_name="mx-auto rounded-md bg-accent px-3.5 py-2 text-base font-medium text-on-accent",
        ),
        class_name="flex min-h-screen flex-col items-center justify-center",
    )
