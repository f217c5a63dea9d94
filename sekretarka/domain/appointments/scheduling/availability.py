"""When there is time for an appointment: one pure function of plain values, for everything that offers or takes a time.

An appointment itself lies within the staff member's hours and the organization's, outside of time off; its buffers need
no opening hours, but do not overlap other appointments with theirs, so that buffers of neighbours add up. Slots begin
with each block of the organization's opening hours and follow local time. All times are minutes (see `local_time.py`).
"""

from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sekretarka.domain.appointments.scheduling import local_time
from sekretarka.domain.appointments.scheduling.intervals import Interval, Intervals, covers, intersect, subtract, union

# An appointment lasts a day at the most, and clocks that are put forward or back may move it over one midnight more.
DAYS_BEFORE, DAYS_AFTER = timedelta(days=1), timedelta(days=2)

Blocks = Sequence[Interval]
Week = Sequence[Blocks]
"""Monday to Sunday; each day's blocks in minutes of local time after midnight, in order and apart."""


@dataclass(frozen=True, slots=True)
class OrganizationSchedule:
    """When it is open, and how far ahead and how late it takes appointments."""

    zone: ZoneInfo
    hours: Week
    closed: Container[date]
    slot: int
    notice: int
    advance_days: int


@dataclass(frozen=True, slots=True)
class StaffSchedule:
    """A staff member who can do the service; without own hours they work the organization's."""

    id: UUID
    hours: Week | None = None
    away: Sequence[Interval] = ()
    busy: Sequence[Interval] = ()
    """Appointments and active holds with their buffers, in any order."""


@dataclass(frozen=True, slots=True)
class DurationRequirement:
    """How long the appointment takes, and its buffers before and after, all in minutes."""

    duration: int
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that the opening hours allow, and who is free then."""

    start: int
    free: tuple[UUID, ...]


class Unavailability(StrEnum):
    """Why an appointment cannot be at a time; the first that applies, from what stays to what may change."""

    IN_PAST = "in_past"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    OUTSIDE_HOURS = "outside_hours"
    AWAY = "away"
    TAKEN = "taken"


def slots(
    business: OrganizationSchedule,
    people: Sequence[StaffSchedule],
    need: DurationRequirement,
    days: tuple[date, date],
    now: int,
) -> list[Slot]:
    """Every time of the days (both included) at which the opening hours have room for the appointment, in order.

    `now` is the first minute that has not begun. A slot with nobody free is taken, or too soon, or too far ahead.
    """
    clocks = _clocks(business, days)
    open_time = _weekly_time(clocks, business.hours, business.closed, days)
    grid = _grid(business, clocks, days)
    grid = [start for first, end in _starts(open_time, need.duration) for start in _within(grid, first, end)]
    bookable = _bookable(business, clocks, now)
    free: list[list[UUID]] = [[] for _ in grid]
    for person in people:
        working = _working(person, open_time, clocks, days)
        for first, end in intersect(subtract(_starts(working, need.duration), _blocked(person, need)), bookable):
            for i in range(bisect_left(grid, first), bisect_left(grid, end)):
                free[i].append(person.id)
    return [Slot(start, tuple(who)) for start, who in zip(grid, free, strict=True)]


def unavailability(
    business: OrganizationSchedule, person: StaffSchedule, need: DurationRequirement, start: int, now: int
) -> Unavailability | None:
    """Why the staff member cannot take the appointment at `start`, or None: the rules of `slots` at any minute."""
    if start < now:
        return Unavailability.IN_PAST
    if start < now + business.notice:
        return Unavailability.TOO_SOON
    day = local_time.day_of(start, business.zone)
    if day > _last_day(business, now):
        return Unavailability.TOO_FAR
    days, end = (day, day), start + need.duration
    clocks = _clocks(business, days)
    open_time = _weekly_time(clocks, business.hours, business.closed, days)
    if not covers(open_time, start, end):
        return Unavailability.OUTSIDE_HOURS
    if not covers(_working(person, open_time, clocks, days), start, end):
        return Unavailability.AWAY
    return Unavailability.TAKEN if covers(union(_blocked(person, need)), start, start + 1) else None


def working(business: OrganizationSchedule, person: StaffSchedule, days: tuple[date, date]) -> Intervals:
    """All time of these days (both included) at which the staff member works."""
    clocks = _clocks(business, days)
    return _working(person, _weekly_time(clocks, business.hours, business.closed, days), clocks, days)


def _clocks(business: OrganizationSchedule, days: tuple[date, date]) -> list[local_time.OffsetSpan]:
    first, last = days
    return local_time.spans(business.zone, first - DAYS_BEFORE, last + DAYS_AFTER)


def _weekly_time(
    clocks: Sequence[local_time.OffsetSpan], week: Week, closed: Container[date], days: tuple[date, date]
) -> Intervals:
    """All time of the days and their neighbours that weekly hours mean."""
    found: Intervals = []
    day, last = days[0] - DAYS_BEFORE, days[1] + DAYS_AFTER
    while day <= last:
        if day not in closed:
            midnight = local_time.midnight(day)
            for opens, closes in week[day.weekday()]:
                found += local_time.between(clocks, midnight + opens, midnight + closes)
        day += timedelta(days=1)
    return union(found)


def _working(
    person: StaffSchedule, open_time: Intervals, clocks: Sequence[local_time.OffsetSpan], days: tuple[date, date]
) -> Intervals:
    own = open_time if person.hours is None else intersect(open_time, _weekly_time(clocks, person.hours, (), days))
    return subtract(own, union(person.away))


def _grid(
    business: OrganizationSchedule, clocks: Sequence[local_time.OffsetSpan], days: tuple[date, date]
) -> list[int]:
    """The times at which slots begin; where clocks are put back, the repeated ones are there twice."""
    found: list[int] = []
    day, last = days
    while day <= last:
        if day not in business.closed:
            midnight = local_time.midnight(day)
            for opens, closes in business.hours[day.weekday()]:
                for shown in range(midnight + opens, midnight + closes, business.slot):
                    found += local_time.minutes_showing(clocks, shown)
        day += timedelta(days=1)
    return sorted(found)


def _starts(time: Intervals, duration: int) -> Intervals:
    """The minutes at which something may begin that must end within the same interval."""
    return [(begin, end - duration + 1) for begin, end in time if end - begin >= duration]


def _blocked(person: StaffSchedule, need: DurationRequirement) -> Intervals:
    """The minutes at which it may not begin, because with its buffers it would meet what is there."""
    return union((begin - need.duration - need.after + 1, end + need.before) for begin, end in person.busy)


def _bookable(business: OrganizationSchedule, clocks: Sequence[local_time.OffsetSpan], now: int) -> Intervals:
    """The minutes at which appointments may begin at all: not too soon, and not after the last day."""
    after_last = local_time.midnight(_last_day(business, now) + timedelta(days=1))
    in_time = local_time.between(clocks, local_time.midnight(date.min), after_last)
    return intersect(union(in_time), [(now + business.notice, clocks[-1].end)])


def _last_day(business: OrganizationSchedule, now: int) -> date:
    return local_time.day_of(now, business.zone) + timedelta(days=business.advance_days)


def _within(grid: Sequence[int], first: int, end: int) -> Sequence[int]:
    return grid[bisect_left(grid, first) : bisect_left(grid, end)]
