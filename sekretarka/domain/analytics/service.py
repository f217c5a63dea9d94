"""Numbers per local day, and how the last days compare with the same hours of as many days before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.models import UtcDateTime
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.analytics.metrics import WEEK
from sekretarka.domain.appointments import counting as appointment_counting
from sekretarka.domain.appointments.counting import AppointmentCount
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.conversations import counting as call_counting
from sekretarka.domain.conversations.counting import CallCount
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.organizations.days import current_organization

MAX_DAYS = 366

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Counts:
    """Numbers of calls of some time, named as in `CallCount`; `seconds` is the length of the measured ones together."""

    calls: int = 0
    answered: int = 0
    missed: int = 0
    measured: int = 0
    seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class DailyCounts(Counts):
    """One local day's."""

    date: date


@dataclass(frozen=True)
class Comparison:
    """A number of the last days (None without data), its change in percent against the days before (None when that was
    nothing), and its value on each day, oldest first."""

    value: float | None
    change: float | None
    trend: tuple[float, ...]


@dataclass(frozen=True)
class Overview:
    """The numbers of the last days, by their names in `Metric`; `average` is in seconds."""

    answered: Comparison
    missed: Comparison
    booked: Comparison
    average: Comparison


async def daily(uow: UnitOfWork, days: int) -> Sequence[DailyCounts]:
    """Calls of the last `days` (at most `MAX_DAYS`) local days including today, oldest first, each present even when
    nothing happened."""
    uow.require(Permission.CONVERSATIONS_READ)
    zone = (await current_organization(uow)).timezone
    dates = _dates(uow, zone, days)
    counted = await _calls(uow, [clock.day_bounds(day, zone) for day in dates])
    return [DailyCounts(**vars(counts), date=day) for counts, day in zip(counted, dates, strict=True)]


async def overview(uow: UnitOfWork, days: int = WEEK) -> Overview:
    """The numbers of the last `days` (at most `MAX_DAYS`) local days including today, against as many before, of which
    the last one ends at the same hour as it is now."""
    for needed in (Permission.CONVERSATIONS_READ, Permission.APPOINTMENTS_READ):
        uow.require(needed)
    zone = (await current_organization(uow)).timezone
    dates = _dates(uow, zone, days)
    earlier = clock.day_start(dates[0] - timedelta(days=len(dates)), zone)
    spans = [(earlier, _days_ago(uow.now, len(dates), zone)), *(clock.day_bounds(day, zone) for day in dates)]
    before, *now = await _calls(uow, spans)
    booked_before, *booked = await _booked(uow, spans)
    return Overview(
        answered=_sum(before.answered, [day.answered for day in now]),
        missed=_sum(before.missed, [day.missed for day in now]),
        booked=_sum(booked_before, booked),
        average=Comparison(
            value=_mean(now),
            change=percent_change(_mean(now) or 0, _mean([before]) or 0),
            trend=tuple(_mean([day]) or 0 for day in now),
        ),
    )


def percent_change(now: float, before: float) -> float | None:
    """The change from `before` to `now` in percent with one decimal; None when `before` is 0 (product.md#numbers)."""
    return round((now - before) / before * 100, 1) if before else None


def _dates(uow: UnitOfWork, zone: str, days: int) -> list[date]:
    today = clock.local_day(uow.now, zone)
    return [today - timedelta(days=back) for back in reversed(range(min(days, MAX_DAYS)))]


def _days_ago(instant: datetime, days: int, zone: str) -> datetime:
    """The same time on the clock so many days earlier, whatever the clocks did in between."""
    local = instant.astimezone(clock.zone(zone))
    return (local - timedelta(days=days)).astimezone(instant.tzinfo)


async def _calls(uow: UnitOfWork, spans: Sequence[Span]) -> list[Counts]:
    """Of each span."""
    names = (CallCount.CALLS, CallCount.ANSWERED, CallCount.MISSED, CallCount.MEASURED)
    conditions = [call_counting.is_counted(name, uow.now) for name in names]
    seconds = sa.case((conditions[-1], Conversation.duration_seconds), else_=0)
    counted = await _by_span(
        uow,
        spans,
        Conversation,
        col(Conversation.started_at),
        *(_count_if(condition) for condition in conditions),
        sa.func.coalesce(sa.func.sum(seconds), 0),
    )
    return [Counts(*(int(value) for value in counts)) for counts in counted]


async def _booked(uow: UnitOfWork, spans: Sequence[Span]) -> list[int]:
    booked, at = AppointmentCount.BOOKED, appointment_counting.day_column(AppointmentCount.BOOKED)
    is_booked = appointment_counting.is_counted(booked, uow.now)
    return [int(sum(row)) for row in await _by_span(uow, spans, Appointment, at, _count_if(is_booked))]


async def _by_span(uow: UnitOfWork, spans: Sequence[Span], model: Any, at: Any, *columns: Any) -> list[Sequence[Any]]:
    """One grouped query: local days are 23 to 25 hours long, so their bounds are computed here and joined."""
    names = (sa.column("number", sa.Integer), sa.column("opens", UtcDateTime), sa.column("closes", UtcDateTime))
    bounds = sa.values(*names).data([(index, *span) for index, span in enumerate(spans)]).cte("spans")
    statement = (
        sa.select(bounds.c.number, *columns)
        .select_from(bounds)
        .join(model, sa.and_(at >= bounds.c.opens, at < bounds.c.closes))
        .where(col(model.organization_id) == uow.organization_id)
        .group_by(bounds.c.number)
    )
    counted = {number: values for number, *values in await uow.execute(statement)}
    return [counted.get(index, ()) for index in range(len(spans))]


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _sum(before: int, now: Sequence[int]) -> Comparison:
    return Comparison(value=sum(now), change=percent_change(sum(now), before), trend=tuple(now))


def _mean(counted: Sequence[Counts]) -> float | None:
    measured = sum(counts.measured for counts in counted)
    return sum(counts.seconds for counts in counted) / measured if measured else None
