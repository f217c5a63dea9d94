"""The one source of time: aware UTC datetimes, zones, and days of an organization."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present instant in UTC, with microseconds."""
    return datetime.now(UTC)


def to_json(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`, as JavaScript's `toISOString` (api.md#times)."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:-6] + "Z"


@lru_cache
def zone_names() -> frozenset[str]:
    """IANA names known to the installed tzdata."""
    return frozenset(available_timezones())


@lru_cache
def zone(name: str) -> ZoneInfo:
    """The IANA zone; `ZoneInfoNotFoundError` when there is none of that name."""
    return ZoneInfo(name)


def local_day(instant: datetime, zone_name: str) -> date:
    """The calendar day of an aware instant in an IANA zone; `ZoneInfoNotFoundError` as `zone`."""
    return instant.astimezone(zone(zone_name)).date()


def day_bounds(day: date, zone_name: str) -> tuple[datetime, datetime]:
    """Half-open UTC interval of a local calendar day: 23, 24 or 25 hours long."""
    return day_start(day, zone_name), day_start(day + timedelta(days=1), zone_name)


def day_start(day: date, zone_name: str) -> datetime:
    """UTC instant at which a local calendar day begins; where midnight is in a gap, the end of the gap."""
    local = datetime.combine(day, time(), tzinfo=zone(zone_name))
    return local.astimezone(UTC)
