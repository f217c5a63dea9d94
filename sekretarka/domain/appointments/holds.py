"""Holds: times reserved for some minutes while a caller decides, and used up by a booking."""

from datetime import datetime, timedelta
from typing import Never
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Conflict, Invalid, NotFound, Throttled
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text.i18n import DEFAULT_LANGUAGE, format_datetime, translate
from sekretarka.domain.agents import service as agents
from sekretarka.domain.appointments.authorization import require_writable
from sekretarka.domain.appointments.models import Appointment, Status
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader, slot_allocation, slot_search
from sekretarka.domain.appointments.schemas import AppointmentCreate, HoldCreate
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff

MAX_OPEN_HOLDS = 10  # of one API key or user: as many callers at once, and no whole day of a salon
ALTERNATIVES, AHEAD = 3, timedelta(days=13)


class TooManyHolds(Throttled):
    code, message = "TOO_MANY_HOLDS", "You hold as many times as you may, use or release one of them first"


class HoldLost(Conflict):
    """Details are `{"reason": code, "times": [RFC 3339], "services": [names]}`: what can be booked instead."""

    code, message = "HOLD_LOST", "The time that was held cannot be booked any more, choose another one"


async def create(uow: UnitOfWork, data: HoldCreate) -> Appointment:
    """Reserve a time for as many minutes as the organization's `holdMinutes`. Raises as `slot_allocation.allocate`, and
    `TooManyHolds` for who has `MAX_OPEN_HOLDS`."""
    staff_id = await require_writable(uow, data.staff_id)
    holder = uow.actor.api_key_id or uow.actor.user_id or uow.organization_id
    await _check_open_holds(uow, holder)
    row = await slot_allocation.new_appointment(uow, data.service_type, data.scheduled_at, staff_id)
    minutes = (await days.current_organization(uow)).booking["holdMinutes"]
    row.status, row.held_until, row.held_by = Status.HELD, uow.now + timedelta(minutes=minutes), holder
    async with slot_allocation.map_overlap_error():
        uow.add(row)
        await uow.flush()
    days.notify_calendar_changed(uow)
    return row


async def get(uow: UnitOfWork, hold_id: UUID) -> Appointment:
    """An active hold, or `NotFound`."""
    uow.require(Permission.APPOINTMENTS_READ)
    row = await _find(uow, hold_id)
    if row is None:
        raise NotFound
    return row


async def release(uow: UnitOfWork, hold_id: UUID) -> None:
    """Delete an active hold; `NotFound`, and `Forbidden` for a calendar that is not the caller's."""
    uow.require(Permission.APPOINTMENTS_WRITE)
    row = await _find(uow, hold_id, lock=True)
    if row is None:
        raise NotFound
    await require_writable(uow, row.staff_id)
    await uow.delete(row)
    days.notify_calendar_changed(uow)


async def take(uow: UnitOfWork, data: AppointmentCreate, hold_id: UUID, staff_id: UUID | None) -> Appointment:
    """The hold that a booking uses up: of two who try at once one gets it, under the lock of the staff member's row.

    `Invalid` for a hold that has ended or is for something else; `HoldLost` when person, service, hours or time off
    do not allow the time any more (the caller is to release it).
    """
    unlocked = await _find(uow, hold_id)
    if unlocked is not None:
        await staff.lock(uow, [unlocked.staff_id])
    row = await _find(uow, hold_id, lock=True)
    if row is None:
        raise Invalid.field(["body", "holdId"], "unknown_hold", "This hold has ended, choose the time again")
    held = (await catalog.by_ids(uow, [row.service_id]))[row.service_id]
    if held.deleted_at is not None or not held.is_active:
        await _reject(uow, data, row, held, "UNKNOWN_SERVICE")
    service = await catalog.get_by_name(uow, data.service_type)
    same = service is not None and service.id == row.service_id and row.scheduled_at == data.scheduled_at
    if not same or staff_id not in (None, row.staff_id):
        raise Invalid.field(["body", "holdId"], "hold_mismatch", "The hold is for another time, service or person")
    try:
        await slot_allocation.allocate(uow, held, row.scheduled_at, row.staff_id, moving=row)
    except Conflict as error:
        await _reject(uow, data, row, held, error.code)
    return row


async def _find(uow: UnitOfWork, hold_id: UUID, *, lock: bool = False) -> Appointment | None:
    statement = uow.select(Appointment).where(
        Appointment.id == hold_id, Appointment.status == Status.HELD, col(Appointment.held_until) > uow.now
    )
    if lock:
        statement = statement.with_for_update()
    return await uow.one_or_none(statement)


async def _check_open_holds(uow: UnitOfWork, holder: UUID) -> None:
    """`TooManyHolds` with the seconds until one of them ends; no two holds of one holder are counted at once."""
    await uow.wait_for_advisory_lock(f"holds:{holder}")
    row = Appointment
    until = sa.select(col(row.held_until)).where(
        col(row.organization_id) == uow.organization_id,
        col(row.status) == Status.HELD,
        col(row.held_by) == holder,
        col(row.held_until) > uow.now,
    )
    ends = sorted((await uow.execute(until)).scalars())
    if len(ends) < MAX_OPEN_HOLDS:
        return
    seconds = max(1, round((ends[0] - uow.now).total_seconds()))
    error = TooManyHolds(headers={"Retry-After": str(seconds)})
    error.spoken = translate(DEFAULT_LANGUAGE, "holds.too_many")
    raise error


async def _reject(uow: UnitOfWork, data: AppointmentCreate, row: Appointment, service: Service, reason: str) -> Never:
    """`HoldLost` with what can be booked instead, which is also said in the language of the agent."""
    lang = await agents.language_of(uow, data.agent_id)
    names = await catalog.active_names(uow) if reason == "UNKNOWN_SERVICE" else []
    times = [] if reason == "UNKNOWN_SERVICE" else await _nearest_times(uow, row, service)
    zone = (await days.current_organization(uow)).timezone
    details = {
        "reason": reason,
        "times": [time.isoformat(timespec="seconds") for time in times],
        "services": names,
    }
    error = HoldLost(details=details)
    kind = "times" if times else "services" if names else "none"
    said = [format_datetime(lang, time, zone) for time in times] or names[:ALTERNATIVES]
    error.spoken = translate(lang, f"holds.lost.{kind}", choices=", ".join(said))
    raise error


async def _nearest_times(uow: UnitOfWork, row: Appointment, service: Service) -> list[datetime]:
    """Up to `ALTERNATIVES` free times for the service around the one that was held, local and in order."""
    organization = await days.current_organization(uow)
    zone = clock.zone(organization.timezone)
    held = local_time.minute_of(row.scheduled_at)
    first = max(local_time.day_of(held, zone), clock.local_day(uow.now, organization.timezone))
    requirement = schedule_loader.requirement_of_service(service)
    people = await staff.find_qualified(uow, service.id)
    slots = await slot_search.find_slots(uow, organization, people, requirement, (first, first + AHEAD))
    free = sorted((slot.start for slot in slots if slot.free), key=lambda start: abs(start - held))
    return [local_time.to_local(start, zone) for start in sorted(free[:ALTERNATIVES])]
