"""A staff member's hours: the business's or their own, painted, and what is free under them."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, cx, icon_button
from sekretarka.ui.components.field import native_select
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.components.week import week_field
from sekretarka.ui.page_views import state_form
from sekretarka.ui.pages.services.schedule import MAX_WEEKS, ScheduleState
from sekretarka.ui.schedule_conflicts import conflicts_card
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, t

state = state_vars(ScheduleState)

BOX = "flex cursor-pointer items-start gap-3 rounded-md border border-border px-3 py-2 hover:bg-hover"


def hours(may: Any) -> rx.Component:
    """Godziny: the form, and beside it on wide screens what is free under it."""
    form = state_form(
        state,
        rx.el.div(
            rx.el.div(
                _kind("", t("staff.business_hours"), t("staff.business_hours_hint"), ~state.own),
                _kind("on", t("staff.own_hours"), t("staff.own_hours_hint"), state.own),
                role="radiogroup",
                aria_label=t("staff.section.hours"),
                class_name="grid grid-cols-2 gap-2 max-sm:grid-cols-1",
            ),
            rx.cond(
                state.own,
                week_field(
                    t("staff.section.hours"),
                    "weeklyHours",
                    state.hours,
                    behind=state.business,
                    errors=state.field_errors,
                    on_paint=state.preview_hours,
                ),
            ),
            class_name="flex flex-col gap-4 p-4 max-sm:px-3.5",
        ),
        name="staff.hours",
        on_submit=state.save_hours,
        on_discard=state.discard_hours,
        read_only=~may,
    )
    return rx.el.div(
        rx.cond(may, rx.fragment(), rx.el.div(read_only_notice(t("staff.read_only")), class_name="px-4 pt-4")),
        rx.cond(
            state.conflicts.length() > 0,
            rx.el.div(conflicts_card(state.conflicts, session.timezone), class_name="px-4 pt-4 max-sm:px-3.5"),
        ),
        rx.el.div(
            rx.el.div(form, class_name="min-w-0 flex-1"),
            _free(),
            class_name="flex flex-col xl:flex-row xl:items-start",
        ),
    )


def _kind(value: str, label: Text, hint: Text, checked: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="own",
            value=value,
            default_checked=checked,
            on_change=state.use_own_hours(value == "on"),
            class_name="mt-1 accent-accent",
        ),
        rx.el.span(
            rx.el.span(label, class_name="block text-base font-medium"),
            rx.el.span(hint, class_name="block text-sm text-muted"),
        ),
        class_name=cx(BOX, "has-checked:border-accent has-checked:bg-accent-soft"),
    )


def _free() -> rx.Component:
    """What can be booked with them, for a service and a week, under the hours as they are painted now."""
    week = rx.el.div(
        icon_button(
            "chevron_left", t("free.earlier"), size="sm", on_click=state.change_week(-1), disabled=state.weeks == 0
        ),
        rx.el.p(
            format_datetime(state.first_day, "day", "UTC"),
            " – ",
            format_datetime(state.last_day, "day", "UTC"),
            class_name="min-w-28 text-center text-base font-medium tnum",
            aria_live="polite",
        ),
        icon_button(
            "chevron_right",
            t("free.later"),
            size="sm",
            on_click=state.change_week(1),
            disabled=state.weeks == MAX_WEEKS,
        ),
        class_name="flex items-center gap-1",
    )
    service = native_select(
        rx.foreach(state.services, lambda row: rx.el.option(row["name"], value=row["id"])),
        name="free-service",
        value=state.service,
        on_change=lambda chosen: state.choose_service(chosen.to(str)),
        aria_label=t("free.service"),
    )
    return rx.el.section(
        rx.el.h3(t("free.title"), class_name="text-base font-semibold"),
        rx.el.p(t("free.hint"), class_name="text-sm text-muted"),
        rx.cond(
            state.services.length() == 0,
            empty(t("free.no_service"), icon_name="concierge_bell"),
            rx.fragment(
                rx.el.div(service, week, class_name="flex flex-col gap-2 pt-3"),
                rx.el.ul(rx.foreach(state.free, _day), aria_label=t("free.title"), class_name="pt-2"),
                rx.el.p(t("free.times", n=state.times), class_name="pt-2 text-sm text-muted", role="status"),
            ),
        ),
        aria_label=t("free.title"),
        class_name="flex flex-col border-border p-4 max-xl:border-t xl:w-[280px] xl:shrink-0 xl:self-stretch "
        "xl:border-l max-sm:px-3.5",
    )


def _day(row: Any) -> rx.Component:
    stretches = row["stretches"].to(list[str])
    chip = "rounded bg-success-soft px-1.5 py-0.5 text-sm font-medium text-success tnum whitespace-nowrap"
    return rx.el.li(
        rx.el.p(
            format_datetime(row["day"], "short_weekday", "UTC"),
            class_name="w-20 shrink-0 pt-0.5 text-sm whitespace-nowrap text-muted",
        ),
        rx.cond(
            stretches.length() > 0,
            rx.el.ul(
                rx.foreach(stretches, lambda text: rx.el.li(text, class_name=chip)), class_name="flex flex-wrap gap-1.5"
            ),
            rx.el.p(t("free.nothing"), class_name="pt-0.5 text-sm text-muted"),
        ),
        key=row["day"],
        class_name="flex gap-2 border-b border-border py-1.5 last:border-0",
    )
