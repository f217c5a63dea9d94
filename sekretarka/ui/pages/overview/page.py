"""Przegląd: the numbers of the week, who is on the line, what needs an answer, and how the days went."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.ui.components.basics import card, card_header, cx, icon, link, link_button
from sekretarka.ui.components.charts import stat, trend
from sekretarka.ui.components.choice import segmented
from sekretarka.ui.components.hint import about
from sekretarka.ui.components.lines import call_button, finish_button
from sekretarka.ui.components.stable_list import GONE, is_gone, stable_list
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.layout import dashboard_page
from sekretarka.ui.metrics import about_metric, href_of, rest_of_list
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.overview.agenda import agenda, to_confirm
from sekretarka.ui.pages.overview.appointments import OverviewAppointmentsState
from sekretarka.ui.pages.overview.state import RANGES, OverviewState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.tasks import task_line, title_of
from sekretarka.ui.text import current_day, duration, elapsed, number, relative_time, t

state = state_vars(OverviewState)

GRID = "grid grid-cols-3 gap-4 max-lg:grid-cols-1"
STATS = "grid grid-cols-4 max-lg:grid-cols-2 gap-px rounded-lg border border-border bg-border overflow-hidden"


@dashboard_page(
    "/dashboard",
    t("nav.overview"),
    icon="layout_dashboard",
    keys="g p",
    requires=Permission.CONVERSATIONS_READ,
    on_load=(OverviewState.load, OverviewAppointmentsState.load),
)
def page() -> rx.Component:
    """The page of /dashboard."""
    return rx.el.div(
        _greeting(),
        page_views(
            state,
            _content(),
            skeleton=_skeleton(),
            failed=t("overview.failed"),
        ),
        class_name="flex flex-col gap-4",
    )


def _greeting() -> rx.Component:
    first_name = session.name.split(" ")[0]
    return rx.el.div(
        rx.cond(
            session.name != "",
            rx.el.p(t("overview.greeting", name=first_name), class_name="text-lg font-semibold"),
            skeleton_bar("h-5 w-40 my-0.5"),
        ),
        rx.el.p(current_day(session.timezone), class_name="text-base text-muted first-letter:uppercase min-h-5"),
    )


def _content() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.div(_live_calls(), class_name="max-lg:order-first"),
            rx.el.div(_actions(), class_name="col-span-2 max-lg:col-span-1"),
            class_name=GRID,
        ),
        rx.el.div(
            rx.el.div(agenda(), class_name="col-span-2 max-lg:col-span-1"),
            to_confirm(),
            class_name=GRID,
        ),
        _numbers(),
        _trend(),
    )


def _numbers() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("overview.figures"), class_name="sr-only"),
        _number("count.answered", Metric.ANSWERED, number(state.answered["value"]), state.answered, good=True),
        _number("count.booked", Metric.BOOKED, number(state.booked["value"]), state.booked, good=True),
        _number("count.missed", Metric.MISSED, number(state.missed["value"]), state.missed, good=False),
        _number("overview.average", Metric.AVERAGE, duration(state.average["value"]), state.average, good=None),
        class_name=STATS,
    )


def _number(key: str, metric: Metric, value: rx.Var[str], figure: Any, *, good: bool | None) -> rx.Component:
    label = t(key)
    return stat(
        label,
        value,
        percent=figure["change"],
        values=figure["trend"],
        hint=t("overview.before"),
        spark_label=t("overview.spark", name=label),
        to=figure["href"],
        about=about_metric(label, metric),
        good=good,
    )


def _live_calls() -> rx.Component:
    listed = stable_list(state.live, "live_calls", after=state.live_total > state.live.length())
    calls: Any = listed.rows
    return card(
        listed.bar(on_edge=True),
        card_header(
            t("count.live"),
            rest_of_list(state.live.length(), state.live_total, href_of(Metric.LIVE)),
            mark=about_metric(t("count.live"), Metric.LIVE),
        ),
        rx.cond(
            calls.length() > 0,
            rx.el.ul(rx.foreach(calls, _live_call), class_name="flex flex-col"),
            empty(t("overview.live_none"), icon_name="phone", hint=t("overview.live_hint")),
        ),
        _silent_calls(),
        id="live_calls",
        class_name="relative h-full lg:min-h-64",
    )


def _silent_calls() -> rx.Component:
    """Calls whose end never came, apart from those that go on."""
    listed = stable_list(state.silent, "silent_calls", after=state.silent_total > state.silent.length())
    rows: Any = listed.rows
    title = t("overview.silent_calls")
    heading = rx.el.div(
        rx.el.div(
            rx.el.h3(title, class_name="text-sm font-medium text-muted"),
            about_metric(title, Metric.SILENT),
            class_name="flex items-center gap-1",
        ),
        rx.el.div(
            rest_of_list(state.silent.length(), state.silent_total, href_of(Metric.SILENT)),
            class_name="flex items-center gap-2",
        ),
        class_name="flex items-center justify-between gap-3 border-t border-border px-4 pt-1.5 max-sm:px-3.5",
    )
    calls = rx.el.ul(rx.foreach(rows, _silent_call), aria_label=title, id="silent_calls", class_name="pb-1.5")
    return rx.cond(rows.length() > 0, rx.fragment(heading, calls))


def _silent_call(call: Any) -> rx.Component:
    return rx.el.li(
        link(
            icon("unplug", 14, class_name="text-warning"),
            rx.el.span(_name(call["who"]), class_name="min-w-0 flex-1 truncate tnum"),
            rx.el.span(
                t("call.silent_since", when=relative_time(call["heard"], session.timezone)),
                class_name="text-sm text-muted tnum whitespace-nowrap first-letter:lowercase",
            ),
            to="/dashboard/conversations?id=" + call["id"],
            class_name="flex items-center gap-2.5 px-4 py-1.5 hover:bg-hover max-sm:px-3.5",
        ),
        key=call["id"],
        class_name=rx.cond(is_gone(call), GONE, ""),
    )


def _live_call(call: Any) -> rx.Component:
    speaker = rx.cond(call["speaker"] == "caller", t("overview.caller_says"), t("overview.agent_says"))
    return rx.el.li(
        link(
            rx.el.div(
                rx.el.span(
                    class_name=rx.cond(is_gone(call), "live-dot invisible", "live-dot text-accent-ink"),
                    aria_hidden="true",
                ),
                rx.el.span(_name(call["who"]), class_name="min-w-0 flex-1 truncate font-medium tnum"),
                rx.cond(
                    is_gone(call),
                    rx.el.span(t("overview.live_over"), class_name="text-sm"),
                    elapsed(call["since"], class_name="text-sm text-accent-ink tnum font-medium"),
                ),
                class_name="flex items-center gap-2.5",
            ),
            rx.el.p(
                rx.cond(
                    call["line"] != "",
                    rx.fragment(rx.el.span(speaker, class_name="font-semibold"), " ", call["line"]),
                    t("overview.silent"),
                ),
                class_name="mt-1 line-clamp-2 min-h-10 pl-[18px] text-sm text-muted",
            ),
            to="/dashboard/conversations?id=" + call["id"],
            class_name="block px-4 py-2.5 hover:bg-hover",
        ),
        key=call["id"],
        class_name=rx.cond(is_gone(call), f"border-t border-border {GONE}", "border-t border-border"),
    )


def _name(who: Any) -> rx.Component:
    return rx.cond(who != "", who, t("overview.unknown_caller"))


def _actions() -> rx.Component:
    listed = stable_list(state.actions, "needs_action", after=state.actions_total > state.actions.length())
    rows: Any = listed.rows
    more = rest_of_list(state.actions.length(), state.actions_total, href_of(Metric.TO_DO))
    return card(
        listed.bar(on_edge=True),
        card_header(t("count.to_do"), more, mark=about_metric(t("count.to_do"), Metric.TO_DO)),
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, _action), class_name="flex flex-col"),
            empty(t("overview.actions_none"), icon_name="circle_check", hint=t("overview.actions_hint")),
        ),
        id="needs_action",
        class_name="relative h-full lg:min-h-64",
    )


def _action(row: Any) -> rx.Component:
    name = title_of(row)
    done = finish_button(row, t("overview.done_name", name=name), state.mark_done(row["id"]))
    call = call_button(row, t("overview.call_back_to", name=name), t("overview.call_back"))
    return task_line(
        row, row["href"], rx.cond(row["phone"] != "", call), rx.cond(allowed(Permission.TASKS_WRITE), done)
    )


def _trend() -> rx.Component:
    ranges = [(str(days), t(f"overview.range_{days}"), f"/dashboard?days={days}") for days in RANGES]
    lines = {
        "calls": (t("overview.trend_calls"), state.calls_a_day),
        "missed": (t("overview.trend_missed"), state.missed_a_day),
    }
    return card(
        card_header(
            t("overview.trend"),
            segmented(ranges, label=t("overview.range"), value=state.days.to_string()),
            mark=about(t("overview.trend"), t("overview.trend_about")),
        ),
        rx.el.div(
            rx.cond(
                state.no_calls,
                empty(t("overview.trend_none"), icon_name="chart_line", action=_connect()),
                trend(
                    lines,
                    state.dates,
                    unit=t("overview.trend_unit"),
                    label=t("overview.trend_label", n=state.days),
                ),
            ),
            class_name="px-4 pb-4",
        ),
    )


def _connect() -> rx.Component:
    way = link_button(t("overview.connect"), to="/dashboard/agents", icon_name="bot", variant="primary")
    return rx.cond(allowed(Permission.AGENTS_WRITE), way)


def _skeleton() -> rx.Component:
    box = "rounded-lg border border-border bg-surface"
    line = rx.el.div(skeleton_bar("h-4 w-full"), class_name="border-t border-border px-4 py-4")
    figure = rx.el.div(
        skeleton_bar("h-3.5 w-28"),
        skeleton_bar("h-7 w-20"),
        skeleton_bar("h-3 w-36"),
        class_name="flex flex-col gap-2 bg-surface p-4",
    )
    return skeleton(
        rx.el.div(
            rx.el.div(
                rx.el.div(skeleton_bar("h-4 w-28"), class_name="p-4"), line, line, class_name=cx(box, "lg:min-h-64")
            ),
            rx.el.div(
                rx.el.div(skeleton_bar("h-4 w-36"), class_name="p-4"),
                *[line] * 4,
                class_name=cx(box, "col-span-2 lg:min-h-64 max-lg:col-span-1"),
            ),
            class_name=GRID,
        ),
        rx.el.div(
            rx.el.div(skeleton_bar("h-4 w-32"), class_name=cx(box, "col-span-2 h-64 p-4 max-lg:col-span-1")),
            rx.el.div(skeleton_bar("h-4 w-32"), class_name=cx(box, "h-64 p-4")),
            class_name=GRID,
        ),
        rx.el.div(*[figure] * 4, class_name=STATS),
        rx.el.div(skeleton_bar("h-4 w-36"), skeleton_bar("h-44 w-full"), class_name=cx(box, "flex flex-col gap-4 p-4")),
        class_name="flex flex-col gap-4",
    )
