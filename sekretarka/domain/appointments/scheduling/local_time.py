"""Local time: which minutes of time a local calendar means, also where clocks are put forward or back.

Minutes are counted from 1970 in UTC; *local* minutes are what a clock there would count. Between two changes of the
clocks both run alike, so a zone is a list of spans with one offset each and everything else is addition.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sekretarka.domain.appointments.scheduling.intervals import Intervals

DAY = 24 * 60
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class OffsetSpan:
    """From `start` to `end` (minutes since 1970) the clocks are `offset` minutes ahead of UTC."""

    start: int
    end: int
    offset: int


def minute_of(instant: datetime) -> int:
    """The minute since 1970 that an instant falls into."""
    return int(instant.timestamp() // 60)


def minute_after(instant: datetime) -> int:
    """The first minute since 1970 that does not begin before an instant."""
    return -int(-instant.timestamp() // 60)


def instant_of(minute: int) -> datetime:
    """The beginning of a minute since 1970, in UTC."""
    return datetime.fromtimestamp(minute * 60, UTC)


def to_local(minute: int, zone: ZoneInfo) -> datetime:
    """The beginning of a minute since 1970 in a zone, with its offset."""
    return datetime.fromtimestamp(minute * 60, zone)


def midnight(day: date) -> int:
    """The local minute a day begins with."""
    return (day - EPOCH).days * DAY


def day_of(minute: int, zone: ZoneInfo) -> date:
    """The calendar day in a zone at a minute since 1970."""
    return to_local(minute, zone).date()


def spans(zone: ZoneInfo, first: date, last: date) -> list[OffsetSpan]:
    """The offsets of a zone while it may be one of these days anywhere, in order and without gaps; each change of the
    clocks is found to the minute."""
    start, end = midnight(first) - DAY, midnight(last) + 2 * DAY
    result: list[OffsetSpan] = []
    begun, offset = start, _offset(zone, start)
    for probe in range(start + DAY, end + 1, DAY):
        if _offset(zone, probe) != offset:
            same, other = probe - DAY, probe
            while other - same > 1:
                middle = (same + other) // 2
                same, other = (middle, other) if _offset(zone, middle) == offset else (same, middle)
            result.append(OffsetSpan(begun, other, offset))
            begun, offset = other, _offset(zone, other)
    return [*result, OffsetSpan(begun, end, offset)]


def between(clocks: Sequence[OffsetSpan], opens: int, closes: int) -> Intervals:
    """All time (minutes since 1970) at which the clocks show `opens` or later, but not yet `closes` (both local
    minutes)."""
    bounds = ((max(s.start, opens - s.offset), min(s.end, closes - s.offset)) for s in clocks)
    return [(start, end) for start, end in bounds if start < end]


def minutes_showing(clocks: Sequence[OffsetSpan], wall_minute: int) -> Iterator[int]:
    """The minutes since 1970 at which clocks show the local minute `wall_minute`: usually one, none where it is
    skipped, two where it repeats."""
    for span in clocks:
        if span.start <= wall_minute - span.offset < span.end:
            yield wall_minute - span.offset


def _offset(zone: ZoneInfo, minute: int) -> int:
    offset = to_local(minute, zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
