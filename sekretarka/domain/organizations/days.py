"""The organization's own days: what a date means there, and which of them it is closed."""

from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays
from sqlmodel import select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid, NotFound
from sekretarka.core.runtime import clock
from sekretarka.core.web.schemas import Day, InputInstant
from sekretarka.domain.organizations import hours
from sekretarka.domain.organizations.models import Organization

DayOrInstant = Day | InputInstant

# How the library of holidays calls our languages.
HOLIDAY_NAMES = {"pl": "pl", "en": "en_US"}

CALENDAR_CHANGED = "calendar.changed"


def notify_calendar_changed(uow: UnitOfWork) -> None:
    """The live event for a change of hours, staff, services or holds; appointments have their own events."""
    uow.notify_live(CALENDAR_CHANGED, {})


async def current_organization(uow: UnitOfWork) -> Organization:
    """The organization that the unit of work is limited to; `NotFound` when it is gone."""
    row = await uow.one_or_none(select(Organization).where(Organization.id == uow.organization_id))
    if row is None:
        raise NotFound
    return row


async def interval(
    uow: UnitOfWork, start: DayOrInstant | None, end: DayOrInstant | None
) -> tuple[datetime | None, datetime | None]:
    """A filter's bounds as a half-open interval of instants, None where it is open: a plain date is the whole local
    day, an end instant is included. `Invalid` when the end is before the start."""
    if start is None and end is None:
        return None, None
    zone = (await current_organization(uow)).timezone
    first = None if start is None else first_instant(start, zone)
    last = None if end is None else end_instant(end, zone)
    if isinstance(end, datetime) and last:
        last += timedelta(microseconds=1)
    if first and last and first >= last:
        raise Invalid.field(["query", "endDate"], "before_start", "The end must not be before the start")
    return first, last


@lru_cache(maxsize=512)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country (`PL`) in a year; empty for a country that the library does not know."""
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


@lru_cache(maxsize=64)
def named_holidays(country: str, first: date, last: date) -> tuple[tuple[date, dict[str, str]], ...]:
    """A country's public holidays from `first` to `last` (both included), as pairs of day and names by language
    (`{"pl": …, "en": …}`)."""
    years = range(first.year, last.year + 1)
    named = {lang: _names(country, years, library_language) for lang, library_language in HOLIDAY_NAMES.items()}
    between = sorted(day for day in named["en"] if first <= day <= last)
    return tuple((day, {lang: names.get(day, "") for lang, names in named.items()}) for day in between)


def _names(country: str, years: range, language: str) -> dict[date, str]:
    """In that language, or in the default one of the country."""
    try:
        calendar = holidays.country_holidays(country, years=years)
        supported_language = language if language in calendar.supported_languages else None
        return dict(holidays.country_holidays(country, years=years, language=supported_language))
    except NotImplementedError:
        return {}


def closed_days(organization: Organization, first: date, last: date) -> set[date]:
    """The days it is closed as a whole: all that are listed, and the public holidays of the years from `first` to
    `last`."""
    closed = {date.fromisoformat(day) for day in organization.closed_days}
    if organization.observes_public_holidays:
        for year in range(first.year, last.year + 1):
            closed |= public_holidays(organization.country, year)
    return closed


def closures(organization: Organization, first: date, last: date) -> dict[date, dict[str, str]]:
    """The days from `first` to `last` (both included) on which it does not open: names of the public holiday by
    language, empty ones where it is none."""
    closed, opening = closed_days(organization, first, last), hours.minutes(organization.business_hours)
    names = dict(named_holidays(organization.country, first, last)) if organization.observes_public_holidays else {}
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {
        day: names.get(day, dict.fromkeys(HOLIDAY_NAMES, ""))
        for day in every
        if day in closed or not opening[day.weekday()]
    }


def first_instant(bound: DayOrInstant, zone: str) -> datetime:
    """When a period begins: an instant is itself, a day its local midnight."""
    return bound if isinstance(bound, datetime) else clock.day_start(bound, zone)


def end_instant(bound: DayOrInstant, zone: str) -> datetime:
    """When a period is over: an instant is itself, a day the next local midnight."""
    return bound if isinstance(bound, datetime) else clock.day_start(bound + timedelta(days=1), zone)
