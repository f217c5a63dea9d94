"""Calls per local day, and how the last days compare with the same number of days before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.models import UtcDateTime
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.conversations import counting
from sekretarka.domain.conversations.models import Conversation, Outcome, Status
from sekretarka.domain.organizations.days import current_organization

MAX_DAYS = 366


@dataclass(frozen=True)
class DailyCounts:
    """One local day's numbers of calls (`counting.is_counted`). `seconds` is the length of all answered calls
    together."""

    date: date
    calls: int
    answered: int
    missed: int
    booked: int
    seconds: int


@dataclass(frozen=True)
class Metric:
    """A number of the last days (None without data), its change in percent against as many days before (None when that
    was nothing), and its value on each day, oldest first."""

    value: float | None
    change: float | None
    trend: tuple[float, ...]


@dataclass(frozen=True)
class Overview:
    """The numbers of the last days; `average_seconds` is the mean length of an answered call."""

    answered: Metric
    missed: Metric
    booked: Metric
    average_seconds: Metric


async def daily(uow: UnitOfWork, days: int) -> Sequence[DailyCounts]:
    """The last `days` (at most `MAX_DAYS`) local days including today, oldest first, each present even when nothing
    happened."""
    uow.require(Permission.CONVERSATIONS_READ)
    zone = (await current_organization(uow)).timezone
    today = clock.local_day(uow.now, zone)
    dates = [today - timedelta(days=back) for back in reversed(range(min(days, MAX_DAYS)))]
    counted = await _count(uow, dates, zone)
    return [counted.get(index, DailyCounts(day, 0, 0, 0, 0, 0)) for index, day in enumerate(dates)]


async def _count(uow: UnitOfWork, dates: Sequence[date], zone: str) -> dict[int, DailyCounts]:
    """One grouped query: local days are 23 to 25 hours long, so their bounds are computed here and joined."""
    bounds = [clock.day_bounds(day, zone) for day in dates]
    columns = (sa.column("number", sa.Integer), sa.column("opens", UtcDateTime), sa.column("closes", UtcDateTime))
    spans = sa.values(*columns).data([(index, *bound) for index, bound in enumerate(bounds)]).cte("spans")
    answered = col(Conversation.status).in_([Status.COMPLETED, Status.ACTIVE])
    statement = (
        sa.select(
            spans.c.number,
            sa.func.count(),
            _count_if(answered),
            _count_if(col(Conversation.status) == Status.MISSED),
            _count_if(col(Conversation.outcome) == Outcome.BOOKED),
            sa.func.coalesce(sa.func.sum(sa.case((answered, Conversation.duration_seconds), else_=0)), 0),
        )
        .select_from(spans)
        .join(
            Conversation,
            sa.and_(col(Conversation.started_at) >= spans.c.opens, col(Conversation.started_at) < spans.c.closes),
        )
        .where(
            col(Conversation.organization_id) == uow.organization_id,
            counting.is_counted(),
        )
        .group_by(spans.c.number)
    )
    rows = (await uow.execute(statement)).all()
    return {number: DailyCounts(dates[number], *(int(value) for value in counts)) for number, *counts in rows}


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


async def overview(uow: UnitOfWork, days: int = 7) -> Overview:
    """The numbers of the last `days` local days including today, against as many before; at most half of `MAX_DAYS`."""
    every = await daily(uow, 2 * days)
    before, now = every[:days], every[days:]
    return Overview(
        answered=_sum([day.answered for day in before], [day.answered for day in now]),
        missed=_sum([day.missed for day in before], [day.missed for day in now]),
        booked=_sum([day.booked for day in before], [day.booked for day in now]),
        average_seconds=Metric(
            value=_mean(now),
            change=percent_change(_mean(now) or 0, _mean(before) or 0),
            trend=tuple(_mean([day]) or 0 for day in now),
        ),
    )


def _sum(before: Sequence[int], now: Sequence[int]) -> Metric:
    return Metric(value=sum(now), change=percent_change(sum(now), sum(before)), trend=tuple(now))


def _mean(days: Sequence[DailyCounts]) -> float | None:
    answered = sum(day.answered for day in days)
    return sum(day.seconds for day in days) / answered if answered else None


def percent_change(now: float, before: float) -> float | None:
    """The change from `before` to `now` in percent with one decimal; None when `before` is 0 (product.md#analytics)."""
    return round((now - before) / before * 100, 1) if before else None
