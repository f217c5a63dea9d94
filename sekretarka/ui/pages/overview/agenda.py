"""The appointments of today, and those to be confirmed."""

from typing import Any

import reflex as rx

from sekretarka.domain.analytics.metrics import Metric
from sekretarka.ui.appointments import appointment_badge
from sekretarka.ui.components.basics import card, card_header, link
from sekretarka.ui.components.lines import call_button, finish_button, line
from sekretarka.ui.components.stable_list import stable_list
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.metrics import about_metric, href_of, rest_of_list
from sekretarka.ui.page_views import page_views
from sekretarka.ui.pages.overview.appointments import OverviewAppointmentsState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, relative_time, t

state = state_vars(OverviewAppointmentsState)

_TITLES = {Metric.AGENDA: "count.agenda", Metric.TO_CONFIRM: "overview.to_confirm"}


def agenda() -> rx.Component:
    """Today's appointments by time."""
    return _card(
        Metric.AGENDA,
        state.today,
        state.today_total,
        state.today_href,
        _appointment,
        empty(t("overview.agenda_none"), icon_name="calendar_days", hint=t("overview.agenda_hint")),
    )


def to_confirm() -> rx.Component:
    """The next appointments that nobody has confirmed."""
    return _card(
        Metric.TO_CONFIRM,
        state.waiting,
        state.waiting_total,
        href_of(Metric.TO_CONFIRM),
        _waiting,
        empty(t("overview.to_confirm_none"), icon_name="calendar_check", hint=t("overview.to_confirm_hint")),
    )


def _card(metric: Metric, rows: Any, total: Any, href: Any, draw: Any, nothing: rx.Component) -> rx.Component:
    title = t(_TITLES[metric])
    listed = stable_list(rows, str(metric), after=total > rows.length())
    return card(
        listed.bar(on_edge=True),
        card_header(title, rest_of_list(rows.length(), total, href), mark=about_metric(title, metric)),
        page_views(
            state,
            rx.el.ul(rx.foreach(listed.rows, draw), aria_label=title, class_name="flex flex-col"),
            skeleton=_skeleton(),
            failed=t("overview.appointments_failed"),
            is_empty=listed.rows.length() == 0,
            empty=nothing,
            framed=False,
        ),
        id=str(metric),
        class_name="relative h-full lg:min-h-64",
    )


def _appointment(row: Any) -> rx.Component:
    return line(
        row,
        rx.el.span(format_datetime(row["at"], "time", session.timezone), class_name="w-12 shrink-0 font-medium tnum"),
        _who(row, row["person"]),
        appointment_badge(row["state"]),
    )


def _waiting(row: Any) -> rx.Component:
    call = t("overview.call_to", name=row["who"])
    yes = finish_button(row, t("overview.confirm_name", name=row["who"]), state.confirm(row["id"]))
    return line(
        row,
        _who(row, relative_time(row["at"], session.timezone)),
        call_button(row, call, call),
        rx.cond(row["writable"], yes),
    )


def _who(row: Any, detail: Any) -> rx.Component:
    return link(
        rx.el.span(row["who"], class_name="block truncate font-medium"),
        rx.el.span(
            detail,
            rx.cond(detail != "", " · ", ""),
            row["service"],
            class_name="block truncate text-sm text-muted tnum",
        ),
        to=row["href"],
        class_name="min-w-0 flex-1 hover:text-accent-ink",
    )


def _skeleton() -> rx.Component:
    bar = rx.el.div(skeleton_bar("h-4 w-full"), class_name="border-t border-border px-4 py-4")
    return skeleton(*[bar] * 4)
