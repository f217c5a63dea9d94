"""Processor time of finding free time, by staff, appointments and days: the function alone, without a database."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.scheduling.availability import (
    DurationRequirement,
    OrganizationSchedule,
    StaffSchedule,
    Week,
    slots,
)

WEEK: Week = [[(9 * 60, 13 * 60), (14 * 60, 19 * 60)]] * 6 + [[]]
FIRST = date(2027, 3, 10)  # the clocks are put forward within the month
ORGANIZATION = OrganizationSchedule(ZoneInfo("Europe/Warsaw"), WEEK, (), slot=15, notice=120, advance_days=60)
TIMES = 5


def measure() -> Iterator[str]:
    """One line per size; product.md#availability allows 5 ms for a day and 100 ms for a month of ten staff members."""
    yield "| staff | appointments | a day ms | a month ms |"
    yield "|---|---|---|---|"
    for people, appointments in ((1, 500), (10, 0), (10, 500), (10, 5_000), (10, 20_000), (50, 5_000)):
        staff = _staff(people, appointments)
        yield f"| {people} | {appointments} | {_cost(staff, 0):.1f} | {_cost(staff, 30):.1f} |"


def _staff(count: int, appointments: int) -> list[StaffSchedule]:
    rng, midnight = Random(1), local_time.midnight(FIRST)
    starts = [midnight + rng.randrange(-5 * local_time.DAY, 40 * local_time.DAY) for _ in range(appointments)]
    busy = [[(start, start + 70) for start in starts[number::count]] for number in range(count)]
    return [StaffSchedule(UUID(int=number), WEEK, (), busy[number]) for number in range(count)]


def _cost(people: list[StaffSchedule], days: int) -> float:
    """The best of some times, in milliseconds."""
    costs = []
    for _ in range(TIMES):
        began = time.process_time()
        slots(
            ORGANIZATION,
            people,
            DurationRequirement(60, 0, 10),
            (FIRST, FIRST + timedelta(days=days)),
            local_time.midnight(FIRST) - local_time.DAY,
        )
        costs.append(time.process_time() - began)
    return min(costs) * 1_000
