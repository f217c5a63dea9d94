"""Appointments: finding them, and finding a time for one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.appointments import history, schedule_conflicts
from sekretarka.domain.appointments.booking import get_appointment
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Status
from sekretarka.domain.appointments.scheduling import availability, local_time, schedule_loader
from sekretarka.domain.appointments.scheduling.availability import DurationRequirement, Slot
from sekretarka.domain.appointments.schemas import (
    AppointmentFilter,
    AppointmentView,
    AvailabilityQuery,
    AvailabilityView,
    ScheduleConflictsQuery,
    ScheduleConflictsView,
    ScheduleConflictView,
    SlotView,
    StaffAvailabilityQuery,
)
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.organizations import days, hours
from sekretarka.domain.organizations.hours import BusinessHours
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.staff.schemas import StaffPatch

# appointments


async def page(uow: UnitOfWork, wanted: AppointmentFilter, at: PageQuery) -> Page[Appointment]:
    """One page of the appointments that fit the filter."""
    order = SortKey(col(Appointment.scheduled_at), descending=wanted.sort.startswith("-"))
    filters = wanted.model_dump(mode="json", include=set(AppointmentFilter.model_fields))
    return await paginate(uow, await query(uow, wanted), order, at, filters)


async def query(uow: UnitOfWork, wanted: AppointmentFilter) -> SelectOfScalar[Appointment]:
    """The organization's appointments that fit the filter; holds are none."""
    uow.require(Permission.APPOINTMENTS_READ)
    row = Appointment
    statement = uow.select(row).where(col(row.status) != Status.HELD)
    equal = {row.status: wanted.status, row.staff_id: wanted.staff_id, row.client_id: wanted.client_id}
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(col(column) == value)
    first, last = await days.interval(uow, wanted.start_date, wanted.end_date)
    if first:
        statement = statement.where(row.scheduled_at >= first)
    if last:
        statement = statement.where(row.scheduled_at < last)
    if wanted.service_type:
        statement = statement.where(
            col(row.service_id).in_(await catalog.find_by_name_incl_archived(uow, wanted.service_type))
        )
    return statement


async def get(uow: UnitOfWork, appointment_id: UUID) -> Appointment:
    """One appointment or `NotFound`."""
    uow.require(Permission.APPOINTMENTS_READ)
    return await get_appointment(uow, appointment_id)


async def view(uow: UnitOfWork, *rows: Appointment) -> list[AppointmentView]:
    """Appointments with the names of their services, as API and screens show them."""
    services = await catalog.by_ids(uow, {row.service_id for row in rows})
    return [AppointmentView.of(row, services[row.service_id].name) for row in rows]


async def changes(uow: UnitOfWork, appointment_id: UUID, query: PageQuery) -> Page[AppointmentChange]:
    """An appointment's history, the oldest entry first."""
    await get(uow, appointment_id)
    return await history.page(uow, appointment_id, query)


async def ids_by_conversation(uow: UnitOfWork, conversation_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """By call, the ids of the appointments booked in it, the oldest first; calls without one are left out."""
    row = Appointment
    statement = (
        sa.select(col(row.conversation_id), col(row.id))
        .where(
            col(row.organization_id) == uow.organization_id,
            col(row.conversation_id).in_(conversation_ids),
            col(row.status) != Status.HELD,
        )
        .order_by(col(row.created_at), col(row.id))
    )
    found: dict[UUID, list[UUID]] = {}
    for conversation_id, appointment_id in await uow.execute(statement):
        found.setdefault(conversation_id, []).append(appointment_id)
    return found


async def find_by_conversation(uow: UnitOfWork, conversation_id: UUID) -> Sequence[Appointment]:
    """The appointments booked in a call, the oldest booking first."""
    statement = await query(uow, AppointmentFilter())
    mine = statement.where(Appointment.conversation_id == conversation_id)
    return await uow.list(mine.order_by(col(Appointment.created_at), col(Appointment.id)))


class ClientStats(NamedTuple):
    """A client's appointments: how many were completed and missed, when the last was and the next will be."""

    completed: int = 0
    missed: int = 0
    last_at: datetime | None = None
    next_at: datetime | None = None


NO_STATS = ClientStats()


async def client_stats(uow: UnitOfWork, client_ids: Collection[UUID]) -> dict[UUID, ClientStats]:
    """By client id; clients without an appointment are left out."""
    uow.require(Permission.CLIENTS_READ)
    row = Appointment
    status, at = col(row.status), col(row.scheduled_at)
    took_place = status == Status.COMPLETED
    coming = sa.and_(status.in_([Status.SCHEDULED, Status.CONFIRMED]), at > uow.now)
    counted = (
        sa.select(
            col(row.client_id),
            sa.func.count(sa.case((took_place, 1))),
            sa.func.count(sa.case((status == Status.NO_SHOW, 1))),
            sa.func.max(sa.case((took_place, at))),
            sa.func.min(sa.case((coming, at))),
        )
        .where(col(row.organization_id) == uow.organization_id, col(row.client_id).in_(client_ids))
        .group_by(col(row.client_id))
    )
    return {client_id: ClientStats(*figures) for client_id, *figures in await uow.execute(counted)}


async def reassign(uow: UnitOfWork, merged: ClientsMerged) -> None:
    """Give the appointments of a merged client to the client they were merged into."""
    row = Appointment
    theirs = (col(row.organization_id) == uow.organization_id, col(row.client_id) == merged.merged_id)
    move = sa.update(row).where(*theirs).values(client_id=merged.kept_id)
    await uow.execute(move.execution_options(synchronize_session=False))


async def find_schedule_conflicts(uow: UnitOfWork, asked: ScheduleConflictsQuery) -> ScheduleConflictsView:
    """Upcoming appointments outside of working time, of everybody or of one staff member."""
    if asked.staff_id is not None and not await staff.exists(uow, asked.staff_id):
        raise Invalid.field(["query", "staffId"], "unknown_staff", "Nobody like this works here")
    found = await schedule_conflicts.find(uow, asked.staff_id)
    views = await view(uow, *(one.appointment for one in found))
    visits = [
        ScheduleConflictView(**shown.model_dump(), reason=one.reason) for shown, one in zip(views, found, strict=True)
    ]
    return ScheduleConflictsView(appointments=visits)


# times


async def find_times(uow: UnitOfWork, asked: AvailabilityQuery) -> AvailabilityView:
    """A day's times for a service, with anyone or with one staff member."""
    uow.require(Permission.APPOINTMENTS_READ)
    service = await catalog.get_by_name(uow, asked.service_type)
    if service is None or not service.is_active:
        raise Invalid.field(["query", "serviceType"], "unknown_service", "There is no such service")
    if asked.staff_id is not None and not await staff.exists(uow, asked.staff_id):
        raise Invalid.field(["query", "staffId"], "unknown_staff", "Nobody like this works here")
    people = await staff.find_qualified(uow, service.id, asked.staff_id)
    return await _day(
        uow, await days.current_organization(uow), people, schedule_loader.requirement_of_service(service), asked.date
    )


async def find_times_of(uow: UnitOfWork, staff_id: UUID, asked: StaffAvailabilityQuery) -> AvailabilityView:
    """A day's times of one staff member."""
    uow.require(Permission.STAFF_READ)
    await staff.get(uow, staff_id)
    organization = await days.current_organization(uow)
    service: Service | None = None
    if asked.service_type is not None:
        service = await catalog.get_by_name(uow, asked.service_type)
        if service is None or not service.is_active:
            raise Invalid.field(["query", "serviceType"], "unknown_service", "There is no such service")
    need = (
        schedule_loader.requirement_of_service(service)
        if service
        else DurationRequirement(organization.booking["slotMinutes"])
    )
    people = await staff.find_qualified(uow, service.id if service else None, staff_id)
    day = asked.date or clock.local_day(uow.now, organization.timezone)
    return await _day(uow, organization, people, need, day)


async def preview(
    uow: UnitOfWork, staff_id: UUID, service_id: UUID, between: tuple[date, date], draft: StaffPatch | None = None
) -> list[Slot]:
    """The times of a staff member for a service on some days, both ends included; with a draft's hours, if given."""
    uow.require(Permission.APPOINTMENTS_READ)
    person = await staff.get(uow, staff_id)
    service = await catalog.get(uow, service_id)
    people = await staff.find_qualified(uow, service.id, person.id)
    wanted = {} if draft is None else {person.id: draft.weekly_hours}
    return await find_slots(
        uow,
        await days.current_organization(uow),
        people,
        schedule_loader.requirement_of_service(service),
        between,
        wanted,
    )


async def find_slots(
    uow: UnitOfWork,
    organization: Organization,
    people: Sequence[Staff],
    need: DurationRequirement,
    between: tuple[date, date],
    draft_hours: Mapping[UUID, BusinessHours | None] | None = None,
) -> list[Slot]:
    """Every slot of some days, both ends included; `draft_hours` replace the stored hours of these staff."""
    first, last = (local_time.midnight(day) for day in between)
    loaded = await schedule_loader.load_staff_schedules(
        uow, people, first - 2 * local_time.DAY, last + 4 * local_time.DAY
    )
    for staff_id, week in (draft_hours or {}).items():
        own = None if week is None else hours.minutes(week.merge_into({}))
        loaded = [replace(one, hours=own) if one.id == staff_id else one for one in loaded]
    business = schedule_loader.organization_schedule(organization, *between, by=uow.actor)
    return availability.slots(business, loaded, need, between, local_time.minute_after(uow.now))


async def _day(
    uow: UnitOfWork, organization: Organization, people: Sequence[Staff], need: DurationRequirement, day: date
) -> AvailabilityView:
    zone = clock.zone(organization.timezone)
    found = await find_slots(uow, organization, people, need, (day, day))
    shown = [
        SlotView(time=local_time.to_local(slot.start, zone), available=bool(slot.free), staff_ids=list(slot.free))
        for slot in found
    ]
    return AvailabilityView(date=day, timezone=organization.timezone, slots=shown)
