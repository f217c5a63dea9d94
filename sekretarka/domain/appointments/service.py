"""Appointments: finding them, and finding a time for one."""

from collections.abc import Collection, Sequence
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
from sekretarka.domain.appointments.counting import AppointmentCount, day_column, is_counted, is_upcoming
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Status
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader, slot_search
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
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.staff.schemas import StaffPatch

# appointments


async def page(
    uow: UnitOfWork, filters: AppointmentFilter, at: PageQuery, counted_as: AppointmentCount | None = None
) -> Page[Appointment]:
    """One page of the appointments that fit the filter, in its order. `counted_as` and what is raised as in `query`."""
    order = SortKey(col(Appointment.scheduled_at), descending=filters.sort.startswith("-"))
    filter_values = filters.model_dump(mode="json", include=set(AppointmentFilter.model_fields))
    return await paginate(uow, await query(uow, filters, counted_as), order, at, filter_values)


async def query(
    uow: UnitOfWork, filters: AppointmentFilter, counted_as: AppointmentCount | None = None
) -> SelectOfScalar[Appointment]:
    """A SELECT of the organization's appointments that fit the filter, without holds; with `counted_as` of those that
    this number counts, whose days are then the filter's. `Invalid` for a period that ends before it starts."""
    uow.require(Permission.APPOINTMENTS_READ)
    row = Appointment
    statement = uow.select(row).where(col(row.status) != Status.HELD)
    equal = {row.status: filters.status, row.staff_id: filters.staff_id, row.client_id: filters.client_id}
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(col(column) == value)
    if counted_as is not None:
        statement = statement.where(is_counted(counted_as, uow.now))
    first, last = await days.interval(uow, filters.start_date, filters.end_date)
    if first:
        statement = statement.where(day_column(counted_as) >= first)
    if last:
        statement = statement.where(day_column(counted_as) < last)
    if filters.service_type:
        statement = statement.where(
            col(row.service_id).in_(await catalog.find_by_name_incl_archived(uow, filters.service_type))
        )
    return statement


async def get(uow: UnitOfWork, appointment_id: UUID) -> Appointment:
    """One appointment; `NotFound`, also for a hold."""
    uow.require(Permission.APPOINTMENTS_READ)
    return await get_appointment(uow, appointment_id)


async def view(uow: UnitOfWork, *rows: Appointment) -> list[AppointmentView]:
    """Appointments with the names of their services, as API and pages show them, in the same order."""
    services = await catalog.by_ids(uow, {row.service_id for row in rows})
    return [AppointmentView.of(row, services[row.service_id].name) for row in rows]


async def changes(uow: UnitOfWork, appointment_id: UUID, query: PageQuery) -> Page[AppointmentChange]:
    """One page of an appointment's history, the oldest entry first; `NotFound`."""
    await get(uow, appointment_id)
    return await history.page(uow, appointment_id, query)


async def ids_by_conversation(uow: UnitOfWork, conversation_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """By conversation id, the ids of the appointments booked in the call, the oldest first; calls without one are left
    out."""
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
    ids: dict[UUID, list[UUID]] = {}
    for conversation_id, appointment_id in await uow.execute(statement):
        ids.setdefault(conversation_id, []).append(appointment_id)
    return ids


async def find_by_conversation(uow: UnitOfWork, conversation_id: UUID) -> Sequence[Appointment]:
    """The appointments booked in a call, the oldest booking first."""
    statement = await query(uow, AppointmentFilter())
    of_call = statement.where(Appointment.conversation_id == conversation_id)
    return await uow.list(of_call.order_by(col(Appointment.created_at), col(Appointment.id)))


class ClientStats(NamedTuple):
    """A client's appointments: how many were completed and missed, when the last one completed was and the next one
    will be (None: there is none)."""

    completed: int = 0
    missed: int = 0
    last_at: datetime | None = None
    next_at: datetime | None = None


NO_STATS = ClientStats()


async def next_of_client(uow: UnitOfWork, client_id: UUID) -> Appointment | None:
    """The client's next appointment, None without one."""
    of_client = await query(uow, AppointmentFilter(client_id=client_id))
    return await uow.one_or_none(of_client.where(is_upcoming(uow.now)).order_by(col(Appointment.scheduled_at)))


async def client_stats(uow: UnitOfWork, client_ids: Collection[UUID]) -> dict[UUID, ClientStats]:
    """By client id, the numbers of their appointments; clients without an appointment are left out."""
    uow.require(Permission.CLIENTS_READ)
    row = Appointment
    status, at = col(row.status), col(row.scheduled_at)
    took_place = status == Status.COMPLETED
    upcoming = is_upcoming(uow.now)
    counted = (
        sa.select(
            col(row.client_id),
            sa.func.count(sa.case((took_place, 1))),
            sa.func.count(sa.case((status == Status.NO_SHOW, 1))),
            sa.func.max(sa.case((took_place, at))),
            sa.func.min(sa.case((upcoming, at))),
        )
        .where(col(row.organization_id) == uow.organization_id, col(row.client_id).in_(client_ids))
        .group_by(col(row.client_id))
    )
    return {client_id: ClientStats(*figures) for client_id, *figures in await uow.execute(counted)}


async def reassign(uow: UnitOfWork, merged: ClientsMerged) -> None:
    """Give the appointments of a merged client to the client they were merged into, without new versions."""
    row = Appointment
    of_merged = (col(row.organization_id) == uow.organization_id, col(row.client_id) == merged.merged_id)
    move = sa.update(row).where(*of_merged).values(client_id=merged.target_id)
    await uow.execute(move.execution_options(synchronize_session=False))


async def find_schedule_conflicts(uow: UnitOfWork, query: ScheduleConflictsQuery) -> ScheduleConflictsView:
    """Upcoming appointments outside of working time, of everybody or of one staff member, also a deleted one; `Invalid`
    for an unknown one."""
    if query.staff_id is not None and not await staff.find_by_ids(uow, [query.staff_id]):
        raise Invalid.field(["query", "staffId"], "unknown_staff", "Nobody like this works here")
    conflicts = await schedule_conflicts.find(uow, query.staff_id)
    views = await view(uow, *(conflict.appointment for conflict in conflicts))
    appointments = [
        ScheduleConflictView(**appointment_view.model_dump(), reason=conflict.reason)
        for appointment_view, conflict in zip(views, conflicts, strict=True)
    ]
    return ScheduleConflictsView(appointments=appointments)


# times


async def find_times(uow: UnitOfWork, query: AvailabilityQuery) -> AvailabilityView:
    """A day's times for a service, with anyone or with one staff member; `Invalid` for an unknown service or staff
    member."""
    uow.require(Permission.APPOINTMENTS_READ)
    service = await catalog.get_by_name(uow, query.service_type)
    if service is None or not service.is_active:
        raise Invalid.field(["query", "serviceType"], "unknown_service", "There is no such service")
    if query.staff_id is not None and not await staff.exists(uow, query.staff_id):
        raise Invalid.field(["query", "staffId"], "unknown_staff", "Nobody like this works here")
    members = await staff.find_qualified(uow, service.id, query.staff_id)
    return await _day(
        uow, await days.current_organization(uow), members, schedule_loader.requirement_of_service(service), query.date
    )


async def find_times_of(uow: UnitOfWork, staff_id: UUID, query: StaffAvailabilityQuery) -> AvailabilityView:
    """A day's times of one staff member; `NotFound` for the staff member, `Invalid` for an unknown service."""
    uow.require(Permission.STAFF_READ)
    await staff.get(uow, staff_id)
    organization = await days.current_organization(uow)
    service: Service | None = None
    if query.service_type is not None:
        service = await catalog.get_by_name(uow, query.service_type)
        if service is None or not service.is_active:
            raise Invalid.field(["query", "serviceType"], "unknown_service", "There is no such service")
    requirement = (
        schedule_loader.requirement_of_service(service)
        if service
        else DurationRequirement(organization.booking["slotMinutes"])
    )
    members = await staff.find_qualified(uow, service.id if service else None, staff_id)
    day = query.date or clock.local_day(uow.now, organization.timezone)
    return await _day(uow, organization, members, requirement, day)


async def find_times_to_move(uow: UnitOfWork, appointment_id: UUID, between: tuple[date, date]) -> list[Slot]:
    """The free slots of some days, both included, that an appointment can be moved to: as long as it was booked, with
    its own staff member. `NotFound`."""
    row = await get(uow, appointment_id)
    return [
        slot
        for slot in await slot_search.find_slots(
            uow,
            await days.current_organization(uow),
            await staff.find_qualified(uow, row.service_id, row.staff_id),
            schedule_loader.requirement_of_appointment(row),
            between,
        )
        if slot.free
    ]


async def preview(
    uow: UnitOfWork, staff_id: UUID, service_id: UUID, between: tuple[date, date], draft: StaffPatch | None = None
) -> list[Slot]:
    """The slots of a staff member for a service on some days, both included; with the hours of `draft` in place of the
    stored ones. `NotFound` for staff member or service."""
    uow.require(Permission.APPOINTMENTS_READ)
    member = await staff.get(uow, staff_id)
    service = await catalog.get(uow, service_id)
    members = await staff.find_qualified(uow, service.id, member.id)
    draft_hours = {} if draft is None else {member.id: draft.weekly_hours}
    return await slot_search.find_slots(
        uow,
        await days.current_organization(uow),
        members,
        schedule_loader.requirement_of_service(service),
        between,
        draft_hours,
    )


async def _day(
    uow: UnitOfWork, organization: Organization, members: Sequence[Staff], requirement: DurationRequirement, day: date
) -> AvailabilityView:
    zone = clock.zone(organization.timezone)
    slots = await slot_search.find_slots(uow, organization, members, requirement, (day, day))
    slot_views = [
        SlotView(time=local_time.to_local(slot.start, zone), available=bool(slot.free), staff_ids=list(slot.free))
        for slot in slots
    ]
    return AvailabilityView(date=day, timezone=organization.timezone, slots=slot_views)
