"""Godziny i dni wolne: the week, closed days, public holidays, and rules of booking."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import card, card_header, icon
from sekretarka.ui.components.choice import switch
from sekretarka.ui.components.days import days_field
from sekretarka.ui.components.field import text_field
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.components.view_states import empty, skeleton, skeleton_bar
from sekretarka.ui.components.week import week_field
from sekretarka.ui.layout import settings_page
from sekretarka.ui.page_views import page_views, state_form
from sekretarka.ui.pages.hours.state import RULES, HoursState
from sekretarka.ui.schedule_conflicts import conflicts_card
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.text import current_language, format_datetime, t

state = state_vars(HoursState)

PATH = "/dashboard/settings/hours"
INSIDE = "px-4 pb-4 max-sm:px-3.5"


@settings_page(
    PATH,
    t("settings.hours"),
    icon="clock",
    requires=Permission.ORGANIZATIONS_READ,
    on_load=(HoursState.load,),
)
def page() -> rx.Component:
    """The page of /dashboard/settings/hours."""
    return page_views(state, _forms(), skeleton=_skeleton(), failed=t("business.failed"))


def _forms() -> rx.Component:
    may = allowed(Permission.ORGANIZATIONS_WRITE)
    week = week_field(t("business.hours"), "businessHours", state.hours, errors=state.field_errors)
    closed = days_field(
        t("business.closed"), "closedDays", state.closed, earliest=state.today, errors=state.field_errors
    )
    return rx.fragment(
        rx.cond(may, rx.fragment(), read_only_notice(t("organization.read_only"))),
        conflicts_card(state.conflicts, session.timezone),
        card(
            card_header(t("business.hours"), hint=t("business.hours_hint")),
            _form("hours", rx.el.div(week, class_name=INSIDE), state.save_hours, ~may),
        ),
        card(
            card_header(t("business.closed"), hint=t("business.closed_hint")),
            _form("closed", rx.el.div(closed, class_name=INSIDE), state.save_closed, ~may),
        ),
        _holidays(may),
        card(
            card_header(t("business.rules"), hint=t("business.rules_hint")),
            _form("rules", _rules(), state.save_rules, ~may),
        ),
    )


def _form(name: str, fields: rx.Component, on_submit: Any, read_only: Any) -> rx.Component:
    return state_form(state, fields, name=f"hours.{name}", on_submit=on_submit, read_only=read_only)


def _holidays(may: Any) -> rx.Component:
    observed = switch(
        t("business.holidays"),
        checked=state.observes,
        on_change=state.observe_holidays,
        disabled=~may,
    )
    listing = rx.el.ul(
        rx.foreach(state.holidays, _holiday),
        aria_label=t("business.holidays"),
        class_name="grid grid-cols-2 gap-x-6 border-t border-border px-4 py-2 max-sm:grid-cols-1 max-sm:px-3.5",
    )
    unknown = empty(t("business.no_holidays"), icon_name="calendar_off", hint=t("business.no_holidays_hint"))
    return card(
        card_header(t("business.holidays"), observed, hint=t("business.holidays_hint")),
        rx.cond(state.holidays.length() > 0, listing, unknown),
    )


def _holiday(row: Any) -> rx.Component:
    closed = rx.el.span(icon("moon", 14), t("business.closed_then"), class_name="flex items-center gap-1.5 text-muted")
    opened = rx.el.span(icon("sun", 14), t("business.open_then"), class_name="flex items-center gap-1.5 text-success")
    return rx.el.li(
        rx.el.span(format_datetime(row["day"], "day", "UTC"), class_name="w-14 shrink-0 text-muted tnum"),
        rx.el.span(rx.cond(current_language() == "en", row["en"], row["pl"]), class_name="min-w-0 flex-1 break-words"),
        rx.el.span(rx.cond(state.observes, closed, opened), class_name="shrink-0 text-sm"),
        key=row["day"],
        class_name="flex min-h-9 items-center gap-2 py-1 text-base",
    )


def _rules() -> rx.Component:
    return rx.el.div(
        *(
            text_field(
                t(f"business.{name}"),
                name,
                default_value=state.rules[name].to_string(),
                input_mode="numeric",
                max_length=6,
                hint=t(f"business.{name}_hint"),
                errors=state.field_errors,
            )
            for name in RULES
        ),
        class_name="grid grid-cols-2 gap-x-4 gap-y-5 px-4 pb-5 pt-1 max-sm:grid-cols-1 max-sm:px-3.5",
    )


def _skeleton() -> rx.Component:
    return skeleton(
        *(
            rx.el.div(
                skeleton_bar("h-4 w-32"),
                skeleton_bar(f"{height} w-full"),
                class_name="flex flex-col gap-4 rounded-lg border p-4",
            )
            for height in ("h-96", "h-24", "h-40")
        ),
        class_name="flex flex-col gap-4",
    )
