"""Booking an appointment, and moving it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from sekretarka.core.database.db_errors import is_foreign_key_violation
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Conflict, Invalid, InvalidStateTransition, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.domain.agents import service as agents
from sekretarka.domain.appointments import history, holds
from sekretarka.domain.appointments.authorization import require_writable
from sekretarka.domain.appointments.counting import is_upcoming
from sekretarka.domain.appointments.events import AppointmentBooked, AppointmentMoved
from sekretarka.domain.appointments.holds import HoldLost
from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment, Change, Source, Status
from sekretarka.domain.appointments.scheduling import slot_allocation
from sekretarka.domain.appointments.schemas import AppointmentCreate, AppointmentPatch
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.events import ClientNumberChanged

MOVING_FIELDS = {"scheduled_at", "staff_id", "service_type"}


async def book(uow: UnitOfWork, data: AppointmentCreate) -> Appointment:
    """Book a free time, or convert the hold `hold_id`. Raises as `slot_allocation.allocate`; `Invalid` for an unknown
    service, agent, call or hold, or a hold for something else; `AgentOff` for an agent that is switched off; `HoldLost`
    when what was held cannot be booked any more; `Forbidden` for a calendar that is not the caller's."""
    staff_id = await require_writable(uow, data.staff_id)
    if data.agent_id:
        await agents.require_on(uow, data.agent_id)
    if data.hold_id is not None:
        row = await holds.take(uow, data, data.hold_id, staff_id)
    else:
        row = await slot_allocation.new_appointment(uow, data.service_type, data.scheduled_at, staff_id)
    # before the row is changed: reading the client under a lock flushes what was changed so far
    client = await clients.get_or_create_by_phone(uow, data.client_phone, data.client_name, data.client_email)
    if row.status is Status.HELD:
        _convert_hold(uow, row)
    _fill(row, data, client.id)
    async with slot_allocation.map_overlap_error():
        with _map_unknown_conversation():
            uow.add(row)
            await uow.flush()
    await history.record(uow, row, Change.BOOKED, AppointmentBooked(row.id, row.conversation_id), after=slot_of(row))
    return row


async def book_or_release(uow: UnitOfWork, data: AppointmentCreate) -> Appointment | HoldLost:
    """As `book`, but a hold that was lost is released and the error returned: raised, it would undo the release.
    Nothing else was written then."""
    try:
        return await book(uow, data)
    except HoldLost as error:
        assert data.hold_id is not None  # noqa: S101 - nothing else is lost
        await holds.release(uow, data.hold_id)
        return error


async def update(
    uow: UnitOfWork, appointment_id: UUID, patch: AppointmentPatch, *, or_anyone: bool = False
) -> Appointment:
    """Merge patch; a new time, staff member or service is checked like a new booking and moves the appointment. With
    `or_anyone` a patch without a staff member moves it to whoever is free where its own one is not.

    Raises as `book`; `InvalidStateTransition` when it is over or cancelled, `Conflict` when somebody else moves it at
    the same moment.
    """
    uow.require(Permission.APPOINTMENTS_WRITE)
    current = await get_appointment(uow, appointment_id)
    await require_writable(uow, current.staff_id)
    fields = patch.model_fields_set
    slot_before = slot_of(current)
    assignment = await _new_assignment(uow, current, patch, or_anyone) if fields & MOVING_FIELDS else None
    row = await get_appointment(uow, appointment_id, lock=True)
    if assignment is not None:
        if slot_of(row) != slot_before:
            raise Conflict("Somebody else moved this appointment at the same moment, look at it again")
        await _move(uow, row, assignment)
    edited = await _edit(uow, row, patch)
    if edited:
        uow.bump_version(row)
        await uow.flush()
        await history.record(uow, row, Change.EDITED, after={"fields": ", ".join(sorted(edited))})
    return row


async def on_number_changed(uow: UnitOfWork, event: ClientNumberChanged) -> None:
    """Give what the client has to come their new number, so that reminders reach it; one that was booked with somebody
    else's number keeps that."""
    theirs = uow.select(Appointment).where(
        Appointment.client_id == event.client_id, Appointment.client_phone == event.previous, is_upcoming(uow.now)
    )
    for row in await uow.list(theirs.order_by(col(Appointment.id)).with_for_update()):
        row.client_phone = event.phone
        uow.bump_version(row)
        await history.record(uow, row, Change.EDITED, after={"fields": "client_phone"})


async def get_appointment(uow: UnitOfWork, appointment_id: UUID, *, lock: bool = False) -> Appointment:
    """An appointment; `NotFound`, also for a hold. With `lock` the row is read anew, whatever was read of it before."""
    statement = uow.select(Appointment).where(Appointment.id == appointment_id, col(Appointment.status) != Status.HELD)
    if lock:
        statement = statement.with_for_update()
    row = await uow.one_or_none(statement)
    if row is None:
        raise NotFound
    return row


def _fill(row: Appointment, data: AppointmentCreate, client_id: UUID) -> None:
    row.client_id = client_id
    row.client_name, row.client_phone, row.client_email = data.client_name, data.client_phone, data.client_email
    row.notes = data.notes or None
    row.agent_id, row.conversation_id = data.agent_id, data.conversation_id
    if data.agent_id or data.conversation_id:
        row.source = Source.AGENT


@contextmanager
def _map_unknown_conversation() -> Iterator[None]:
    """Conversations are a higher feature, so only the foreign key knows whether there is one.

    Everything else that a new appointment points at was read, or made, in the same transaction.
    """
    try:
        yield
    except IntegrityError as error:
        if not is_foreign_key_violation(error):
            raise
        raise Invalid.field(["body", "conversationId"], "unknown_conversation", "There is no such call") from None


def _convert_hold(uow: UnitOfWork, row: Appointment) -> None:
    row.status, row.held_until, row.held_by, row.created_at = Status.SCHEDULED, None, None, uow.now
    row.source = slot_allocation.source_of(uow)
    uow.bump_version(row)


async def _new_assignment(
    uow: UnitOfWork, current: Appointment, patch: AppointmentPatch, or_anyone: bool
) -> slot_allocation.Assignment | None:
    """Where the patch wants the appointment, or None where it is already."""
    fields = patch.model_fields_set
    start = patch.scheduled_at if "scheduled_at" in fields else current.scheduled_at
    staff_id = patch.staff_id if "staff_id" in fields else current.staff_id
    service = (await catalog.by_ids(uow, [current.service_id]))[current.service_id]
    if "service_type" in fields:
        requested = await catalog.get_by_name(uow, patch.service_type)
        service = (
            service
            if requested and requested.id == service.id
            else await slot_allocation.bookable_service(uow, patch.service_type)
        )
    if (start, staff_id, service.id) == tuple(slot_of(current).values()):
        return None
    await require_writable(uow, staff_id)
    _require_movable(current)
    or_anyone = or_anyone and "staff_id" not in fields
    return await slot_allocation.allocate(uow, service, start, staff_id, moving=current, or_anyone=or_anyone)


def slot_of(row: Appointment) -> dict[str, Any]:
    """When it is, with whom and for what, as the history has it."""
    return {"scheduledAt": row.scheduled_at, "staffId": row.staff_id, "serviceId": row.service_id}


def _require_movable(row: Appointment) -> None:
    if row.status not in OPEN_STATUSES:
        message = "An appointment that is over or cancelled does not move"
        raise InvalidStateTransition.between(row.status, row.status, message=message)


async def _move(uow: UnitOfWork, row: Appointment, assignment: slot_allocation.Assignment) -> None:
    _require_movable(row)
    before = slot_of(row)
    event = AppointmentMoved(row.id, row.scheduled_at, row.staff_id)
    assignment.apply(row)
    async with slot_allocation.map_overlap_error():
        uow.bump_version(row)
        await uow.flush()
    await history.record(uow, row, Change.MOVED, event, before=before, after=slot_of(row))


async def _edit(uow: UnitOfWork, row: Appointment, patch: AppointmentPatch) -> set[str]:
    """Everything but time, person and service; the names of what is different now."""
    values = {name: getattr(patch, name) for name in patch.model_fields_set - MOVING_FIELDS - {"timezone"}}
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    if "client_phone" in changes:
        name = values.get("client_name", row.client_name)
        changes["client_id"] = (
            await clients.get_or_create_by_phone(uow, patch.client_phone, name, values.get("client_email"))
        ).id
    for name, value in changes.items():
        setattr(row, name, value)
    return changes.keys() - {"client_id"}
