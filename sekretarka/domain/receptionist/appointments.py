"""Appointments that the AI books, moves and cancels; before a change the caller proves whose it is.

What was done in this call already is no other change: it is found, and said again as long as it is true.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.errors import StaffUnavailable
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import booking, history, statuses
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment, Change, Status
from sekretarka.domain.appointments.schemas import AppointmentCreate, AppointmentPatch, AppointmentView
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.receptionist import declension, limits, speech
from sekretarka.domain.receptionist.choices import staff_names, wanted_service, wanted_staff
from sekretarka.domain.receptionist.schemas import AppointmentReference, Book, Cancel, LookupClient, Reschedule
from sekretarka.domain.receptionist.tool_context import Answered, ToolContext, ToolRejected, same_name, same_person
from sekretarka.domain.staff.models import Staff

MAX_NAMED = 10  # appointments that one answer lists


async def book(context: ToolContext, arguments: Book) -> Answered:
    """Book an appointment at a free time, or find that it is booked; data is `{"appointment": …}`. Raises
    `ToolRejected`, and what `booking.book` raises."""
    service = await wanted_service(context, arguments.service_type)
    member = await wanted_staff(context, arguments.staff, service)
    if not declension.words(arguments.client_name):
        raise ToolRejected("name_required")  # `Pani`, `...`
    try:
        data = AppointmentCreate(
            service_type=str(service.id),
            scheduled_at=context.moment(arguments.scheduled_at),
            staff_id=member.id if member else None,
            client_name=arguments.client_name,
            client_phone=context.phone(arguments.client_phone),
            notes=arguments.notes,
            agent_id=context.agent_id,
            conversation_id=context.conversation_id,
        )
    except ValidationError:  # everything else was read before
        raise ToolRejected("name_required") from None
    row = await _booked_before(context, service.id, data)
    if row is None:
        await limits.count_change(context)
        with _named_when_away(member):
            row = await booking.book(context.uow, data)
    elif data.notes and not row.notes:
        row = await booking.update(context.uow, row.id, AppointmentPatch(notes=data.notes))
    price = speech.price(context.language, row.price_amount, row.price_currency)
    say = context.text("tools.booked", service=service.name, when=context.when(row.scheduled_at), price=price)
    return say, await _appointment_data(context, row)


async def reschedule(context: ToolContext, arguments: Reschedule) -> Answered:
    """Move the caller's appointment to any time that is free: with the staff member asked for, else with the same one,
    or, where they cannot, with whoever is free, who is named. Data is `{"appointment": …, "staff": name}`. A time of
    day alone means the appointment's own day. Raises `ToolRejected` when none or several fit, and what
    `booking.update` raises."""
    row = await _find_referenced(context, arguments, OPEN_STATUSES)
    day = context.local(row.scheduled_at).date()
    changes: dict[str, Any] = {"scheduled_at": context.moment(arguments.scheduled_at, day)}
    service = (await catalog.by_ids(context.uow, [row.service_id]))[row.service_id]
    member = await wanted_staff(context, arguments.staff, service)
    if member is not None:
        changes["staff_id"] = member.id
    if any(getattr(row, name) != value for name, value in changes.items()):
        await limits.count_change(context)
        with _named_when_away(member):
            row = await booking.update(context.uow, row.id, AppointmentPatch(**changes), or_anyone=True)
    [name] = await staff_names(context, [row.staff_id])
    made = await history.made_in_call(context.uow, context.conversation_id, [row.id])
    moves = [change.before["staffId"] for change in made if change.change is Change.MOVED]
    key = "tools.moved" if moves[-1:] in ([], [str(row.staff_id)]) else "tools.moved_to"
    say = context.text(key, service=service.name, when=context.when(row.scheduled_at), staff=name)
    return say, {**await _appointment_data(context, row), "staff": name}


async def cancel(context: ToolContext, arguments: Cancel) -> Answered:
    """Cancel the caller's appointment; data is `{"appointment": …}`. Raises `ToolRejected` when none or several fit,
    and what `statuses.cancel` raises."""
    row = await _find_referenced(context, arguments, (*OPEN_STATUSES, Status.CANCELLED))
    if row.status is not Status.CANCELLED:
        await limits.count_change(context)
        row = await statuses.cancel(context.uow, row.id, arguments.reason)
    return context.text("tools.cancelled", **await _named_values(context, row)), await _appointment_data(context, row)


async def lookup_client(context: ToolContext, arguments: LookupClient) -> Answered:
    """Who has the number, and at most `MAX_NAMED` of their next appointments; of another number than the caller's only
    with the whole name, else data is `{"known": False}`. Raises `ToolRejected` without a number."""
    number = context.phone(arguments.client_phone)
    client = await clients.find_by_phone(context.uow, number)
    name_fits = client is not None and same_person(arguments.client_name or "", client.name, whole=True)
    if client is None or not (name_fits or number == context.caller_number):
        return context.text("tools.client.unknown"), {"known": False}
    rows = await context.uow.list(_upcoming(context, number, client, OPEN_STATUSES).limit(MAX_NAMED))
    stats = (await appointments.client_stats(context.uow, [client.id])).get(client.id, appointments.NO_STATS)
    views = await appointments.view(context.uow, *rows)
    data = {
        "known": True,
        "clientId": str(client.id),
        "name": client.name,
        "visitCount": stats.completed,
        "lastVisitAt": context.local(stats.last_at).isoformat() if stats.last_at else None,
        "appointments": [_public(view) for view in views],
    }
    if not rows:
        return context.text("tools.client.known"), data
    return context.text("tools.client.visit", **await _named_values(context, rows[0])), data


async def _booked_before(context: ToolContext, service_id: UUID, data: AppointmentCreate) -> Appointment | None:
    """The appointment that this call has booked for that name, number, service and time, if it still stands so, or was
    moved while this use waited; `ToolRejected` (`cancelled_meanwhile`) when it was cancelled while it waited."""
    row = Appointment
    same = context.uow.select(row).where(
        col(row.conversation_id) == data.conversation_id,
        col(row.agent_id) == data.agent_id,
        col(row.service_id) == service_id,
        col(row.client_phone) == data.client_phone,
        col(row.status).in_((*OPEN_STATUSES, Status.CANCELLED)),
    )
    found = await context.uow.list(same.order_by(col(row.created_at), col(row.id)))
    booked = [row for row in found if same_name(data.client_name, row.client_name or "")]
    standing = [known for known in booked if known.status is not Status.CANCELLED]
    for known in standing:
        if known.scheduled_at == data.scheduled_at and data.staff_id in (None, known.staff_id):
            return known
    times = await _times_in_call(context, booked, since=context.asked_at) if booked else {}
    changed = [known for known in (*standing, *booked) if data.scheduled_at in times.get(known.id, ())]
    if changed and changed[0].status is Status.CANCELLED:
        raise ToolRejected("cancelled_meanwhile")
    return changed[0] if changed else None


@contextmanager
def _named_when_away(member: Staff | None) -> Iterator[None]:
    """Say of the staff member who was asked for that they do not work then, not of everybody."""
    try:
        yield
    except StaffUnavailable:
        if member is None:
            raise
        raise ToolRejected("staff_unavailable", wording="staff_away", staff=member.name) from None


async def _find_referenced(
    context: ToolContext, arguments: AppointmentReference, among: Collection[Status]
) -> Appointment:
    """The appointment of that number, name and time; whatever does not fit, there is one answer.

    From another number than the appointment's it takes the whole name and the time: what only its client knows. Where
    none stands as it is asked for, it is the one that this call has moved or cancelled last, by the time it had before.
    """
    number = context.phone(arguments.client_phone)
    client = await clients.find_by_phone(context.uow, number)
    client_name = client.name if client else None
    at = None if arguments.visit_at is None else context.moment(arguments.visit_at)

    def is_proven(row: Appointment, times: Collection[datetime]) -> bool:
        is_own = number == context.caller_number or _is_of_call(context, row)
        name_fits = same_person(arguments.client_name, row.client_name, client_name, whole=not is_own)
        return name_fits and (is_own if at is None else at in times)

    upcoming = await context.uow.list(_upcoming(context, number, client, among))
    rows = [row for row in upcoming if row.status is not Status.CANCELLED and is_proven(row, {row.scheduled_at})]
    if not rows:
        times = await _times_in_call(context, upcoming)
        by_id = {row.id: row for row in upcoming}
        rows = [by_id[row_id] for row_id, had in times.items() if is_proven(by_id[row_id], had)][-1:]
    if not rows:
        raise ToolRejected("visit_not_found" if at or number == context.caller_number else "visit_required")
    if len(rows) > 1:
        moments = list(dict.fromkeys(context.local(row.scheduled_at) for row in rows))[:MAX_NAMED]
        times_said = [moment.isoformat(timespec="seconds") for moment in moments]
        raise ToolRejected(
            "which_visit", {"times": times_said}, times=speech.times(context.language, moments, context.today)
        )
    return rows[0]


def _is_of_call(context: ToolContext, row: Appointment) -> bool:
    return context.conversation_id is not None and row.conversation_id == context.conversation_id


async def _times_in_call(
    context: ToolContext, rows: Collection[Appointment], since: datetime = clock.EARLIEST
) -> dict[UUID, set[datetime]]:
    """By id the times that those which this call has moved or cancelled since then have and had, the last changed
    last."""
    now = {row.id: row.scheduled_at for row in rows}
    times: dict[UUID, set[datetime]] = {}
    for change in await history.made_in_call(context.uow, context.conversation_id, now):
        if change.change in (Change.MOVED, Change.CANCELLED) and change.created_at > since:
            had = times.pop(change.appointment_id, {now[change.appointment_id]})
            before = change.before.get("scheduledAt")
            times[change.appointment_id] = had | ({datetime.fromisoformat(before)} if before else set())
    return times


def _upcoming(
    context: ToolContext, number: str, client: Client | None, among: Collection[Status]
) -> SelectOfScalar[Appointment]:
    """The next appointments booked with the number or by whose number it is, the soonest first."""
    row = Appointment
    matching = [col(row.client_phone) == number]
    if client is not None:
        matching.append(col(row.client_id) == client.id)
    upcoming = context.uow.select(row).where(
        sa.or_(*matching), col(row.status).in_(among), col(row.scheduled_at) > context.uow.now
    )
    return upcoming.order_by(col(row.scheduled_at), col(row.id))


async def _named_values(context: ToolContext, row: Appointment) -> dict[str, str]:
    service = (await catalog.by_ids(context.uow, [row.service_id]))[row.service_id]
    return {"service": service.name, "when": context.when(row.scheduled_at)}


async def _appointment_data(context: ToolContext, row: Appointment) -> dict[str, Any]:
    [view] = await appointments.view(context.uow, row)
    return {"appointment": _public(view)}


def _public(view: AppointmentView) -> dict[str, Any]:
    """What of an appointment the AI may say to whoever is on the line: not what the staff have noted."""
    return view.model_dump(mode="json", by_alias=True, exclude={"notes", "client_email", "cancelled_reason"})
