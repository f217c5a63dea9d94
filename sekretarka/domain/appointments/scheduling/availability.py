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
    """When it is open, and how it takes appointments: `slot` is the grid and `notice` the least time before the start,
    both in minutes; `advance_days` is how many days ahead."""

    zone: ZoneInfo
    hours: Week
    closed: Container[date]
    slot: int
    notice: int
    advance_days: int


@dataclass(frozen=True, slots=True)
class StaffSchedule:
    """A staff member's hours; None: they work the organization's. `away` and `busy` are minutes since 1970."""

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
    """A time that the opening hours allow, in minutes since 1970, and the ids of the staff who are free then."""

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
    organization: OrganizationSchedule,
    staff: Sequence[StaffSchedule],
    requirement: DurationRequirement,
    days: tuple[date, date],
    now: int,
) -> list[Slot]:
    """Every time of the days (both included) at which the opening hours have room for the appointment, in order.

    `now` is the first minute since 1970 that has not begun. A slot with nobody free is taken, or too soon, or too far
    ahead.
    """
    clocks = _clocks(organization, days)
    open_time = _weekly_time(clocks, organization.hours, organization.closed, days)
    grid = _grid(organization, clocks, days)
    grid = [start for first, end in _starts(open_time, requirement.duration) for start in _within(grid, first, end)]
    bookable = _bookable(organization, clocks, now)
    free: list[list[UUID]] = [[] for _ in grid]
    for member in staff:
        working = _working(member, open_time, clocks, days)
        for first, end in intersect(
            subtract(_starts(working, requirement.duration), _blocked(member, requirement)), bookable
        ):
            for i in range(bisect_left(grid, first), bisect_left(grid, end)):
                free[i].append(member.id)
    return [Slot(start, tuple(staff_ids)) for start, staff_ids in zip(grid, free, strict=True)]


def unavailability(
    organization: OrganizationSchedule, member: StaffSchedule, requirement: DurationRequirement, start: int, now: int
) -> Unavailability | None:
    """Why the staff member cannot take the appointment at `start`, or None: the rules of `slots` at any minute. `start`
    and `now` are minutes since 1970."""
    if start < now:
        return Unavailability.IN_PAST
    if start < now + organization.notice:
        return Unavailability.TOO_SOON
    day = local_time.day_of(start, organization.zone)
    if day > _last_day(organization, now):
        return Unavailability.TOO_FAR
    days, end = (day, day), start + requirement.duration
    clocks = _clocks(organization, days)
    open_time = _weekly_time(clocks, organization.hours, organization.closed, days)
    if not covers(open_time, start, end):
        return Unavailability.OUTSIDE_HOURS
    if not covers(_working(member, open_time, clocks, days), start, end):
        return Unavailability.AWAY
    return Unavailability.TAKEN if covers(union(_blocked(member, requirement)), start, start + 1) else None


def working(organization: OrganizationSchedule, member: StaffSchedule, days: tuple[date, date]) -> Intervals:
    """When the staff member works on these days (both included) and on the days around them that are looked at, too:
    one before, two after. In minutes since 1970."""
    clocks = _clocks(organization, days)
    return _working(member, _weekly_time(clocks, organization.hours, organization.closed, days), clocks, days)


def _clocks(organization: OrganizationSchedule, days: tuple[date, date]) -> list[local_time.OffsetSpan]:
    first, last = days
    return local_time.spans(organization.zone, first - DAYS_BEFORE, last + DAYS_AFTER)


def _weekly_time(
    clocks: Sequence[local_time.OffsetSpan], week: Week, closed: Container[date], days: tuple[date, date]
) -> Intervals:
    """All time of the days and their neighbours that weekly hours mean."""
    result: Intervals = []
    day, last = days[0] - DAYS_BEFORE, days[1] + DAYS_AFTER
    while day <= last:
        if day not in closed:
            midnight = local_time.midnight(day)
            for opens, closes in week[day.weekday()]:
                result += local_time.between(clocks, midnight + opens, midnight + closes)
        day += timedelta(days=1)
    return union(result)


def _working(
    member: StaffSchedule, open_time: Intervals, clocks: Sequence[local_time.OffsetSpan], days: tuple[date, date]
) -> Intervals:
    own = open_time if member.hours is None else intersect(open_time, _weekly_time(clocks, member.hours, (), days))
    return subtract(own, union(member.away))


def _grid(
    organization: OrganizationSchedule, clocks: Sequence[local_time.OffsetSpan], days: tuple[date, date]
) -> list[int]:
    """The times at which slots begin; where clocks are put back, the repeated ones are there twice."""
    result: list[int] = []
    day, last = days
    while day <= last:
        if day not in organization.closed:
            midnight = local_time.midnight(day)
            for opens, closes in organization.hours[day.weekday()]:
                for wall_minute in range(midnight + opens, midnight + closes, organization.slot):
                    result += local_time.minutes_showing(clocks, wall_minute)
        day += timedelta(days=1)
    return sorted(result)


def _starts(time: Intervals, duration: int) -> Intervals:
    """The minutes at which something may begin that must end within the same interval."""
    return [(begin, end - duration + 1) for begin, end in time if end - begin >= duration]


def _blocked(member: StaffSchedule, requirement: DurationRequirement) -> Intervals:
    """The minutes at which it may not begin, because with its buffers it would meet what is there."""
    return union(
        (begin - requirement.duration - requirement.after + 1, end + requirement.before) for begin, end in member.busy
    )


def _bookable(organization: OrganizationSchedule, clocks: Sequence[local_time.OffsetSpan], now: int) -> Intervals:
    """The minutes at which appointments may begin at all: not too soon, and not after the last day."""
    after_last = local_time.midnight(_last_day(organization, now) + timedelta(days=1))
    in_time = local_time.between(clocks, local_time.midnight(date.min), after_last)
    return intersect(union(in_time), [(now + organization.notice, clocks[-1].end)])


def _last_day(organization: OrganizationSchedule, now: int) -> date:
    return local_time.day_of(now, organization.zone) + timedelta(days=organization.advance_days)


def _within(grid: Sequence[int], first: int, end: int) -> Sequence[int]:
    return grid[bisect_left(grid, first) : bisect_left(grid, end)]
