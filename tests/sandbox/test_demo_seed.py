"""The seeded demo: complete, on both databases, and by the rules of every booking."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import col

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.agents import service as agents
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import BUSY_STATUSES, Appointment, AppointmentChange, Source
from sekretarka.domain.appointments.scheduling import local_time, schedule_loader
from sekretarka.domain.appointments.scheduling.availability import unavailability
from sekretarka.domain.appointments.schemas import AvailabilityQuery
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.conversations.models import Conversation, Outcome, Urgency
from sekretarka.domain.escalations.models import Escalation, EscalationState
from sekretarka.domain.messages import gateways, threads
from sekretarka.domain.messages.models import Direction, Message, MessageThread
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.schemas import OrganizationPatch
from sekretarka.domain.staff import service as staff
from sekretarka.sandbox import demo_seed

DAYS = 2


async def _appointments(owner: Actor) -> list[Appointment]:
    async with begin(owner) as uow:
        return list(await uow.list(uow.select(Appointment).order_by(col(Appointment.scheduled_at))))


@pytest.mark.usefixtures("database")
async def test_seeds_staff_services_appointments_and_calls() -> None:
    owner = (await demo_seed.seed(DAYS)).owner
    seeded = await _appointments(owner)
    async with begin(owner) as uow:
        services, people = await catalog.find(uow), await staff.find(uow)
        calls = {row.id: row for row in await uow.list(uow.select(Conversation))}
        changes = Counter(row.appointment_id for row in await uow.list(uow.select(AppointmentChange)))
        query = AvailabilityQuery(date=(uow.now + timedelta(days=1)).date(), service_type="Strzyżenie damskie")
        assert (await appointments.find_times(uow, query)).timezone == "Europe/Warsaw"
    assert (len(services), len(people)) == (12, 5)
    assert all(person.weekly_hours and person.color for person in people)
    assert len({service.category for service in services}) == 4
    assert any(service.buffer_after for service in services)
    assert len(seeded) > DAYS * 4
    assert all(appointment.client_id and changes[appointment.id] == appointment.version for appointment in seeded)
    for appointment in seeded:
        assert (appointment.source is Source.AGENT) == (appointment.conversation_id is not None)
        if appointment.conversation_id:
            call = calls[appointment.conversation_id]
            assert (call.outcome, call.caller_number) == (Outcome.BOOKED, appointment.client_phone)
            assert appointment.created_at >= call.started_at
    booked = {row.id for row in calls.values() if row.outcome is Outcome.BOOKED}
    assert booked == {appointment.conversation_id for appointment in seeded} - {None}

    for appointment in seeded:
        if appointment.status in BUSY_STATUSES:
            await _could_have_been_booked(owner, appointment)


@pytest.mark.usefixtures("database")
async def test_seeds_messages_of_appointments_and_a_gateway_for_more() -> None:
    owner = (await demo_seed.seed(DAYS)).owner
    async with begin(owner) as uow:
        of_appointments = uow.select(Message).where(col(Message.appointment_id).is_not(None))
        seeded = await uow.list(of_appointments.order_by(col(Message.occurred_at)))
        booked = {row.id: row for row in await uow.list(uow.select(Appointment))}
        last = {row.id: row.last_message_at for row in await uow.list(uow.select(MessageThread))}
        unread = await threads.count_unread(uow)
        assert len(await gateways.usable(uow)) == 1
        urgent = uow.select(Conversation).where(col(Conversation.follow_up_state).is_not(None))
        urgent_calls = {row.id for row in await uow.list(urgent.where(Conversation.follow_up_urgency == Urgency.HIGH))}
        told = {row.conversation_id: row.state for row in await uow.list(uow.select(Escalation))}
        assert len((await days.current_organization(uow)).escalation["userIds"]) == 2
        now = uow.now
    assert told == dict.fromkeys(urgent_calls, EscalationState.ACKNOWLEDGED)
    assert {message.direction for message in seeded} == set(Direction)
    for message in seeded:
        appointment = booked[message.appointment_id] if message.appointment_id else None
        assert appointment is not None
        assert appointment.created_at <= message.occurred_at <= now
        assert appointment.client_phone in (message.sender, message.recipient)
        assert message.client_id == appointment.client_id
        assert message.occurred_at <= last[appointment.client_id or message.id]
    assert unread >= 2


@pytest.mark.usefixtures("database")
async def test_is_called_whatever_its_owner_changed() -> None:
    demo = await demo_seed.seed(1)
    async with begin(demo.owner, write=True) as uow:
        assert uow.organization_id is not None
        await organizations.update(uow, uow.organization_id, OrganizationPatch(name="Studio Mięta"))
    target = await demo_seed.target("http://127.0.0.1:8000")
    assert target is not None
    assert target.agent_id == str(demo.agent_id)
    async with begin(demo.owner, write=True) as uow:
        for agent in await agents.find(uow):
            await agents.delete(uow, agent.id)
    assert await demo_seed.target("http://127.0.0.1:8000") is None
    assert (await demo_seed.seed(1)).owner == demo.owner, "nothing is seeded twice"


async def _could_have_been_booked(owner: Actor, appointment: Appointment) -> None:
    """By the rules as they are today, at the moment when it was last changed."""
    async with begin(owner) as uow:
        need = schedule_loader.requirement_of_service(
            (await catalog.by_ids(uow, [appointment.service_id]))[appointment.service_id]
        )
        [row] = await staff.find_qualified(uow, appointment.service_id, appointment.staff_id)
        start = local_time.minute_of(appointment.scheduled_at)
        [person] = await schedule_loader.load_staff_schedules(
            uow, [row], start - local_time.DAY, start + local_time.DAY, exclude_id=appointment.id
        )
        day = appointment.scheduled_at.date()
        organization = schedule_loader.organization_schedule(await days.current_organization(uow), day, day)
    assert unavailability(organization, person, need, start, local_time.minute_of(appointment.created_at)) is None
