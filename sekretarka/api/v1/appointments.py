"""`/appointments`: appointments, holds and available times."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.api.v1 import calendars
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import booking, holds, ical_export, statuses
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.holds import HoldLost
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import (
    AppointmentCreate,
    AppointmentFilter,
    AppointmentPatch,
    AppointmentView,
    AvailabilityQuery,
    AvailabilityView,
    ChangeView,
    HoldCreate,
    HoldView,
    ScheduleConflictsQuery,
    ScheduleConflictsView,
)
from sekretarka.http import errors
from sekretarka.http.responses import Deleted, Envelope, Page, page_of, set_location

router = APIRouter(prefix="/appointments", tags=["appointments"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.APPOINTMENTS_READ, cacheable=True), requires(Permission.APPOINTMENTS_WRITE)
NOW = requires(Permission.APPOINTMENTS_READ)  # what is free, and what is held, changes by the clock alone


class AppointmentQuery(AppointmentFilter, PageQuery):
    """What a list takes."""


@router.get("", openapi_extra=READ)
async def list_appointments(uow: WithUnitOfWork, query: Annotated[AppointmentQuery, Query()]) -> Page[AppointmentView]:
    """Appointments, the latest first unless `sort=scheduledAt`. Plain dates are whole days of the organization."""
    page = await appointments.page(uow, query, query)
    return page_of(await appointments.view(uow, *page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE, response_model=Envelope[AppointmentView])
async def create_appointment(
    uow: WithUnitOfWork, data: AppointmentCreate, response: Response
) -> Envelope[AppointmentView] | Response:
    """Book an appointment. Without `staffId` the free staff member with the fewest appointments that day gets it.

    409 says why a time cannot be: `SLOT_TAKEN`, `OUTSIDE_HOURS`, `TOO_SOON`, `TOO_FAR`, `STAFF_UNAVAILABLE`; of a hold
    `HOLD_LOST` with `details.times` that are free instead, and the hold is released.
    """
    booked = await booking.book_or_release(uow, data)
    if isinstance(booked, HoldLost):
        return errors.to_response(booked)
    set_location(response, "appointments", booked.id)
    return await _one(uow, booked)


@router.get("/availability", openapi_extra=NOW)
async def get_availability(
    uow: WithUnitOfWork, query: Annotated[AvailabilityQuery, Query()]
) -> Envelope[AvailabilityView]:
    """A day's times for a service, also those that are taken, with who is free at each."""
    return Envelope(data=await appointments.find_times(uow, query))


@router.get("/outside", openapi_extra=NOW)
async def list_schedule_conflicts(
    uow: WithUnitOfWork, query: Annotated[ScheduleConflictsQuery, Query()]
) -> Envelope[ScheduleConflictsView]:
    """Future appointments outside of opening or working hours, on a closed day or in time off, and why.

    Check after changing hours, closed days or staff: that never cancels appointments.
    """
    return Envelope(data=await appointments.find_schedule_conflicts(uow, query))


@router.post("/holds", status_code=201, openapi_extra=WRITE)
async def create_hold(uow: WithUnitOfWork, data: HoldCreate, response: Response) -> Envelope[HoldView]:
    """Hold a time for a few minutes; a booking with its id as `holdId` uses the hold.

    429 `TOO_MANY_HOLDS` for who holds ten times already.
    """
    row = await holds.create(uow, data)
    set_location(response, "appointments/holds", row.id)
    return Envelope(data=HoldView.of(row))


@router.get("/holds/{hold_id}", openapi_extra=NOW)
async def get_hold(uow: WithUnitOfWork, hold_id: UUID) -> Envelope[HoldView]:
    """A hold that has not expired."""
    return Envelope(data=HoldView.of(await holds.get(uow, hold_id)))


@router.delete("/holds/{hold_id}", openapi_extra=WRITE)
async def release_hold(uow: WithUnitOfWork, hold_id: UUID) -> Envelope[Deleted]:
    """Release a hold."""
    await holds.release(uow, hold_id)
    return Envelope(data=Deleted(id=hold_id))


@router.get("/{appointment_id}", openapi_extra=READ)
async def get_appointment(uow: WithUnitOfWork, appointment_id: UUID) -> Envelope[AppointmentView]:
    """One appointment."""
    return await _one(uow, await appointments.get(uow, appointment_id))


@router.patch("/{appointment_id}", openapi_extra=WRITE)
async def update_appointment(
    uow: WithUnitOfWork, appointment_id: UUID, patch: AppointmentPatch
) -> Envelope[AppointmentView]:
    """Merge patch. A new `scheduledAt`, `staffId` or `serviceType` moves it and is checked like a booking."""
    return await _one(uow, await booking.update(uow, appointment_id, patch))


@router.delete("/{appointment_id}", openapi_extra=WRITE)
async def cancel_appointment(uow: WithUnitOfWork, appointment_id: UUID) -> Envelope[AppointmentView]:
    """Cancel an appointment; its time is free again. Repeating it changes nothing."""
    return await _one(uow, await statuses.cancel(uow, appointment_id))


@router.post("/{appointment_id}/confirm", openapi_extra=WRITE)
async def confirm_appointment(uow: WithUnitOfWork, appointment_id: UUID) -> Envelope[AppointmentView]:
    """The client will come; repeating it changes nothing."""
    return await _one(uow, await statuses.confirm(uow, appointment_id))


@router.post("/{appointment_id}/complete", openapi_extra=WRITE)
async def complete_appointment(uow: WithUnitOfWork, appointment_id: UUID) -> Envelope[AppointmentView]:
    """The appointment took place; repeating it changes nothing. A user may correct it to no-show for a week."""
    return await _one(uow, await statuses.complete(uow, appointment_id))


@router.post("/{appointment_id}/no-show", openapi_extra=WRITE)
async def miss_appointment(uow: WithUnitOfWork, appointment_id: UUID) -> Envelope[AppointmentView]:
    """The client did not come; repeating it changes nothing. A user may correct it to completed for a week."""
    return await _one(uow, await statuses.mark_no_show(uow, appointment_id))


@router.get("/{appointment_id}/calendar.ics", openapi_extra=READ, response_class=calendars.File)
async def get_calendar_file(uow: WithUnitOfWork, appointment_id: UUID) -> Response:
    """The appointment for the client's own calendar (iCalendar); a cancelled one removes itself from it."""
    return calendars.File(await ical_export.export_appointment(uow, appointment_id), headers=calendars.ATTACHED)


@router.get("/{appointment_id}/history", openapi_extra=READ)
async def list_changes(
    uow: WithUnitOfWork, appointment_id: UUID, query: Annotated[PageQuery, Query()]
) -> Page[ChangeView]:
    """Who changed what, the oldest change first."""
    page = await appointments.changes(uow, appointment_id, query)
    return page_of(map(ChangeView.of, page.rows), page)


async def _one(uow: UnitOfWork, row: Appointment) -> Envelope[AppointmentView]:
    return Envelope(data=(await appointments.view(uow, row))[0])
