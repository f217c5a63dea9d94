"""The staff: a list, and beside it the selected one with data, hours and time off."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import card, icon, icon_button, link, link_button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.editors import checkbox_group_field, switch_field
from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.components.form import read_only_notice
from sekretarka.ui.components.tabs import link_tabs
from sekretarka.ui.components.view_states import empty, error, form_skeleton, table_skeleton
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.detail_panel import detail_column, list_and_detail
from sekretarka.ui.page_views import page_views, state_form
from sekretarka.ui.pages.services.calendar_link import calendar_link
from sekretarka.ui.pages.services.hours import hours
from sekretarka.ui.pages.services.schedule import ScheduleState
from sekretarka.ui.pages.services.staff_state import SECTIONS, STAFF_PATH, StaffState
from sekretarka.ui.pages.services.time_off import time_off
from sekretarka.ui.schedule_conflicts import conflicts_card
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import t

state = state_vars(StaffState)
schedule = state_vars(ScheduleState)

COLORS = {
    "violet": "#7c3aed",
    "blue": "#2563eb",
    "teal": "#0d9488",
    "green": "#16a34a",
    "amber": "#d97706",
    "red": "#dc2626",
    "pink": "#db2777",
    "grey": "#64748b",
}
GRID = "grid grid-cols-2 gap-x-4 gap-y-5 px-4 pb-5 pt-4 max-sm:grid-cols-1 max-sm:px-3.5"


def staff_view(may: Any) -> rx.Component:
    """The views of the list, and the selected staff member beside it."""
    selected = state.selected != ""
    listing = rx.el.ul(rx.foreach(state.rows, _row), aria_label=t("staff.tab"))
    place = "lg:sticky lg:top-[76px] lg:w-[260px] lg:shrink-0 max-lg:hidden"
    add = link_button(t("staff.new"), to=f"{STAFF_PATH}&person=new", icon_name="plus", variant="primary")
    none = empty(t("staff.none"), icon_name="users", hint=t("staff.none_hint"), action=rx.cond(may, add, rx.fragment()))
    return rx.fragment(
        rx.cond(
            state.left.length() > 0,
            rx.el.div(conflicts_card(state.left, session.timezone, title="staff.left_title"), class_name="mb-4"),
        ),
        page_views(
            state,
            list_and_detail(rx.el.div(card(listing), class_name=rx.cond(selected, place, "")), _detail(may), selected),
            skeleton=card(table_skeleton(5)),
            failed=t("staff.failed"),
            is_empty=state.rows.length() == 0,
            empty=card(none),
        ),
        rx.cond(may, _new()),
    )


def _dot(color: Any) -> rx.Component:
    """The colour of their appointments in the calendar."""
    return rx.el.span(
        aria_hidden="true",
        style={"background": rx.cond(color == "", "var(--field)", color)},
        class_name="size-2.5 shrink-0 rounded-full",
    )


def _row(row: Any) -> rx.Component:
    selected = state.selected == row["id"]
    return rx.el.li(
        link(
            _dot(row["color"]),
            rx.el.span(
                rx.el.span(row["name"], class_name="block truncate font-medium"),
                rx.el.span(
                    rx.cond(row["role"] == "", "", row["role"] + " · "),
                    rx.cond(row["own"], t("staff.own_hours"), t("staff.business_hours")),
                    class_name="block truncate text-sm text-muted",
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.cond(row["away"], badge(t("staff.is_away"), icon_name="tree_palm", tone="info")),
            rx.cond(row["active"], rx.fragment(), badge(t("staff.is_off"), icon_name="pause")),
            icon("chevron_right", 16, class_name="text-muted"),
            to=f"{STAFF_PATH}&person=" + row["id"].to(str) + "&section=" + state.section,
            aria_current=rx.cond(selected, "true", "false"),
            class_name=rx.cond(
                selected,
                "flex min-h-14 items-center gap-3 px-4 py-2 max-sm:px-3.5 bg-accent-soft",
                "flex min-h-14 items-center gap-3 px-4 py-2 max-sm:px-3.5 hover:bg-hover",
            ),
        ),
        key=row["id"],
        class_name="border-b border-border last:border-0",
    )


def _detail(may: Any) -> rx.Component:
    tabs = [
        (name, t(f"staff.section.{name}"), f"{STAFF_PATH}&person=" + state.selected + f"&section={name}")
        for name in SECTIONS
    ]
    panels = rx.match(state.section, ("hours", hours(may)), ("away", time_off(may)), _data(may))
    shown = (state.form["id"] == state.selected) & (schedule.staff_id == state.selected)
    return detail_column(
        rx.cond(
            schedule.failed,
            error(t("staff.failed_one"), on_retry=schedule.load),
            rx.cond(shown, panels, form_skeleton("grid grid-cols-2 gap-x-4 gap-y-5 p-4 max-sm:grid-cols-1")),
        ),
        title=state.form["name"],
        mark=_dot(state.form["color"]),
        path=STAFF_PATH,
        back=t("staff.back"),
        tabs=link_tabs(tabs, label=t("staff.sections"), value=state.section),
        actions=rx.cond(may, _remove()),
    )


def _remove() -> rx.Component:
    return confirm(
        t("staff.remove_title"),
        name=state.form["name"],
        description=rx.fragment(
            t("staff.remove_text"),
            rx.cond(
                state.form["upcoming"] > 0,
                rx.el.strong(" ", t("staff.remove_upcoming", n=state.form["upcoming"]), class_name="font-medium"),
            ),
        ),
        action=t("staff.remove"),
        on_confirm=state.remove(state.form["id"]),
        trigger=icon_button("trash_2", t("staff.remove")),
    )


def _text(name: str, default: Any, **props: Any) -> rx.Component:
    return text_field(t(f"staff.{name}"), name, default_value=default, errors=state.field_errors, **props)


def _data(may: Any) -> rx.Component:
    values = state.form
    fields = rx.el.div(
        _text("name", values["name"]),
        _text("role", values["role"], placeholder=t("staff.role_example")),
        _text("phone", values["phone"], type="tel"),
        _text("email", values["email"], type="email"),
        _colors(values["color"]),
        rx.cond(state.members.length() > 0, _member(values["userId"])),
        checkbox_group_field(
            t("staff.services"),
            "serviceIds",
            values["serviceIds"],
            state.services,
            empty=t("staff.no_services"),
            errors=state.field_errors,
            class_name="sm:col-span-2",
        ),
        switch_field("isActive", t("staff.active"), values["isActive"], hint=t("staff.active_hint")),
        class_name=GRID,
    )
    return rx.fragment(
        rx.cond(may, rx.fragment(), rx.el.div(read_only_notice(t("staff.read_only")), class_name="px-4 pt-4")),
        state_form(state, fields, name="staff", on_submit=state.save, read_only=~may),
        rx.cond(values["hasLink"], calendar_link(may)),
    )


def _member(user_id: Any) -> rx.Component:
    return choice_field(
        t("staff.member"),
        "userId",
        {"": t("staff.no_member")},
        extra=[rx.foreach(state.members, lambda member: rx.el.option(member["name"], value=member["id"]))],
        hint=t("staff.member_hint"),
        default_value=user_id,
        errors=state.field_errors,
    )


def _colors(color: Any) -> rx.Component:
    """A few that are told apart at a glance; one that a program chose stays as it is."""
    listed = rx.Var.create(["", *COLORS.values()]).contains(color)
    swatches = [_swatch(value, t(f"color.{name}"), color) for name, value in COLORS.items()]
    return rx.el.fieldset(
        rx.el.legend(t("staff.color"), class_name="mb-1.5 text-sm font-medium"),
        rx.el.div(
            _swatch("", t("color.none"), color),
            *swatches,
            rx.cond(listed, rx.fragment(), _swatch(color, color, color)),
            class_name="flex flex-wrap gap-1.5",
        ),
        class_name="sm:col-span-2",
    )


def _swatch(value: Any, label: Any, chosen: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="color", value=value, default_checked=chosen == value, class_name="sr-only"),
        rx.el.span(
            aria_hidden="true",
            style={"background": rx.cond(rx.Var.create(value) == "", "var(--surface)", value)},
            class_name="size-5 rounded-full border border-field",
        ),
        rx.el.span(label, class_name="sr-only"),
        title=label,
        class_name="grid size-8 cursor-pointer place-items-center rounded-full max-sm:size-10 has-checked:outline-2 "
        "has-checked:outline-accent-ink hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-offset-2 "
        "has-focus-visible:outline-accent-ink",
    )


def _new() -> rx.Component:
    return create_dialog(
        state,
        text_field(t("staff.name"), "name", auto_focus=True, errors=state.field_errors),
        text_field(t("staff.role"), "role", placeholder=t("staff.role_example"), errors=state.field_errors),
        name="staff.new",
        title=t("staff.new"),
        description=t("staff.new_hint"),
        action=t("staff.create"),
        on_submit=state.create,
    )
