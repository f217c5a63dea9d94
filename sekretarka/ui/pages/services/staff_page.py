"""The people: a list, and beside it the chosen one with her data, hours and time off."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import card, icon, icon_button, link, link_button
from sekretarka.ui.components.dialog import confirm, dialog
from sekretarka.ui.components.editors import checkbox_group_field, switch_field
from sekretarka.ui.components.field import choice_field, field, text_field
from sekretarka.ui.components.form import edit_form, read_only_notice
from sekretarka.ui.components.tabs import link_tabs
from sekretarka.ui.components.view_states import empty, error, skeleton, skeleton_bar, table_skeleton, view_states
from sekretarka.ui.errors import field_error
from sekretarka.ui.pages.services.calendar_link import feed
from sekretarka.ui.pages.services.hours import hours
from sekretarka.ui.pages.services.schedule import ScheduleState
from sekretarka.ui.pages.services.staff_state import HERE, SECTIONS, PeopleState
from sekretarka.ui.pages.services.time_off import absences
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(PeopleState)
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


def people(may: Any) -> rx.Component:
    """The four faces of the list, and who is chosen."""
    chosen = state.selected != ""
    listing = rx.el.ul(rx.foreach(state.rows, _person), aria_label=t("staff.tab"))
    return rx.fragment(
        view_states(
            loading=state.loading,
            failed=state.failed,
            is_empty=state.rows.length() == 0,
            skeleton=card(table_skeleton(5)),
            empty=card(
                empty(
                    t("staff.none"),
                    icon_name="users",
                    hint=t("staff.none_hint"),
                    action=rx.cond(
                        may,
                        link_button(t("staff.new"), to=f"{HERE}&person=new", icon_name="plus", variant="primary"),
                        rx.fragment(),
                    ),
                )
            ),
            error=card(error(t("staff.failed"), on_retry=state.load)),
            full=rx.el.div(
                rx.el.div(
                    card(listing),
                    class_name=rx.cond(chosen, "lg:sticky lg:top-[76px] lg:w-[260px] lg:shrink-0 max-lg:hidden", ""),
                ),
                rx.cond(chosen, _detail(may)),
                class_name="flex flex-col gap-4 lg:flex-row lg:items-start [&>*:only-child]:w-full",
            ),
        ),
        rx.cond(may, _new()),
    )


def _dot(color: Any) -> rx.Component:
    """The colour of her visits in the calendar."""
    return rx.el.span(
        aria_hidden="true",
        style={"background": rx.cond(color == "", "var(--field)", color)},
        class_name="size-2.5 shrink-0 rounded-full",
    )


def _person(row: Any) -> rx.Component:
    here = state.selected == row["id"]
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
            to=f"{HERE}&person=" + row["id"].to(str) + "&section=" + state.section,
            aria_current=rx.cond(here, "true", "false"),
            class_name=rx.cond(
                here,
                "flex min-h-14 items-center gap-3 px-4 py-2 max-sm:px-3.5 bg-accent-soft",
                "flex min-h-14 items-center gap-3 px-4 py-2 max-sm:px-3.5 hover:bg-hover",
            ),
        ),
        key=row["id"],
        class_name="border-b border-border last:border-0",
    )


def _detail(may: Any) -> rx.Component:
    tabs = [
        (one, t(f"staff.section.{one}"), f"{HERE}&person=" + state.selected + f"&section={one}") for one in SECTIONS
    ]
    panels = rx.match(state.section, ("hours", hours(may)), ("away", absences(may)), _data(may))
    shown = (state.person["id"] == state.selected) & (schedule.staff_id == state.selected)
    return rx.el.div(
        link(
            icon("arrow_left", 16),
            t("staff.back"),
            to=HERE,
            class_name="inline-flex h-10 items-center gap-1.5 self-start text-base font-medium text-muted lg:hidden",
        ),
        card(
            rx.el.header(
                _dot(state.person["color"]),
                rx.el.h2(state.person["name"], class_name="min-w-0 flex-1 truncate text-lg font-semibold"),
                rx.cond(may, _remove()),
                link(
                    icon("x", 18),
                    to=HERE,
                    aria_label=t("common.close"),
                    title=t("common.close"),
                    class_name="grid size-9 place-items-center rounded-md text-muted hover:bg-hover hover:text-text "
                    "max-lg:hidden",
                ),
                class_name="flex items-center gap-2.5 py-2 pl-4 pr-2 max-sm:pl-3.5",
            ),
            link_tabs(tabs, label=t("staff.sections"), value=state.section),
            rx.cond(
                schedule.failed,
                error(t("staff.failed_one"), on_retry=schedule.load),
                rx.cond(shown, panels, _panel_skeleton()),
            ),
            class_name="min-w-0",
            aria_label=state.person["name"],
        ),
        class_name="flex min-w-0 flex-1 flex-col max-lg:gap-1",
    )


def _remove() -> rx.Component:
    return confirm(
        t("staff.remove_title"),
        name=state.person["name"],
        description=t("staff.remove_text"),
        action=t("staff.remove"),
        on_confirm=state.remove(state.person["id"]),
        trigger=icon_button("trash_2", t("staff.remove")),
    )


def _text(name: str, default: Any, **props: Any) -> rx.Component:
    return text_field(
        t(f"staff.{name}"), name, default_value=default, error=field_error(state.field_errors, name), **props
    )


def _data(may: Any) -> rx.Component:
    person = state.person
    fields = rx.el.div(
        _text("name", person["name"]),
        _text("role", person["role"], placeholder=t("staff.role_example")),
        _text("phone", person["phone"], type="tel"),
        _text("email", person["email"], type="email"),
        _colors(person["color"]),
        rx.cond(state.members.length() > 0, _member(person["userId"])),
        field(
            t("staff.services"),
            "services",
            checkbox_group_field(
                "services", person["services"], state.services, label=t("staff.services"), empty=t("staff.no_services")
            ),
            error=field_error(state.field_errors, "serviceIds"),
            class_name="sm:col-span-2",
        ),
        switch_field("isActive", t("staff.active"), person["isActive"], hint=t("staff.active_hint")),
        class_name=GRID,
    )
    return rx.fragment(
        rx.cond(may, rx.fragment(), rx.el.div(read_only_notice(t("staff.read_only")), class_name="px-4 pt-4")),
        edit_form(
            fields,
            revision=state.revision,
            attempt=state.attempt,
            on_submit=state.save,
            on_discard=state.discard,
            read_only=~may,
        ),
        rx.cond(person["hasLink"], feed(may)),
    )


def _member(user_id: Any) -> rx.Component:
    return choice_field(
        t("staff.member"),
        "userId",
        {"": t("staff.no_member")},
        extra=[rx.foreach(state.members, lambda one: rx.el.option(one["name"], value=one["id"]))],
        hint=t("staff.member_hint"),
        default_value=user_id,
        error=field_error(state.field_errors, "userId"),
    )


def _colors(color: Any) -> rx.Component:
    """A few that are told apart at a glance; one that a program chose stays as it is."""
    known = rx.Var.create(["", *COLORS.values()]).contains(color)
    swatches = [_swatch(value, t(f"color.{name}"), color) for name, value in COLORS.items()]
    return rx.el.fieldset(
        rx.el.legend(t("staff.color"), class_name="mb-1.5 text-sm font-medium"),
        rx.el.div(
            _swatch("", t("color.none"), color),
            *swatches,
            rx.cond(known, rx.fragment(), _swatch(color, color, color)),
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
    form = edit_form(
        rx.el.div(
            text_field(t("staff.name"), "name", auto_focus=True, error=field_error(state.field_errors, "name")),
            text_field(
                t("staff.role"),
                "role",
                placeholder=t("staff.role_example"),
                error=field_error(state.field_errors, "role"),
            ),
            class_name="flex flex-col gap-4",
        ),
        revision=0,
        attempt=state.attempt,
        on_submit=state.create,
        action=t("staff.create"),
        guarded=False,
    )
    return dialog(
        t("staff.new"),
        form,
        description=t("staff.new_hint"),
        open_=state.creating,
        on_open_change=lambda is_open, _details: state.close(is_open),
    )


def _panel_skeleton() -> rx.Component:
    one = rx.el.div(skeleton_bar("h-4 w-24"), skeleton_bar("h-9 w-full"), class_name="flex flex-col gap-1.5")
    return skeleton(*[one] * 4, class_name="grid grid-cols-2 gap-x-4 gap-y-5 p-4 max-sm:grid-cols-1")
