"""The open task beside the list: what it is about, whose it is, and what can be done about it."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.conversations.models import Outcome, Status
from sekretarka.domain.tasks.models import Resolution, Urgency
from sekretarka.domain.tasks.snoozing import Snooze
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import button, icon, icon_button, link
from sekretarka.ui.components.field import choice_field, text_area
from sekretarka.ui.components.menu import menu, menu_item, menu_label, menu_line, menu_link
from sekretarka.ui.components.view_states import skeleton, skeleton_bar
from sekretarka.ui.detail_panel import call_link, detail_panel
from sekretarka.ui.metrics import TASKS
from sekretarka.ui.page_views import state_form
from sekretarka.ui.pages.tasks.state import TasksState
from sekretarka.ui.state_vars import allowed, session, state_vars
from sekretarka.ui.tasks import kind_icon, kind_word, title_of
from sekretarka.ui.text import format_datetime, localize, relative_time, t

state = state_vars(TasksState)
task: Any = state.detail

SNOOZE_ICONS = {Snooze.LATER: "clock", Snooze.TOMORROW: "sunrise", Snooze.NEXT_WEEK: "calendar_arrow_up"}


def task_panel() -> rx.Component:
    """The panel, open while the URL names a task; closing it goes back to the list's URL."""
    return detail_panel(
        state,
        title=title_of(task),
        waiting=t("tasks.one"),
        missing=t("tasks.missing"),
        missing_text=t("tasks.missing_text"),
        missing_icon="circle_help",
        content=_content(),
        skeleton=_skeleton(),
        open_=state.open_id != "",
        closed_href=state.list_href,
        subtitle=_facts(),
        actions=rx.cond(task["phone"] != "", call_link(t("overview.call_back"), task["phone"])),
    )


def reopen_button(row: Any) -> rx.Component:
    """The button of a line that is done."""
    return icon_button(
        "rotate_ccw",
        t("tasks.reopen_name", name=title_of(row)),
        size="sm",
        on_click=state.reopen(row["id"]),
        class_name="border border-border max-sm:size-10",
    )


def more_menu(row: Any) -> rx.Component:
    """What else can be done about an open task: put it off, take it, open what it is about."""
    trigger = icon_button(
        "ellipsis_vertical", t("tasks.more_name", name=title_of(row)), size="sm", class_name="max-sm:h-10"
    )
    return menu(trigger, *_more(row))


def _more(row: Any) -> tuple[rx.Component, ...]:
    return (
        menu_label(t("tasks.put_off")),
        *_snoozes(row),
        menu_line(),
        menu_item(t("tasks.take"), icon_name="hand", on_click=state.take(row["id"])),
        rx.cond(
            ~row["href"].to(str).startswith(TASKS),
            menu_link(t("tasks.about"), to=row["href"], icon_name="arrow_up_right"),
        ),
    )


def _snoozes(row: Any) -> tuple[rx.Component, ...]:
    back = menu_item(t("tasks.resume"), icon_name="bell_ring", on_click=state.resume(row["id"]))
    return (
        *(
            menu_item(t(f"tasks.snooze.{snooze}"), icon_name=name, on_click=state.snooze(row["id"], str(snooze)))
            for snooze, name in SNOOZE_ICONS.items()
        ),
        rx.cond(row["snoozed_until"] != "", back),
    )


def _facts() -> rx.Component:
    is_open = task["state"] == "open"
    snoozed = t("tasks.until", when=relative_time(task["snoozed_until"], session.timezone))
    return rx.el.div(
        rx.el.p(
            kind_icon(task["kind"]),
            kind_word(task["kind"]),
            " · ",
            format_datetime(task["at"], "full", session.timezone),
            class_name="flex items-center gap-1.5 tnum",
        ),
        rx.cond(
            task["begins"] != "",
            link(
                icon("calendar", 16),
                t("tasks.appointment_at", when=format_datetime(task["begins"], "full", session.timezone)),
                to=task["href"],
                class_name="mt-1 flex w-fit items-center gap-1.5 tnum hover:text-accent-ink hover:underline",
            ),
        ),
        rx.el.div(
            rx.cond(
                is_open,
                rx.cond(task["urgency"] == "high", badge(t("urgency.high"), icon_name="flame", tone="danger")),
                badge(_resolution(), icon_name="check", tone="success"),
            ),
            rx.cond(task["snoozed_until"] != "", badge(snoozed, icon_name="clock")),
            rx.cond(task["count"] > 1, badge(t("tasks.count", n=task["count"]), icon_name="layers")),
            class_name="mt-2 flex flex-wrap items-center gap-2 empty:hidden",
        ),
    )


def _resolution() -> Any:
    return localize(task["resolution"], "task.resolution", *Resolution)


def _content() -> rx.Component:
    may = allowed(Permission.TASKS_WRITE)
    return rx.el.div(
        rx.cond(may, _steps()),
        rx.cond(
            (task["summary"] != "") & (task["calls"].length() < 2),
            rx.el.p(task["summary"], class_name="whitespace-pre-wrap text-base"),
        ),
        _calls(),
        rx.el.div(
            state_form(state, _fields(), name="task", on_submit=state.save, read_only=~may),
            class_name="-mx-5 -mb-4 border-t border-border px-1 max-sm:-mx-4 max-sm:px-0.5",
        ),
        class_name="flex flex-col gap-4",
    )


def _steps() -> rx.Component:
    done = button(t("tasks.done"), icon_name="check", variant="primary", on_click=state.mark_done(task["id"]))
    again = button(t("tasks.reopen"), icon_name="rotate_ccw", on_click=state.reopen(task["id"]))
    later = menu(button(t("tasks.put_off"), icon_name="clock"), *_snoozes(task), align="start")
    take = button(t("tasks.take"), icon_name="hand", on_click=state.take(task["id"]))
    free = rx.cond(task["assignee_id"] == "", take)
    return rx.el.div(
        rx.cond(task["state"] == "open", rx.fragment(done, later, free), again),
        role="group",
        aria_label=t("tasks.steps"),
        class_name="flex flex-wrap gap-2",
    )


def _calls() -> rx.Component:
    calls = task["calls"].to(list[dict[str, Any]])
    return rx.cond(
        calls.length() > 0,
        rx.el.ul(rx.foreach(calls, _call), aria_label=t("tasks.calls"), class_name="rounded-md border border-border"),
    )


def _call(call: Any) -> rx.Component:
    return rx.el.li(
        link(
            icon("phone_incoming", 16, class_name="text-muted"),
            rx.el.span(
                rx.el.span(
                    format_datetime(call["at"], "full", session.timezone),
                    " · ",
                    localize(call["state"], "call", *_STATES),
                ),
                rx.cond(
                    (call["text"] != "") & (task["calls"].length() > 1),
                    rx.el.span(call["text"], class_name="block truncate text-sm text-muted"),
                ),
                class_name="min-w-0 flex-1 tnum",
            ),
            icon("chevron_right", 16, class_name="text-muted"),
            to=call["href"],
            class_name="flex items-center gap-3 px-3 py-2 hover:bg-hover",
        ),
        key=call["id"],
        class_name="border-b border-border last:border-0",
    )


_STATES = tuple(dict.fromkeys((*map(str, Status), *map(str, Outcome))))


def _fields() -> rx.Component:
    urgencies = {str(code): t(f"urgency.{code}") for code in Urgency}
    is_member = state.members.map(lambda member: member["id"]).contains(task["assignee_id"])
    former = rx.el.option(t("conversations.former_member"), value=task["assignee_id"])
    return rx.el.div(
        rx.el.div(
            choice_field(t("conversations.urgency"), "urgency", urgencies, default_value=task["urgency"]),
            choice_field(
                t("conversations.assignee"),
                "assigneeId",
                {"": t("conversations.nobody")},
                extra=[
                    rx.foreach(state.members, lambda member: rx.el.option(member["name"], value=member["id"])),
                    rx.cond((task["assignee_id"] == "") | is_member, rx.fragment(), former),
                ],
                default_value=task["assignee_id"],
                errors=state.field_errors,
            ),
            class_name="grid grid-cols-2 gap-4 max-sm:grid-cols-1",
        ),
        text_area(
            t("conversations.follow_up_note"), "note", rows=3, default_value=task["note"], errors=state.field_errors
        ),
        class_name="flex flex-col gap-4 px-4 py-4 max-sm:px-3.5",
    )


def _skeleton() -> rx.Component:
    return skeleton(
        skeleton_bar("h-4 w-40"),
        skeleton_bar("h-12 w-full"),
        skeleton_bar("h-24 w-full"),
        class_name="flex flex-col gap-4",
    )
