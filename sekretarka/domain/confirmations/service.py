"""What a client does with an appointment of theirs, by its link."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound, SlotTaken
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.text.i18n import Language
from sekretarka.core.text.i18n import language as known_language
from sekretarka.domain.appointments import booking, statuses
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import OPEN_STATUSES, Appointment, Status
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.schemas import AppointmentPatch
from sekretarka.domain.clients.models import Client
from sekretarka.domain.organizations import days
from sekretarka.domain.templates import rendering
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.rendering import Variable

LOOKED_AHEAD = timedelta(days=27)  # for free times at once
SHOWN_DAYS = 6


@dataclass(frozen=True)
class OwnAppointment:
    """An appointment as its client sees it; `starts_at` is on the organization's clocks. `address` and `phone` may be
    empty, `version` tells one state of it from another."""

    id: UUID
    version: int
    language: Language
    is_confirmed: bool
    organization: str
    address: str
    phone: str
    service: str
    staff: str
    starts_at: datetime


async def get(uow: UnitOfWork, appointment_id: UUID) -> OwnAppointment:
    """The appointment of a link; `NotFound` when it is over, has begun or was cancelled."""
    row = await _open(uow, appointment_id)
    client = await uow.get(Client, row.client_id) if row.client_id else None
    language = known_language(client.language if client else None)
    organization = await days.current_organization(uow)
    facts = await templates.facts_of(uow, row)
    said = rendering.values(language, organization, facts)
    return OwnAppointment(
        id=row.id,
        version=row.version,
        language=language,
        is_confirmed=row.status is Status.CONFIRMED,
        organization=said[Variable.ORGANIZATION],
        address=said[Variable.ADDRESS],
        phone=said[Variable.PHONE],
        service=said[Variable.SERVICE],
        staff=said[Variable.STAFF],
        starts_at=row.scheduled_at.astimezone(clock.zone(organization.timezone)),
    )


async def confirm(uow: UnitOfWork, appointment_id: UUID) -> None:
    """Confirm it; repeating that changes nothing. `NotFound` as `get`."""
    await _open(uow, appointment_id)
    await statuses.confirm(uow, appointment_id)


async def cancel(uow: UnitOfWork, appointment_id: UUID) -> None:
    """Cancel it, which frees its time. `NotFound` as `get`."""
    await _open(uow, appointment_id)
    await statuses.cancel(uow, appointment_id)


async def free_times(uow: UnitOfWork, appointment_id: UUID, first: date | None = None) -> dict[date, list[datetime]]:
    """By day, the times that it can be moved to with the same staff member, on the organization's clocks: of the four
    weeks from `first` (None, or a day that is past: today) the first `SHOWN_DAYS` days that have any. `NotFound` as
    `get`."""
    await _open(uow, appointment_id)
    organization = await days.current_organization(uow)
    today = clock.local_day(uow.now, organization.timezone)
    begins = max(first or today, today)
    free: dict[date, list[datetime]] = {}
    zone = clock.zone(organization.timezone)
    for slot in await appointments.find_times_to_move(uow, appointment_id, (begins, begins + LOOKED_AHEAD)):
        starts_at = local_time.to_local(slot.start, zone)
        free.setdefault(starts_at.date(), []).append(starts_at)
    return dict(list(free.items())[:SHOWN_DAYS])


async def move(uow: UnitOfWork, appointment_id: UUID, starts_at: datetime) -> None:
    """Move it to one of the times that `free_times` offers; `SlotTaken` for any other one. `NotFound` as `get`."""
    day = clock.local_day(starts_at, (await days.current_organization(uow)).timezone)
    if starts_at not in (await free_times(uow, appointment_id, day)).get(day, []):
        raise SlotTaken
    await booking.update(uow, appointment_id, AppointmentPatch(scheduled_at=starts_at))


async def _open(uow: UnitOfWork, appointment_id: UUID) -> Appointment:
    uow.require(Permission.APPOINTMENTS_READ)
    row = await booking.get_appointment(uow, appointment_id)
    if row.status not in OPEN_STATUSES or row.scheduled_at <= uow.now:
        raise NotFound
    return row
