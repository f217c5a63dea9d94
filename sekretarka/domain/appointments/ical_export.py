"""Calendars for other programs: a staff member's appointments to subscribe to, one appointment for its client."""

from datetime import timedelta
from email.utils import parseaddr
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.appointments import ical
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.ical import CalendarEntry
from sekretarka.domain.appointments.models import Appointment, Status
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.staff import service as staff

BACK, AHEAD, MOST = timedelta(days=90), timedelta(days=400), 5_000


async def export_staff_calendar(uow: UnitOfWork, staff_id: UUID) -> bytes:
    """A staff member's appointments from 90 days back to 400 ahead, at most 5 000, as iCalendar (UTF-8): cancelled ones
    marked, with name and number of the client. `NotFound`."""
    uow.require(Permission.APPOINTMENTS_READ)
    member = await staff.get(uow, staff_id)
    organization = await days.current_organization(uow)
    row = Appointment
    in_range = uow.select(row).where(
        row.staff_id == staff_id,
        col(row.status) != Status.HELD,
        row.scheduled_at >= uow.now - BACK,
        row.scheduled_at < uow.now + AHEAD,
    )
    rows = await uow.list(in_range.order_by(col(row.scheduled_at).desc(), col(row.id)).limit(MOST))
    services = await catalog.by_ids(uow, {appointment.service_id for appointment in rows})
    entries = [
        CalendarEntry(
            appointment,
            summary=f"{services[appointment.service_id].name}: {appointment.client_name}",
            description="\n".join(filter(None, (appointment.client_phone, appointment.notes))),
            location=_address(organization),
        )
        for appointment in reversed(rows)
    ]
    return ical.feed(f"{member.name} · {organization.name}", entries)


async def export_appointment(uow: UnitOfWork, appointment_id: UUID) -> bytes:
    """One appointment for its client as iCalendar (UTF-8), without notes, number and staff. `NotFound`."""
    appointment = await appointments.get(uow, appointment_id)
    organization = await days.current_organization(uow)
    service = (await catalog.by_ids(uow, [appointment.service_id]))[appointment.service_id]
    entry = CalendarEntry(appointment, summary=f"{service.name}, {organization.name}", location=_address(organization))
    mail = organization.email or parseaddr(settings.mail_from)[1]
    return ical.attachment((organization.name, mail), entry)


def _address(organization: Organization) -> str:
    address = organization.address or {}
    town = " ".join(filter(None, (address.get("postalCode"), address.get("city"))))
    return ", ".join(filter(None, (address.get("street"), town)))
