"""A staff member's time off: what is to come with the appointments it affects, and adding some."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import icon, icon_button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.editors import switch_field
from sekretarka.ui.components.field import CONTROL, error_message, field_error, text_field
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.page_views import new_form
from sekretarka.ui.pages.services.schedule import ScheduleState
from sekretarka.ui.schedule_conflicts import conflict_list
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, t

state = state_vars(ScheduleState)

SIDES = ("startsAt", "endsAt")


def time_off(may: Any) -> rx.Component:
    """Nieobecności: the list, and the form that adds some."""
    none = empty(t("staff.never_away"), icon_name="tree_palm", hint=t("staff.never_away_hint"))
    listing = rx.el.ul(rx.foreach(state.time_off, lambda row: _one(row, may)), aria_label=t("staff.section.away"))
    return rx.el.div(rx.cond(state.time_off.length() > 0, listing, none), rx.cond(may, _adding()))


def _one(row: Any, may: Any) -> rx.Component:
    first, last = (format_datetime(row[side], "day", "UTC") for side in ("first", "last"))
    days = rx.cond(row["first"] == row["last"], rx.el.span(first), rx.el.span(first, " – ", last))
    times = rx.el.span(_moment(row["first"]), " – ", _moment(row["last"]))
    affected = row["appointments"].to(list[dict[str, str]])
    return rx.el.li(
        rx.el.div(
            icon("tree_palm", 18, class_name="text-muted"),
            rx.el.div(
                rx.el.p(rx.cond(row["whole"], days, times), class_name="font-medium tnum"),
                rx.cond(row["reason"] == "", rx.fragment(), rx.el.p(row["reason"], class_name="text-sm text-muted")),
                class_name="min-w-0 flex-1",
            ),
            rx.cond(may, _remove(row)),
            class_name="flex items-center gap-3",
        ),
        rx.cond(
            affected.length() > 0,
            rx.el.div(
                rx.el.p(
                    icon("triangle_alert", 16, class_name="text-warning"),
                    rx.el.span(t("staff.away_hits", n=affected.length())),
                    class_name="flex items-center gap-2 px-2 text-sm font-medium",
                ),
                conflict_list(affected, session.timezone, label=t("conflicts.list"), with_reason=False),
                class_name="ml-7 mt-2 rounded-md border border-warning/40 bg-warning-soft px-1 pb-1 pt-2 max-sm:ml-0",
            ),
        ),
        key=row["id"],
        class_name="border-b border-border px-4 py-3 max-sm:px-3.5",
    )


def _moment(at: Any) -> rx.Component:
    return rx.el.span(format_datetime(at, "day", session.timezone), ", ", format_datetime(at, "time", session.timezone))


def _remove(row: Any) -> rx.Component:
    return confirm(
        t("staff.give_back_title"),
        name=rx.cond(
            row["reason"] == "",
            rx.cond(
                row["whole"],
                format_datetime(row["first"], "date", "UTC"),
                format_datetime(row["first"], "full", session.timezone),
            ),
            row["reason"],
        ),
        description=t("staff.give_back_text"),
        action=t("staff.give_back"),
        on_confirm=state.remove_time_off(row["id"]),
        trigger=icon_button("trash_2", t("staff.give_back"), size="sm"),
    )


def _adding() -> rx.Component:
    fields = rx.el.div(
        rx.el.h3(t("staff.away_new"), class_name="col-span-full text-base font-semibold"),
        *(_side(side) for side in SIDES),
        switch_field("hours", t("staff.part_of_day"), False, hint=t("staff.part_of_day_hint")),
        text_field(
            t("staff.reason"),
            "reason",
            max_length=200,
            placeholder=t("staff.reason_example"),
            errors=state.field_errors,
            class_name="col-span-full",
        ),
        class_name="group/away grid grid-cols-2 gap-x-4 gap-y-4 max-sm:grid-cols-1",
    )
    form = new_form(state, fields, name="time_off.new", on_submit=state.add_time_off, action=t("staff.away_add"))
    return rx.el.div(form, class_name="p-4 max-sm:px-3.5")


def _side(side: str) -> rx.Component:
    """A day, and a time of day when only a part of the days is meant."""
    box = f"{CONTROL} h-9 max-sm:h-11"
    described = {"aria_invalid": field_error(state.field_errors, side) != "", "aria_describedby": f"{side}-error"}
    return rx.el.div(
        rx.el.label(t(f"staff.{side}"), html_for=f"{side}.day", class_name="text-sm font-medium"),
        rx.el.div(
            rx.el.input(type="date", id=f"{side}.day", name=f"{side}.day", class_name=box, **described),
            rx.el.input(
                type="time",
                name=f"{side}.time",
                aria_label=t(f"staff.{side}_time"),
                class_name=f"{box} hidden max-w-32 group-has-[input[name=hours]:checked]/away:block",
                **described,
            ),
            class_name="flex gap-2",
        ),
        error_message(state.field_errors, side),
        class_name="flex min-w-0 flex-col gap-1.5",
    )
