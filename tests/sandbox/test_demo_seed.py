"""The demo's salon as it is seeded: on both databases, whole, and by the rules that everybody's bookings keep."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import col

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import BUSY_STATUSES, Appointment, AppointmentChange, Source
from sekretarka.domain.appointments.scheduling import local_time as local_time
from sekretarka.domain.appointments.scheduling import schedule_loader as schedule_loader
from sekretarka.domain.appointments.scheduling.availability import unavailability
from sekretarka.domain.appointments.schemas import AvailabilityQuery
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.conversations.models import Conversation, Outcome
from sekretarka.domain.organizations import days
from sekretarka.domain.staff import service as staff
from sekretarka.sandbox import demo_seed as demo_seed

DAYS = 4


async def _visits(owner: Actor) -> list[Appointment]:
    async with begin(owner) as uow:
        return list(await uow.list(uow.select(Appointment).order_by(col(Appointment.scheduled_at))))


@pytest.mark.usefixtures("database")
async def test_seeds_staff_services_appointments_and_calls() -> None:
    owner = (await demo_seed.seed(DAYS)).owner
    visits = await _visits(owner)
    async with begin(owner) as uow:
        services, people = await catalog.find(uow), await staff.find(uow)
        calls = {row.id: row for row in await uow.list(uow.select(Conversation))}
        changes = Counter(row.appointment_id for row in await uow.list(uow.select(AppointmentChange)))
        asked = AvailabilityQuery(date=(uow.now + timedelta(days=1)).date(), service_type="Strzyżenie damskie")
        assert (await appointments.find_times(uow, asked)).timezone == "Europe/Warsaw"
    assert (len(services), len(people)) == (12, 5)
    assert all(person.weekly_hours and person.color for person in people)
    assert len({service.category for service in services}) == 4
    assert any(service.buffer_after for service in services)
    assert len(visits) > DAYS * 4
    assert all(visit.client_id and changes[visit.id] == visit.version for visit in visits)
    for visit in visits:
        assert (visit.source is Source.AGENT) == (visit.conversation_id is not None)
        if visit.conversation_id:
            call = calls[visit.conversation_id]
            assert (call.outcome, call.caller_number) == (Outcome.BOOKED, visit.client_phone)
            assert visit.created_at >= call.started_at
    booked = {row.id for row in calls.values() if row.outcome is Outcome.BOOKED}
    assert booked == {visit.conversation_id for visit in visits} - {None}

    for visit in visits:
        if visit.status in BUSY_STATUSES:
            await _could_have_been_booked(owner, visit)


async def _could_have_been_booked(owner: Actor, visit: Appointment) -> None:
    """By the rules as they are today, at the moment when it was last changed."""
    async with begin(owner) as uow:
        need = schedule_loader.requirement_of_service((await catalog.by_ids(uow, [visit.service_id]))[visit.service_id])
        [row] = await staff.find_qualified(uow, visit.service_id, visit.staff_id)
        start = local_time.minute_of(visit.scheduled_at)
        [person] = await schedule_loader.load_staff_schedules(
            uow, [row], start - local_time.DAY, start + local_time.DAY, exclude_id=visit.id
        )
        day = visit.scheduled_at.date()
        business = schedule_loader.organization_schedule(await days.current_organization(uow), day, day)
    assert unavailability(business, person, need, start, local_time.minute_of(visit.created_at)) is None
