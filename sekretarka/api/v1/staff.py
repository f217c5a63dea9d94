"""`/staff`: staff members, their working hours and time off."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import departures
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.schemas import (
    AvailabilityView,
    StaffAppointmentsView,
    StaffAvailabilityQuery,
    StaffDeleted,
    TimeOffTaken,
)
from sekretarka.domain.appointments.time_off import create
from sekretarka.domain.staff import service as staff
from sekretarka.domain.staff import time_off
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.staff.schemas import StaffCreate, StaffPatch, TimeOffCreate, TimeOffView
from sekretarka.http.responses import Deleted, Envelope, Page, page_of, set_location

router = APIRouter(prefix="/staff", tags=["staff"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.STAFF_READ), requires(Permission.STAFF_WRITE)


@router.get("", openapi_extra=READ)
async def list_staff(uow: WithUnitOfWork, query: Annotated[PageQuery, Query()]) -> Page[StaffAppointmentsView]:
    """All staff members, the oldest row first."""
    page = await staff.page(uow, query)
    return page_of(await departures.view(uow, *page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_staff(uow: WithUnitOfWork, data: StaffCreate, response: Response) -> Envelope[StaffAppointmentsView]:
    """A new staff member. Without `weeklyHours` they work the opening hours."""
    row = await staff.create(uow, data)
    set_location(response, "staff", row.id)
    return await _one(uow, row)


@router.get("/{staff_id}", openapi_extra=READ)
async def get_staff(uow: WithUnitOfWork, staff_id: UUID) -> Envelope[StaffAppointmentsView]:
    """One staff member."""
    return await _one(uow, await staff.get(uow, staff_id))


@router.patch("/{staff_id}", openapi_extra=WRITE)
async def update_staff(uow: WithUnitOfWork, staff_id: UUID, patch: StaffPatch) -> Envelope[StaffAppointmentsView]:
    """Merge patch; days of `weeklyHours` that are absent stay, `null` closes a day. Booked appointments stay, also of
    who is switched off: `upcomingAppointments` says how many, `/appointments/outside?staffId=` which."""
    return await _one(uow, await staff.update(uow, staff_id, patch))


@router.delete("/{staff_id}", openapi_extra=WRITE)
async def delete_staff(uow: WithUnitOfWork, staff_id: UUID) -> Envelope[StaffDeleted]:
    """Remove a staff member. Responds with the appointments that are left: they stay until somebody moves or cancels
    them."""
    row, left = await departures.delete(uow, staff_id)
    [view] = await departures.view(uow, row)
    return Envelope(data=StaffDeleted(**view.model_dump(), appointments=await appointments.view(uow, *left)))


@router.post("/{staff_id}/calendar-url/rotate", openapi_extra=WRITE)
async def rotate_calendar_url(uow: WithUnitOfWork, staff_id: UUID) -> Envelope[StaffAppointmentsView]:
    """A new `calendarUrl`; the previous one stops working."""
    return await _one(uow, await staff.change_calendar_link(uow, staff_id))


@router.get("/{staff_id}/availability", openapi_extra=READ)
async def get_staff_availability(
    uow: WithUnitOfWork, staff_id: UUID, query: Annotated[StaffAvailabilityQuery, Query()]
) -> Envelope[AvailabilityView]:
    """A day's times of one staff member, also those that are taken; without `date` today's."""
    return Envelope(data=await appointments.find_times_of(uow, staff_id, query))


@router.get("/{staff_id}/time-off", openapi_extra=READ)
async def list_time_off(uow: WithUnitOfWork, staff_id: UUID, query: Annotated[PageQuery, Query()]) -> Page[TimeOffView]:
    """All time off of a staff member, the earliest first."""
    await staff.get(uow, staff_id)
    page = await time_off.page(uow, staff_id, query)
    return page_of(map(TimeOffView.model_validate, page.rows), page)


@router.post("/{staff_id}/time-off", status_code=201, openapi_extra=WRITE)
async def take_time_off(
    uow: WithUnitOfWork, staff_id: UUID, data: TimeOffCreate, response: Response
) -> Envelope[TimeOffTaken]:
    """Add time off. Responds with the appointments in that time; none of them is cancelled."""
    row, hit = await create(uow, staff_id, data)
    set_location(response, f"staff/{staff_id}/time-off", row.id)
    view = TimeOffView.model_validate(row)
    return Envelope(data=TimeOffTaken(**view.model_dump(), appointments=await appointments.view(uow, *hit)))


@router.get("/{staff_id}/time-off/{time_off_id}", openapi_extra=READ)
async def get_time_off(uow: WithUnitOfWork, staff_id: UUID, time_off_id: UUID) -> Envelope[TimeOffView]:
    """One time off of a staff member."""
    await staff.get(uow, staff_id)
    return Envelope(data=TimeOffView.model_validate(await time_off.get(uow, staff_id, time_off_id)))


@router.delete("/{staff_id}/time-off/{time_off_id}", openapi_extra=WRITE)
async def delete_time_off(uow: WithUnitOfWork, staff_id: UUID, time_off_id: UUID) -> Envelope[Deleted]:
    """Delete a time off."""
    await staff.get(uow, staff_id)
    await time_off.remove(uow, staff_id, time_off_id)
    return Envelope(data=Deleted(id=time_off_id))


async def _one(uow: UnitOfWork, row: Staff) -> Envelope[StaffAppointmentsView]:
    return Envelope(data=(await departures.view(uow, row))[0])
