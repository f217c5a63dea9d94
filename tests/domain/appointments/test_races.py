"""No double booking, whatever happens at once: every round many want overlapping times and exactly one gets one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from sqlmodel import col

from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Invalid, SlotTaken
from sekretarka.domain.appointments import booking, holds, statuses
from sekretarka.domain.appointments.models import BUSY_STATUSES, Appointment
from sekretarka.domain.appointments.schemas import AppointmentPatch, HoldCreate
from tests import factories

CLIENTS = 20
Try = Callable[[int], Awaitable[object]]


async def at_once(attempt: Try, times: int = CLIENTS) -> int:
    """How many of so many get through; the others are told that the time is taken, and nothing else happens."""

    async def succeeds(number: int) -> bool:
        try:
            await attempt(number)
        except SlotTaken:
            return False
        return True

    return sum(await asyncio.gather(*(succeeds(number) for number in range(times))))


async def business() -> Actor:
    organization = await factories.organization()
    await factories.staff(organization.id)
    await factories.service(organization.id, duration=30, buffer_after=0)
    return await factories.member(organization.id)


async def clear(owner: Actor) -> list[Appointment]:
    """Cancel everything; what there was, in order."""
    async with begin(owner, write=True) as uow:
        rows = await uow.list(uow.select(Appointment).where(col(Appointment.status).in_(BUSY_STATUSES)))
        for row in rows:
            if row.client_id is None:
                await uow.delete(row)
            else:
                await statuses.cancel(uow, row.id)
    return sorted(rows, key=lambda row: row.busy_from)


def overlapping(rng: Random) -> datetime:
    """Any of these overlaps every other, for appointments of half an hour."""
    return factories.at("12:00") + timedelta(minutes=rng.randint(0, 29))


async def race_for_a_time(owner: Actor, rng: Random) -> None:
    starts = [overlapping(rng) for _ in range(CLIENTS)]
    phones = [f"+4860100{rng.randint(0, 5):04}" for _ in range(CLIENTS)]
    assert await at_once(lambda n: factories.appointment(owner, starts[n], clientPhone=phones[n])) == 1
    assert len(await clear(owner)) == 1


async def race_for_a_hold(owner: Actor, rng: Random) -> None:
    """Holds against bookings against holds."""

    async def attempt(number: int) -> None:
        start = overlapping(rng)
        if number % 3 == 0:
            await factories.appointment(owner, start)
            return
        async with begin(owner, write=True) as uow:
            await holds.create(uow, HoldCreate(service_type="Strzyżenie", scheduled_at=start))

    assert await at_once(attempt) == 1
    assert len(await clear(owner)) == 1


async def race_to_use_a_hold_up(owner: Actor, _rng: Random) -> None:
    async with begin(owner, write=True) as uow:
        held = await holds.create(uow, HoldCreate(service_type="Strzyżenie", scheduled_at=factories.at("12:00")))

    async def use_up() -> bool:
        try:
            await factories.appointment(owner, factories.at("12:00"), holdId=held.id)
        except Invalid:  # somebody was first
            return False
        return True

    assert sum(await asyncio.gather(*(use_up() for _ in range(6)))) == 1
    assert [row.id for row in await clear(owner)] == [held.id]


async def race_to_move(owner: Actor, rng: Random) -> None:
    """Appointments of the whole day are all moved to the same place."""
    hours = ("09:00", "10:00", "11:00", "13:00", "14:00", "15:00")
    appointments = [await factories.appointment(owner, factories.at(hour)) for hour in hours]

    async def move(number: int) -> None:
        async with begin(owner, write=True) as uow:
            await booking.update(uow, appointments[number].id, AppointmentPatch(scheduled_at=overlapping(rng)))

    assert await at_once(move, len(appointments)) == 1
    rows = await clear(owner)
    assert len(rows) == len(appointments)
    assert all(earlier.busy_to <= later.busy_from for earlier, later in pairwise(rows))


Race = Callable[[Actor, Random], Awaitable[None]]
ROUNDS: dict[Race, int] = {race_for_a_time: 10, race_for_a_hold: 4, race_to_use_a_hold_up: 4, race_to_move: 4}


@pytest.mark.parametrize("race", ROUNDS)
async def test_one_wins(database: engine.Database, race: Race) -> None:
    owner, rng = await business(), Random(1)
    for _ in range(ROUNDS[race]):
        await race(owner, rng)


@pytest.mark.soak
@pytest.mark.parametrize("race", ROUNDS)
async def test_one_wins_a_thousand_times(database: engine.Database, race: Race) -> None:
    owner, rng = await business(), Random(2)
    began = time.monotonic()
    for _ in range(1_000):
        await race(owner, rng)
    print(f"{race.__name__}: 1,000 rounds in {time.monotonic() - began:.0f} s")  # noqa: T201 - a campaign's report
