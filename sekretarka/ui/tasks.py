"""Tasks as the pages show them: in the list of what needs action, under the bell and on their own page."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.organizations import members
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Kind, Task
from sekretarka.domain.tasks.schemas import TaskView
from sekretarka.ui.appointments import appointment_href
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import icon, link
from sekretarka.ui.components.lines import line
from sekretarka.ui.messages import thread_href
from sekretarka.ui.metrics import CONVERSATIONS, TASKS
from sekretarka.ui.state_vars import session
from sekretarka.ui.text import localize, relative_time, t

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.MESSAGE_TAKEN: ("message_square_text", "text-muted"),
    Kind.URGENT: ("flame", "text-danger"),
    Kind.MISSED_CALL: ("phone_missed", "text-warning"),
    Kind.UNANSWERED_QUESTION: ("circle_help", "text-muted"),
    Kind.DECLINED: ("calendar_x", "text-warning"),
    Kind.TO_CONFIRM: ("calendar_clock", "text-muted"),
    Kind.REPLY: ("message_circle_reply", "text-muted"),
    Kind.FAILED_MESSAGE: ("message_square_warning", "text-danger"),
    Kind.OWN: ("square_check", "text-muted"),
}
# About whether somebody comes: the appointment says more than the message does.
ATTENDANCE = (Kind.DECLINED, Kind.TO_CONFIRM)


class TaskRow(TypedDict):
    """Something to do: `title` is who it is about, or what the user wrote; `text` is what was said or noted. `phone` is
    E.164 or empty; `at`, `snoozed_until`, `done_at` and `begins`, when whoever may not come should, are RFC 3339 or
    empty; `href` opens what it is about."""

    id: str
    title: str
    text: str
    phone: str
    at: str
    kind: str
    urgency: str
    count: int
    href: str
    assignee: str
    state: str
    resolution: str
    snoozed_until: str
    done_at: str
    begins: str


async def task_rows(uow: UnitOfWork, rows: Sequence[Task]) -> list[TaskRow]:
    """Tasks ready to draw, in the same order."""
    names = dict(await members.names(uow)) if any(row.assignee_id for row in rows) else {}
    return [task_row(view, names) for view in await tasks.view(uow, *rows)]


def task_row(view: TaskView, names: Mapping[UUID, str]) -> TaskRow:
    """A task ready to draw; `names` are those of members."""
    who = view.name or (phone.format_national(view.caller_number) if view.caller_number else "")
    is_attendance = view.kind in ATTENDANCE
    text = view.note or ("" if is_attendance else view.summary) or ""
    title, rest = (who, text) if who or view.kind is not Kind.OWN or view.conversation_id else (text, "")
    return TaskRow(
        id=str(view.id),
        title=title,
        text=rest,
        phone=view.caller_number or "",
        at=clock.to_json(view.last_at),
        kind=str(view.kind),
        urgency=str(view.urgency),
        count=view.count,
        href=_href(view),
        assignee=names.get(view.assignee_id, "") if view.assignee_id else "",
        state=str(view.state),
        resolution=str(view.resolution or ""),
        snoozed_until=clock.to_json(view.snoozed_until) if view.snoozed_until else "",
        done_at=clock.to_json(view.done_at) if view.done_at else "",
        begins=clock.to_json(view.scheduled_at) if view.scheduled_at and is_attendance else "",
    )


def _href(view: TaskView) -> str:
    """What it is about, else the task."""
    if view.conversation_id:
        return f"{CONVERSATIONS}?id={view.conversation_id}"
    if view.appointment_id and view.kind in ATTENDANCE:
        return appointment_href(view.appointment_id)
    if view.client_id and view.message_id:
        return thread_href(view.client_id)
    return f"{TASKS}?id={view.id}"


def title_of(row: Any) -> Any:
    """The title of a row, or words for somebody unknown."""
    return rx.cond(row["title"] != "", row["title"], t("overview.unknown_caller"))


def kind_icon(kind: Any) -> rx.Component:
    """The sign of a kind; its word stands beside it."""
    marks = [(str(code), icon(name, 16, class_name=tone)) for code, (name, tone) in KINDS.items()]
    return rx.match(kind, *marks, rx.fragment())


def kind_word(kind: Any) -> Any:
    """The word for a kind."""
    return localize(kind, "task", *Kind)


def task_line(row: Any, href: Any, *buttons: Any) -> rx.Component:
    """A line of a list, whose words open `href`; on phones the time stands before the text."""
    when = relative_time(row["at"], session.timezone)
    urgent = (row["urgency"] == "high") & (row["state"] == "open")
    return line(
        row,
        kind_icon(row["kind"]),
        link(
            rx.el.span(
                rx.el.span(title_of(row), class_name="max-w-full truncate font-medium tnum"),
                rx.cond(row["count"].to(int) > 1, _times(row["count"])),
                rx.cond(urgent, badge(t("urgency.high"), icon_name="flame", tone="danger")),
                class_name="flex items-center gap-x-2 max-sm:flex-wrap",
            ),
            rx.el.span(
                rx.el.span(when, " · ", class_name="tnum sm:hidden"),
                rx.cond(row["text"] != "", row["text"], rx.fragment(kind_word(row["kind"]), _begins(row))),
                class_name="block text-sm text-muted max-sm:line-clamp-2 sm:truncate",
            ),
            to=href,
            class_name="min-w-0 flex-1 hover:text-accent-ink",
        ),
        rx.el.span(when, class_name="text-sm text-muted tnum whitespace-nowrap max-sm:hidden"),
        *buttons,
    )


def _begins(row: Any) -> rx.Component:
    when = relative_time(row["begins"], session.timezone)
    return rx.cond(row["begins"] != "", rx.el.span(": ", when, class_name="tnum"))


def _times(count: Any) -> rx.Component:
    return rx.el.span(
        rx.el.span(count, "×", aria_hidden="true"),
        rx.el.span(t("tasks.count", n=count), class_name="sr-only"),
        title=t("tasks.count", n=count),
        class_name="rounded-full bg-sunken px-2 py-0.5 text-xs font-medium text-muted tnum",
    )
