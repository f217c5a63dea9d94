"""Numbers and how they moved: a stat with its sparkline and the trend over days, drawn as inline SVG."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, icon, link
from sekretarka.ui.scripts import script
from sekretarka.ui.text import in_browser, t
from sekretarka.ui.text import percent as as_percent

_LIBRARY = script("components/charts.jsx")


class _Sparkline(rx.Component):
    library = _LIBRARY
    tag = "Sparkline"
    values: rx.Var[Any]
    label: rx.Var[str]


class _Trend(rx.Component):
    library = _LIBRARY
    tag = "Trend"
    series: rx.Var[Any]
    labels: rx.Var[Any]
    titles: rx.Var[Any]
    unit: rx.Var[str]
    label: rx.Var[str]


_STRETCHED = (
    "min-w-0 truncate text-muted after:absolute after:inset-0 after:content-[''] focus-visible:outline-none "
    "focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-ink"
)


def sparkline(values: Any, label: Text) -> rx.Component:
    """A small line of numbers without axes; `label` is read aloud in its place."""
    return _Sparkline.create(values=values, label=label)


def change(percent: Any, *, good: bool | None = True) -> rx.Component:
    """`▲ 12 %` against the period before, of a number in percent; nothing for None. `good` says whether more is better
    (True), worse (False) or neither (None)."""
    value = rx.Var.create(percent)
    up = "text-success" if good else "text-danger" if good is False else "text-muted"
    down = "text-danger" if good else "text-success" if good is False else "text-muted"

    def line(icon_name: str, tone: str, word: str) -> rx.Component:
        return rx.el.span(
            icon(icon_name, 13),
            rx.el.span(t(word), class_name="sr-only"),
            rx.el.span(as_percent(abs(value.to(float)))),
            class_name=f"inline-flex items-center gap-1 font-medium tnum {tone}",
        )

    moved = rx.cond(
        value.to(float) > 0,
        line("arrow_up_right", up, "stat.up"),
        rx.cond(
            value.to(float) < 0,
            line("arrow_down_right", down, "stat.down"),
            rx.el.span(t("stat.same"), class_name="text-muted"),
        ),
    )
    return rx.cond(value.is_none(), rx.el.span(t("stat.nothing_before"), class_name="text-muted"), moved)


def stat(
    label: Text,
    value: Text,
    *,
    percent: Any,
    values: Any,
    hint: Text,
    spark_label: Text,
    to: Text,
    about: rx.Component,
    good: bool | None = True,
) -> rx.Component:
    """One of the overview's numbers: label, value, change in percent against the period before, line of `values`. The
    whole of it leads `to` what it counts; `about` says what that is."""
    return rx.el.div(
        rx.el.div(link(label, to=to, class_name=_STRETCHED), about, class_name="flex items-center gap-1 text-sm"),
        rx.el.div(
            rx.el.p(value, class_name="text-2xl font-semibold tracking-tight tnum whitespace-nowrap"),
            sparkline(values, spark_label),
            class_name="flex items-end justify-between gap-3 max-sm:flex-col max-sm:items-stretch max-sm:gap-1.5",
        ),
        rx.el.p(
            change(percent, good=good),
            rx.cond(rx.Var.create(percent).is_none(), rx.fragment(), rx.el.span(hint, class_name="text-muted")),
            class_name="flex flex-wrap items-center gap-x-1.5 text-xs",
        ),
        class_name="relative flex min-w-0 flex-col gap-1 bg-surface p-4 pt-3 hover:bg-hover max-sm:p-3.5 max-sm:pt-2.5",
    )


def trend(lines: Mapping[str, tuple[Text, Any]], days: Any, *, unit: Text, label: Text) -> rx.Component:
    """Lines over days with axes, units and a readout under pointer or arrow keys. `lines` is key → (name, values),
    `days` the dates as `2026-11-22`, `unit` stands above the vertical axis."""
    series = [{"name": name, "values": values} for name, values in lines.values()]
    return _Trend.create(
        series=series,
        labels=in_browser("({0}).map((day) => formatDateTime(lang, day, 'day', 'UTC'))", "formatDateTime", days),
        titles=in_browser("({0}).map((day) => formatDateTime(lang, day, 'weekday', 'UTC'))", "formatDateTime", days),
        unit=unit,
        label=label,
    )
