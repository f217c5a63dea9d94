"""The card of an agent: on or off, its number, the health of its connection, its calls."""

from typing import Any

import reflex as rx

from sekretarka.domain.analytics.metrics import Metric
from sekretarka.ui.components.badge import badge, badge_for
from sekretarka.ui.components.basics import cx, icon, link
from sekretarka.ui.components.choice import switch
from sekretarka.ui.components.view_states import skeleton_bar
from sekretarka.ui.metrics import about_metric
from sekretarka.ui.pages.agents.state import PATH
from sekretarka.ui.state_vars import session
from sekretarka.ui.text import number, percent, relative_time, t

_CARD = (
    "group relative flex flex-col gap-4 rounded-lg border bg-surface p-4 transition-colors "
    "hover:border-field max-sm:p-3.5"
)
_STRETCHED = (
    "truncate text-base font-semibold after:absolute after:inset-0 after:content-[''] after:rounded-lg "
    "focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent-ink"
)


_NUMBER = "inline-flex max-w-full items-center gap-0.5 *:[button]:-my-1"


def health_badge(health: Any) -> rx.Component:
    """The badge of a `health_word`."""
    return badge_for(
        health,
        {
            "ok": badge(t("agents.health.ok"), icon_name="circle_check", tone="success"),
            "refused": badge(t("agents.health.refused"), icon_name="triangle_alert", tone="danger"),
            "unreadable": badge(t("agents.health.unreadable"), icon_name="file_warning", tone="danger"),
            "failed": badge(t("agents.health.failed"), icon_name="circle_x", tone="danger"),
            "none": badge(t("agents.health.none"), icon_name="circle_dashed", tone="neutral"),
        },
    )


def agent_card(row: Any, chosen: Any, on_toggle: Any, may: Any) -> rx.Component:
    """One agent of the list (an `AgentRow`); the whole card opens it, the switch stands above that."""
    return rx.el.article(
        rx.el.div(
            rx.el.span(
                icon("bot", 18),
                class_name=rx.cond(
                    row["active"],
                    "grid size-9 shrink-0 place-items-center rounded-full bg-accent-soft text-accent-ink",
                    "grid size-9 shrink-0 place-items-center rounded-full bg-sunken text-muted",
                ),
            ),
            rx.el.div(
                rx.el.h2(
                    link(row["name"], to=f"{PATH}?agent=" + row["id"], class_name=_STRETCHED), class_name="flex min-w-0"
                ),
                rx.el.p(
                    rx.cond(row["phone"] != "", row["phone"], t("agents.no_phone")),
                    class_name="truncate text-sm text-muted tnum",
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.el.div(
                rx.el.span(rx.cond(row["active"], t("agents.on"), t("agents.off")), class_name="text-sm text-muted"),
                switch(
                    t("agents.switch", name=row["name"]),
                    checked=row["active"],
                    on_change=lambda on: on_toggle(row["id"], on),
                    disabled=~may,
                ),
                class_name="relative z-[1] flex items-center gap-2",
            ),
            class_name="flex items-center gap-3",
        ),
        rx.cond(row["active"], rx.fragment(), _off_hint(row["phoneWhileOff"])),
        rx.el.div(
            health_badge(row["health"]),
            rx.cond(
                row["lastEventAt"] != "",
                rx.el.span(
                    t("agents.last_event", when=relative_time(row["lastEventAt"], session.timezone)),
                    class_name="truncate text-sm text-muted tnum",
                ),
            ),
            class_name="flex min-w-0 items-center gap-2",
        ),
        rx.el.dl(
            _fact(
                t("agents.last_call"),
                rx.cond(row["lastCallAt"] != "", relative_time(row["lastCallAt"], session.timezone), "–"),
            ),
            _number("agents.calls", number(row["calls"]), row["callsHref"], Metric.AGENT_CALLS),
            _number("agents.success", percent(row["success"]), row["successHref"], Metric.AGENT_RESOLVED),
            class_name="mt-auto grid grid-cols-[auto_auto_auto] items-end justify-between gap-2 border-t border-border "
            "pt-3",
        ),
        class_name=rx.cond(chosen, cx(_CARD, "border-accent"), cx(_CARD, "border-border")),
        key=row["id"],
    )


def _off_hint(number_instead: Any) -> rx.Component:
    hint = rx.cond(number_instead != "", t("agents.off_hint_phone", phone=number_instead), t("agents.off_hint"))
    return rx.el.p(hint, class_name="text-sm text-muted")


def _number(key: str, value: Any, to: Any, metric: Metric) -> rx.Component:
    """A number that leads to what it counts, above the link of the card."""
    label = rx.el.span(rx.el.span(t(key), class_name="text-balance"), about_metric(t(key), metric), class_name=_NUMBER)
    return _fact(label, link(value, to=to, class_name="relative z-[1] hover:text-accent-ink hover:underline"))


def _fact(label: Any, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-xs text-muted"),
        rx.el.dd(value, class_name="truncate text-base font-medium tnum"),
        class_name="min-w-0",
    )


def agent_card_skeleton() -> rx.Component:
    """A card before the agents are known."""
    return rx.el.div(
        rx.el.div(
            skeleton_bar("size-9 rounded-full"),
            rx.el.div(skeleton_bar("h-4 w-24"), skeleton_bar("h-3.5 w-32"), class_name="flex flex-1 flex-col gap-1.5"),
            skeleton_bar("h-5 w-9 rounded-full"),
            class_name="flex items-center gap-3",
        ),
        skeleton_bar("h-5 w-40 rounded-full"),
        rx.el.div(*[skeleton_bar("h-9 w-full")] * 3, class_name="grid grid-cols-3 gap-3"),
        class_name="flex flex-col gap-4 rounded-lg border border-border bg-surface p-4",
    )
