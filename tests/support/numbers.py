"""Calls, appointments and tasks of every kind around the ends of local days, to count them."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.models import Status as AppointmentStatus
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Outcome, Status
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import TaskState
from sekretarka.domain.tasks.schemas import TaskPatch
from tests import factories

CALLS, APPOINTMENTS, TASKS = 120, 80, 20


def moment(chance: random.Random, zone: str, days: int) -> datetime:
    """An instant at most `days` days ago, often beside the local midnight or the present hour."""
    now = clock.now()
    day = clock.local_day(now, zone) - timedelta(days=chance.randint(0, days))
    near = chance.choice([clock.day_start(day, zone), now - timedelta(days=chance.randint(1, days))])
    at = near + timedelta(seconds=chance.choice([-3600, -90, 0, 90, 3600, 40_000]))
    return min(at, now - timedelta(seconds=1))


async def fill(organization: Organization, seed: int) -> list[UUID]:
    """Calls of two agents, appointments of one staff member and tasks, all by chance; returns the ids of the agents."""
    chance, zone = random.Random(seed), organization.timezone
    agents = [(await factories.agent(organization.id, name=name)).id for name in ("Ola", "Emma")]
    service = await factories.service(organization.id)
    member, client = await factories.staff(organization.id), await factories.client(organization.id)
    async with begin(actor.system(organization.id), write=True) as uow:
        for number in range(CALLS):
            at = moment(chance, zone, 32)
            uow.add(
                Conversation(
                    organization_id=organization.id,
                    agent_id=chance.choice(agents),
                    call_id=f"call_{number}",
                    first_seen_at=at,
                    started_at=at,
                    status=chance.choice(list(Status)),
                    outcome=chance.choice([None, *Outcome]),
                    duration_seconds=chance.choice([None, 0, 30, 61, 600]),
                    last_event_at=clock.now() - timedelta(minutes=chance.choice([0, 60])),
                    is_test=chance.random() < 0.2,
                    follow_up_state=chance.choice([None, *FollowUpState]),
                )
            )
        for _ in range(TASKS):
            later = clock.now() + timedelta(days=1) if chance.random() < 0.3 else None
            row = await factories.add_task(uow, snoozedUntil=later)
            await uow.flush()
            if chance.random() < 0.3:
                await tasks.update(uow, row.id, TaskPatch(state=TaskState.DONE))
        for number in range(APPOINTMENTS):
            at = moment(chance, zone, 15) + timedelta(days=chance.randint(0, 18))
            busy = local_time.minute_of(at) + number * 100_000  # apart from the others, whatever their status
            uow.add(
                Appointment(
                    id=new_id(),
                    organization_id=organization.id,
                    staff_id=member.id,
                    service_id=service.id,
                    client_id=client.id,
                    client_name=client.name,
                    client_phone=client.phone,
                    created_at=moment(chance, zone, 15),
                    scheduled_at=at,
                    timezone=zone,
                    ends_at=at + timedelta(hours=1),
                    busy_from=busy,
                    busy_to=busy + 60,
                    status=chance.choice(list(AppointmentStatus)),
                    price_amount=12_000,
                    price_currency="pln",
                )
            )
    return agents
