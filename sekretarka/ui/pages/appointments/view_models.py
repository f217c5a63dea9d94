"""What calendar, list and detail panel show: plain values, ready to draw."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from sekretarka.core.runtime import clock
from sekretarka.core.text import phone
from sekretarka.domain.appointments.calendar_view import CalendarView
from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment, AppointmentChange
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.scheduling.intervals import Interval
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.staff.models import Staff
from sekretarka.ui.messages import thread_href

# For people without a colour of their own: apart for most eyes, and never alone, because names stand beside.
COLORS = ("#7c5cd6", "#0f8a7e", "#c2571a", "#2f6fd0", "#b83280", "#5f8a1f", "#8a6a12", "#5b6475")


class CalendarColumn(TypedDict):
    """A column of the calendar: a staff member, `color` as `#7c3aed`."""

    id: str
    name: str
    color: str


class AppointmentRow(TypedDict):
    """An appointment on the calendar or in the list; `start` and `end` are RFC 3339. `before` and `after` are the
    buffers in minutes."""

    id: str
    start: str
    end: str
    before: int
    after: int
    who: str
    service: str
    serviceId: str
    staff: str
    person: str
    status: str
    movable: bool


class TimeOffBlock(TypedDict):
    """Time off of a staff member, from `start` to `end` (RFC 3339)."""

    staff: str
    start: str
    end: str
    reason: str


class CalendarData(TypedDict):
    """What the calendar draws. By staff id, `working` and `held` are intervals in minutes since 1970; `able` is by
    service id who is assigned to it, if anybody is; `writable` are ids of staff, `step` is the grid in minutes."""

    appointments: list[AppointmentRow]
    people: list[CalendarColumn]
    working: dict[str, list[Interval]]
    away: list[TimeOffBlock]
    held: dict[str, list[Interval]]
    able: dict[str, list[str]]
    writable: list[str]
    step: int


class ListDay(TypedDict):
    """One day (ISO) of the list."""

    day: str
    appointments: list[AppointmentRow]


class AppointmentDetail(TypedDict):
    """The open appointment. `next` are the statuses it can get now, `early` those that are asked about because it is
    only in `days` days; `reopenable` is one whose end can be taken back. `price` is minor units; `start` and `end` are
    RFC 3339, `day` and `time` local, `tel` is E.164."""

    id: str
    who: str
    phone: str
    tel: str
    service: str
    serviceId: str
    staff: str
    person: str
    start: str
    end: str
    day: str
    time: str
    status: str
    source: str
    price: int
    currency: str
    notes: str
    reason: str
    conversation: str
    messages_href: str
    next: list[str]
    early: list[str]
    days: int
    reopenable: bool
    writable: bool
    movable: bool


class Steps(NamedTuple):
    """The statuses that an appointment can get now, those that need a question first, in how many days it is, and
    whether its end can be taken back."""

    next: Sequence[str]
    early: Sequence[str]
    days: int
    reopenable: bool


class HistoryRow(TypedDict):
    """A line of the history: who did what when (RFC 3339), and for a booking or move the time and staff member."""

    id: str
    at: str
    change: str
    actor: str
    who: str
    to: str
    person: str


def empty_calendar() -> CalendarData:
    """The calendar before anything is read."""
    return CalendarData(appointments=[], people=[], working={}, away=[], held={}, able={}, writable=[], step=15)


def column(row: Staff, position: int) -> CalendarColumn:
    """The column of a staff member, in their own colour, or one by `position`."""
    return CalendarColumn(id=str(row.id), name=row.name, color=row.color or COLORS[position % len(COLORS)])


def calendar_data(
    board: CalendarView,
    people: Sequence[CalendarColumn],
    services: Mapping[UUID, Service],
    listed: Mapping[UUID, Sequence[UUID]],
    names: Mapping[UUID, str],
    slot: int,
) -> CalendarData:
    """Everything of some days. `people` are all active staff, `listed` is by service who is assigned to it, `names`
    also has former staff, `slot` is the organization's grid in minutes."""
    shown_ids = {str(row.id) for row in board.staff}
    return CalendarData(
        appointments=[
            row(appointment, services, names, appointment.staff_id in board.writable)
            for appointment in board.appointments
        ],
        people=[item for item in people if item["id"] in shown_ids],
        working={str(staff_id): spans for staff_id, spans in board.working.items()},
        away=[
            TimeOffBlock(
                staff=str(staff_id),
                start=clock.to_json(off.starts_at),
                end=clock.to_json(off.ends_at),
                reason=off.reason or "",
            )
            for staff_id, offs in board.away.items()
            for off in offs
        ],
        held={str(staff_id): spans for staff_id, spans in board.held.items()},
        able={str(service_id): [str(item) for item in able] for service_id, able in listed.items()},
        writable=[str(staff_id) for staff_id in sorted(board.writable)],
        step=slot if slot >= 5 and 60 % slot == 0 else 15,
    )


def row(
    appointment: Appointment, services: Mapping[UUID, Service], names: Mapping[UUID, str], writable: bool
) -> AppointmentRow:
    """An appointment with the names that belong to it; `KeyError` for a service that `services` lacks."""
    start, end = local_time.minute_of(appointment.scheduled_at), local_time.minute_of(appointment.ends_at)
    return AppointmentRow(
        id=str(appointment.id),
        start=clock.to_json(appointment.scheduled_at),
        end=clock.to_json(appointment.ends_at),
        before=start - appointment.busy_from,
        after=appointment.busy_to - end,
        who=appointment.client_name or "",
        service=services[appointment.service_id].name,
        serviceId=str(appointment.service_id),
        staff=str(appointment.staff_id),
        person=names.get(appointment.staff_id, ""),
        status=str(appointment.status),
        movable=writable and appointment.status in OPEN_STATUSES,
    )


def by_day(appointments: Sequence[AppointmentRow], first: date, last: date, zone: str) -> list[ListDay]:
    """The days from `first` to `last` with appointments, each on the local day it begins."""
    by_date: dict[str, list[AppointmentRow]] = {}
    for appointment in appointments:
        day = clock.local_day(datetime.fromisoformat(appointment["start"]), zone)
        if first <= day <= last:
            by_date.setdefault(day.isoformat(), []).append(appointment)
    return [ListDay(day=day, appointments=rows) for day, rows in by_date.items()]


def detail(
    appointment: Appointment,
    services: Mapping[UUID, Service],
    names: Mapping[UUID, str],
    zone: str,
    steps: Steps,
    writable: bool,
) -> AppointmentDetail:
    """Everything of the open appointment; `steps` are what can be done with it by who may write it."""
    local = appointment.scheduled_at.astimezone(clock.zone(zone))
    number = appointment.client_phone or ""
    return AppointmentDetail(
        id=str(appointment.id),
        who=appointment.client_name or "",
        phone=phone.format_national(number) if number else "",
        tel=number,
        service=services[appointment.service_id].name,
        serviceId=str(appointment.service_id),
        staff=str(appointment.staff_id),
        person=names.get(appointment.staff_id, ""),
        start=clock.to_json(appointment.scheduled_at),
        end=clock.to_json(appointment.ends_at),
        day=local.date().isoformat(),
        time=f"{local:%H:%M}",
        status=str(appointment.status),
        source=str(appointment.source),
        price=appointment.price_amount,
        currency=appointment.price_currency,
        notes=appointment.notes or "",
        reason=appointment.cancelled_reason or "",
        conversation=str(appointment.conversation_id or ""),
        messages_href=thread_href(appointment.client_id) if appointment.client_id else "",
        next=list(steps.next) if writable else [],
        early=list(steps.early) if writable else [],
        days=steps.days,
        reopenable=steps.reopenable and writable,
        writable=writable,
        movable=writable and appointment.status in OPEN_STATUSES,
    )


def history_row(change: AppointmentChange, users: Mapping[UUID, str], names: Mapping[UUID, str]) -> HistoryRow:
    """One change; of a move or booking the new time and staff member."""
    staff_id = change.after.get("staffId")
    return HistoryRow(
        id=str(change.id),
        at=clock.to_json(change.created_at),
        change=str(change.change),
        actor=change.actor,
        who=users.get(change.user_id, "") if change.user_id else "",
        to=change.after.get("scheduledAt", ""),
        person=names.get(UUID(staff_id), "") if staff_id else "",
    )
