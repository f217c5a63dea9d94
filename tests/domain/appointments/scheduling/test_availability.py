"""Availability against a reference that looks at every minute by itself: slow, and obviously right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.scheduling.availability import (
    DurationRequirement,
    OrganizationSchedule,
    StaffSchedule,
    Unavailability,
    Week,
    slots,
    unavailability,
)
from sekretarka.domain.appointments.scheduling.intervals import Interval

DAY = local_time.DAY
YEARS = range(2026, 2031)


# The reference: one question about one minute at a time.


def shows(week: Week, local: datetime) -> bool:
    """Whether the clock on the wall is within the day's blocks."""
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in week[local.weekday()])


@dataclass
class Reference:
    """Answers by looking at the local time of every minute of some days."""

    business: OrganizationSchedule
    person: StaffSchedule
    need: DurationRequirement
    now: int
    first: int
    last: int

    def __post_init__(self) -> None:
        self.local = [local_time.to_local(minute, self.business.zone) for minute in range(self.first, self.last)]
        self.is_open = [shows(self.business.hours, at) and at.date() not in self.business.closed for at in self.local]
        hours = self.person.hours
        away = {minute for start, end in self.person.away for minute in range(start, end)}
        self.works = [
            is_open and (hours is None or shows(hours, at)) and self.first + i not in away
            for i, (at, is_open) in enumerate(zip(self.local, self.is_open, strict=True))
        ]
        self.busy = {minute for start, end in self.person.busy for minute in range(start, end)}

    def during(self, minutes: Sequence[bool], start: int) -> bool:
        return all(minutes[start - self.first : start - self.first + self.need.duration])

    def refusal(self, start: int) -> Unavailability | None:
        if start < self.now:
            return Unavailability.IN_PAST
        if start < self.now + self.business.notice:
            return Unavailability.TOO_SOON
        today = local_time.to_local(self.now, self.business.zone).date()
        if self.local[start - self.first].date() > today + timedelta(days=self.business.advance_days):
            return Unavailability.TOO_FAR
        if not self.during(self.is_open, start):
            return Unavailability.OUTSIDE_HOURS
        if not self.during(self.works, start):
            return Unavailability.AWAY
        stays_clear = range(start - self.need.before, start + self.need.duration + self.need.after)
        return Unavailability.TAKEN if any(minute in self.busy for minute in stays_clear) else None

    def slots(self, days: tuple[date, date]) -> Iterator[int]:
        for start, at in enumerate(self.local, self.first):
            if days[0] <= at.date() <= days[1] and at.date() not in self.business.closed:
                minute = at.hour * 60 + at.minute
                on_grid = any(
                    opens <= minute < closes and (minute - opens) % self.business.slot == 0
                    for opens, closes in self.business.hours[at.weekday()]
                )
                if on_grid and self.during(self.is_open, start):
                    yield start


def compare(
    business: OrganizationSchedule,
    people: Sequence[StaffSchedule],
    need: DurationRequirement,
    days: tuple[date, date],
    now: int,
) -> None:
    """The answer for these days, and for each of their minutes why not, is what the reference says."""
    first, last = local_time.midnight(days[0]) - 2 * DAY, local_time.midnight(days[1]) + 4 * DAY
    references = [Reference(business, person, need, now, first, last) for person in people]
    actual_slots = slots(business, people, need, days, now)
    assert [slot.start for slot in actual_slots] == list(references[0].slots(days))
    for slot in actual_slots:
        free = tuple(candidate.person.id for candidate in references if candidate.refusal(slot.start) is None)
        assert slot.free == free, local_time.to_local(slot.start, business.zone)
    rng = Random(now)
    for reference in references:
        for start in rng.sample(range(first + DAY, last - 2 * DAY), 20):
            assert unavailability(business, reference.person, need, start, now) == reference.refusal(start)


# Random calendars.

minutes = st.integers(0, 24 * 12).map(lambda n: n * 5)


@st.composite
def blocks(draw: st.DrawFn) -> list[Interval]:
    """Up to three blocks in order and apart; they may touch."""
    edges = sorted(draw(st.lists(minutes, max_size=6, unique=True)))
    return list(zip(edges[::2], edges[1::2], strict=False))


whole_week = [[(0, DAY)]] * 7
weeks = st.lists(blocks(), min_size=7, max_size=7) | st.just(whole_week)


@st.composite
def stretches(draw: st.DrawFn, around: int, most: int) -> list[Interval]:
    """Some intervals in the days around a minute, in any order, also overlapping ones."""
    starts = draw(st.lists(st.integers(around - DAY, around + 3 * DAY), max_size=6))
    return [(start, start + draw(st.integers(1, most))) for start in starts]


@st.composite
def persons(draw: st.DrawFn, around: int) -> StaffSchedule:
    return StaffSchedule(
        UUID(int=draw(st.integers(0, 2**32))),
        draw(st.none() | weeks),
        draw(stretches(around, DAY)),
        draw(stretches(around, 180)),
    )


@dataclass
class Case:
    business: OrganizationSchedule
    people: list[StaffSchedule]
    need: DurationRequirement
    days: tuple[date, date]
    now: int


@st.composite
def cases(draw: st.DrawFn, zones: st.SearchStrategy[str], days: st.SearchStrategy[date] | None = None) -> Case:
    zone = ZoneInfo(draw(zones))
    first = draw(days or st.dates(date(2026, 1, 1), date(2030, 12, 31)))
    last = first + timedelta(days=draw(st.integers(0, 1)))
    midnight = local_time.midnight(first)
    business = OrganizationSchedule(
        zone,
        draw(weeks),
        draw(st.sets(st.sampled_from([first, last, last + timedelta(days=1)]), max_size=1)),
        draw(st.sampled_from([5, 7, 10, 15, 20, 30, 45, 60, 240])),
        draw(st.sampled_from([0, 0, 30, 120, 2 * DAY])),
        draw(st.sampled_from([1, 2, 60])),
    )
    people = draw(st.lists(persons(midnight), min_size=1, max_size=3))
    need = DurationRequirement(
        draw(st.sampled_from([5, 30, 60, 90, DAY])), *draw(st.tuples(*[st.sampled_from([0, 5, 10, 45])] * 2))
    )
    return Case(business, people, need, (first, last), midnight + draw(st.integers(-2 * DAY, DAY)))


def quickly(examples: int) -> settings:
    return settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@quickly(60)
@given(cases(st.sampled_from(["Europe/Warsaw", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])))
def test_random_calendars(case: Case) -> None:
    compare(case.business, case.people, case.need, case.days, case.now)


# The days on which clocks are put forward or back, in every zone.


def changes(zone: ZoneInfo) -> Iterator[date]:
    """Local days of the years on which the offset is not the same all day."""
    at = local_time.midnight(date(YEARS[0], 1, 1))
    while at < local_time.midnight(date(YEARS[-1] + 1, 1, 1)):
        if local_time.to_local(at, zone).utcoffset() != local_time.to_local(at + DAY, zone).utcoffset():
            yield local_time.to_local(at, zone).date()
            yield local_time.to_local(at + DAY, zone).date()
        at += DAY


def random_case(rng: Random, name: str, day: date) -> Case:
    """The same as `cases`, cheap enough to be made thousands of times."""

    def week() -> Week:
        if rng.random() < 0.3:
            return whole_week
        return [list(zip(e[::2], e[1::2], strict=False)) for e in (edges() for _ in range(7))]

    def edges() -> list[int]:
        return sorted(rng.sample(range(0, DAY + 1, 5), rng.choice([2, 4, 6])))

    def some(most: int) -> list[Interval]:
        starts = [midnight + rng.randint(-DAY, 2 * DAY) for _ in range(rng.randint(0, 6))]
        return [(start, start + rng.randint(1, most)) for start in starts]

    midnight = local_time.midnight(day)
    business = OrganizationSchedule(
        ZoneInfo(name),
        week(),
        {day} if rng.random() < 0.1 else (),
        rng.choice([5, 7, 15, 20, 30, 45, 60]),
        rng.choice([0, 0, 60]),
        rng.choice([1, 60]),
    )
    people = [StaffSchedule(UUID(int=i), rng.choice([None, week()]), some(DAY // 2), some(120)) for i in range(2)]
    need = DurationRequirement(rng.choice([5, 30, 60, 90]), rng.choice([0, 10]), rng.choice([0, 10]))
    return Case(business, people, need, (day, day), midnight + rng.randint(-DAY, DAY // 2))


def around_changes(rng: Random, names: Sequence[str], days: int | None) -> Iterator[Case]:
    for name in names:
        days_of_change = list(changes(ZoneInfo(name)))
        for day in days_of_change if days is None else rng.sample(days_of_change, min(days, len(days_of_change))):
            yield random_case(rng, name, day)


def test_when_clocks_change() -> None:
    """A handful of zones with every kind of change there is, and some of the others."""
    odd = ["Europe/Warsaw", "Australia/Lord_Howe", "America/Nuuk", "Africa/Casablanca", "Asia/Beirut", "Africa/Cairo"]
    rng = Random(1)
    names = [*odd, "America/Havana", "America/Santiago", *rng.sample(sorted(available_timezones()), 60)]
    for case in around_changes(rng, names, 2):
        compare(case.business, case.people, case.need, case.days, case.now)


@pytest.mark.soak
def test_when_clocks_change_in_every_zone() -> None:
    for case in around_changes(Random(2), sorted(available_timezones()), None):
        compare(case.business, case.people, case.need, case.days, case.now)


@pytest.mark.soak
@quickly(5_000)
@given(cases(st.sampled_from(sorted(available_timezones()))))
def test_random_calendars_in_every_zone(case: Case) -> None:
    compare(case.business, case.people, case.need, case.days, case.now)


# What staff would say about Warsaw.

WARSAW = ZoneInfo("Europe/Warsaw")
EWA, KASIA = UUID(int=1), UUID(int=2)


def schedule(**values: object) -> OrganizationSchedule:
    nine_to_five: Week = [[(9 * 60, 17 * 60)]] * 5 + [[], []]
    return OrganizationSchedule(**{
        "zone": WARSAW, "hours": nine_to_five, "closed": (), "slot": 30, "notice": 0, "advance_days": 60, **values
    })  # type: ignore[arg-type] # fmt: skip


def at(text: str) -> int:
    return local_time.minute_of(datetime.fromisoformat(text).replace(tzinfo=WARSAW))


def times(business: OrganizationSchedule, need: DurationRequirement, day: str, *people: StaffSchedule) -> list[str]:
    days = (date.fromisoformat(day), date.fromisoformat(day))
    available_slots = slots(business, people or [StaffSchedule(EWA)], need, days, at(day) - DAY)
    return [local_time.to_local(slot.start, WARSAW).isoformat()[11:16] for slot in available_slots if slot.free]


def test_a_day_without_appointments_is_free_from_opening_to_closing() -> None:
    assert times(schedule(slot=60), DurationRequirement(60), "2026-11-27") == [f"{hour:02}:00" for hour in range(9, 17)]
    assert times(schedule(slot=60), DurationRequirement(90), "2026-11-27")[-1] == "15:00"
    assert times(schedule(), DurationRequirement(60), "2026-11-28") == []


def test_buffers_of_neighbours_add_up() -> None:
    """An appointment at 12 until 13 with ten minutes after it, then one that needs twenty before."""
    ewa = StaffSchedule(EWA, busy=[(at("2026-11-27 12:00"), at("2026-11-27 13:10"))])
    assert "13:00" not in times(schedule(slot=5), DurationRequirement(30, before=20), "2026-11-27", ewa)
    free_times = times(schedule(slot=5), DurationRequirement(30, before=20), "2026-11-27", ewa)
    assert "13:25" not in free_times
    assert "13:30" in free_times
    assert times(schedule(slot=5), DurationRequirement(30, before=20), "2026-11-27", ewa)[0] == "09:00", (
        "a buffer needs no opening hours"
    )


def test_anyone_is_everyone_who_is_free() -> None:
    ewa = StaffSchedule(EWA, hours=[[(8 * 60, 12 * 60)]] * 7)
    kasia = StaffSchedule(KASIA, away=[(at("2026-11-27 09:00"), at("2026-11-27 11:00"))])
    day = (date(2026, 11, 27), date(2026, 11, 27))
    available_slots = slots(schedule(slot=60), [ewa, kasia], DurationRequirement(60), day, at("2026-11-26"))
    assert [slot.free for slot in available_slots] == [(EWA,), (EWA,), (EWA, KASIA), *[(KASIA,)] * 5]


@pytest.mark.parametrize(("day", "hours", "twice"), [("2027-03-28", 23, 0), ("2027-10-31", 25, 2)])
def test_days_with_a_change_have_all_their_hours(day: str, hours: int, twice: int) -> None:
    night = schedule(hours=whole_week, slot=30)
    free_times = times(night, DurationRequirement(30), day)
    assert len(free_times) == hours * 2
    assert free_times.count("02:30") == twice


def test_the_last_day_that_can_be_booked_is_a_whole_one() -> None:
    late = schedule(advance_days=1)
    now = at("2026-11-26 23:00")
    assert unavailability(late, StaffSchedule(EWA), DurationRequirement(60), at("2026-11-27 16:00"), now) is None
    assert (
        unavailability(late, StaffSchedule(EWA), DurationRequirement(60), at("2026-11-28 09:00"), now)
        is Unavailability.TOO_FAR
    )
