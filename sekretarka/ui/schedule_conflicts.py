"""Appointments outside of working time, listed where hours or days are changed; never cancelled by themselves."""

from collections.abc import Sequence
from typing import Any, TypedDict

import reflex as rx

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.schedule_conflicts import Reason, ScheduleConflict
from sekretarka.domain.staff import service as staff
from sekretarka.ui.components.basics import Text, icon, link
from sekretarka.ui.text import format_datetime, localize, t

APPOINTMENTS = "/dashboard/appointments"
REASONS = tuple(str(reason) for reason in Reason)


class ConflictRow(TypedDict):
    """One upcoming appointment, `at` RFC 3339, and why it cannot take place (a code of `Reason`)."""

    id: str
    at: str
    client: str
    service: str
    person: str
    reason: str


async def conflict_rows(uow: UnitOfWork, conflicts: Sequence[ScheduleConflict]) -> list[ConflictRow]:
    """The conflicts as a list shows them, in the same order."""
    if not conflicts:
        return []
    names = await staff.names(uow)
    views = await appointments.view(uow, *(conflict.appointment for conflict in conflicts))
    return [
        ConflictRow(
            id=str(view.id),
            at=clock.to_json(view.scheduled_at),
            client=view.client_name,
            service=view.service_type,
            person=names.get(view.staff_id, ""),
            reason=str(conflict.reason),
        )
        for view, conflict in zip(views, conflicts, strict=True)
    ]


def conflict_list(rows: Any, zone: Any, *, label: Text, with_reason: bool = True) -> rx.Component:
    """Each appointment as a link to it."""
    return rx.el.ul(rx.foreach(rows, lambda row: _line(row, zone, with_reason)), aria_label=label)


def _line(row: Any, zone: Any, with_reason: bool) -> rx.Component:
    why = rx.el.span(localize(row["reason"], "conflicts", *REASONS), class_name="text-sm text-warning")
    return rx.el.li(
        link(
            rx.el.span(
                format_datetime(row["at"], "day", zone),
                ", ",
                format_datetime(row["at"], "time", zone),
                class_name="w-28 shrink-0 tnum max-sm:flex-1",
            ),
            rx.el.span(
                rx.el.span(row["client"], class_name="font-medium"),
                rx.el.span(" · ", row["service"], " · ", row["person"], class_name="text-muted max-sm:text-sm"),
                class_name="min-w-0 flex-1 break-words max-sm:order-last max-sm:basis-full",
            ),
            why if with_reason else rx.fragment(),
            icon("chevron_right", 16, class_name="text-muted max-sm:hidden"),
            to=f"{APPOINTMENTS}?id=" + row["id"].to(str),
            class_name="flex items-center gap-3 rounded-md px-2 py-2 text-base hover:bg-hover max-sm:flex-wrap "
            "max-sm:gap-x-2 max-sm:gap-y-0.5",
        ),
        key=row["id"],
    )


def conflicts_card(rows: Any, zone: Any, *, title: str = "conflicts.title") -> rx.Component:
    """A warning with all of them, under the text of `title` with `n`; nothing when there are none."""
    return rx.cond(
        rows.length() > 0,
        rx.el.section(
            rx.el.div(
                icon("triangle_alert", 18, class_name="mt-0.5 text-warning"),
                rx.el.div(
                    rx.el.h2(t(title, n=rows.length()), class_name="text-base font-semibold"),
                    rx.el.p(t("conflicts.hint"), class_name="text-sm text-muted"),
                    class_name="min-w-0",
                ),
                class_name="flex items-start gap-3 px-4 pt-3 max-sm:px-3.5",
            ),
            rx.el.div(conflict_list(rows, zone, label=t("conflicts.list")), class_name="px-2 pb-2 pt-1"),
            role="status",
            class_name="rounded-lg border border-warning/40 bg-warning-soft",
        ),
    )
