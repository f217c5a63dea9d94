"""One row of each kind that bookings have, written straight into the tables: quick enough for any matrix."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.models import Appointment, AppointmentChange, Change, Status
from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.clients.models import Client
from sekretarka.domain.staff.models import Staff, TimeOff
from tests import factories

_NUMBERS = itertools.count(1)


async def rows(organization_id: UUID) -> dict[str, UUID]:
    """A service, staff who is free for it or held, two clients, an appointment with a history, time off."""
    async with begin(actor.system(organization_id), write=True) as uow:
        return await add(uow)


async def add(uow: UnitOfWork) -> dict[str, UUID]:
    """The same, with others in one transaction."""
    own: dict[str, Any] = {"organization_id": uow.organization_id}
    service = Service(id=new_id(), name="Strzyżenie", duration=60, price_amount=12_000, price_currency="pln", **own)
    ewa, kasia = (Staff(id=new_id(), name=name, **own) for name in ("Ewa", "Kasia"))
    first = new_id()
    anna, hania = (Client(id=row_id, phone=f"+48602{next(_NUMBERS):06}", **own) for row_id in (first, twin(first)))
    appointment = _appointment(service, ewa, "10:00", **own)
    appointment.client_id, appointment.client_name, appointment.client_phone = anna.id, "Anna", str(anna.phone)
    held = _appointment(
        service, kasia, "14:00", status=Status.HELD, held_until=clock.now() + timedelta(minutes=5), **own
    )
    starts = factories.at("10:00", 30)
    away = [
        TimeOff(id=new_id(), staff_id=ewa.id, starts_at=starts, ends_at=starts + timedelta(hours=n), **own)
        for n in (1, 2)
    ]
    changes = [
        AppointmentChange(appointment_id=appointment.id, change=change, actor="system", created_at=uow.now, **own)
        for change in (Change.BOOKED, Change.CONFIRMED)
    ]
    for parents_first in ((service, ewa, kasia, anna, hania), (appointment, held, *away), changes):
        for row in parents_first:
            uow.add(row)
        await uow.flush()
    return {
        "appointment": appointment.id,
        "client": anna.id,
        "hold": held.id,
        "other_client": hania.id,
        "service": service.id,
        "staff": ewa.id,
        "time_off": away[0].id,
    }


def twin(client_id: UUID) -> UUID:
    """The other client of the same rows."""
    return UUID(int=client_id.int ^ 1)


async def works_as(user_id: UUID, organization_id: UUID, staff_id: str) -> None:
    """Let a member be one of the people."""
    async with begin(actor.system(organization_id), write=True) as uow:
        is_theirs = (col(Staff.organization_id) == organization_id, col(Staff.id) == UUID(staff_id))
        await uow.execute(sa.update(Staff).where(*is_theirs).values(user_id=user_id))


async def hold_for(organization_id: UUID, hold_id: str, staff_id: str) -> None:
    """Let a hold be of that person, at an hour that nobody asks for."""
    async with begin(actor.system(organization_id), write=True) as uow:
        held = (col(Appointment.organization_id) == organization_id, col(Appointment.id) == UUID(hold_id))
        start = local_time.minute_of(factories.at("16:00"))
        times = {"busy_from": start, "busy_to": start + 60}
        await uow.execute(sa.update(Appointment).where(*held).values(staff_id=UUID(staff_id), **times))


def _appointment(service: Service, person: Staff, wall_time: str, **values: Any) -> Appointment:
    start = factories.at(wall_time)
    minute = local_time.minute_of(start)
    return Appointment(
        id=new_id(),
        staff_id=person.id,
        service_id=service.id,
        scheduled_at=start,
        timezone="Europe/Warsaw",
        ends_at=start + timedelta(minutes=60),
        busy_from=minute,
        busy_to=minute + 60,
        price_amount=service.price_amount,
        price_currency=service.price_currency,
        **values,
    )


@asynccontextmanager
async def in_the_way(database_url: str | sa.URL) -> AsyncIterator[Any]:
    """Somebody past our code, in a PostgreSQL transaction; in a deadlock it is the other one that is given up."""
    url = sa.make_url(database_url)
    other = await asyncpg.connect(host=str(url.query["host"]), user="postgres", database=url.database)
    try:
        async with other.transaction():
            await other.execute("SET LOCAL deadlock_timeout = '30s'")
            yield other
    finally:
        await other.close()
