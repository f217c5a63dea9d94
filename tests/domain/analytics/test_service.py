"""The numbers of the last days, against counting by hand."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.analytics import service
from sekretarka.domain.analytics.service import Overview
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.models import Status as AppointmentStatus
from sekretarka.domain.conversations.models import Conversation, Outcome, Status
from tests import factories
from tests.support import numbers

pytestmark = pytest.mark.usefixtures("database")

ZONE = "Europe/Warsaw"


async def called(agent: Agent, at: datetime, **values: Any) -> None:
    facts = {"status": Status.COMPLETED, "call_id": uuid4().hex, "first_seen_at": at, "started_at": at, **values}
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        uow.add(Conversation(organization_id=agent.organization_id, agent_id=agent.id, **facts))


async def overview(organization_id: UUID, days: int = 7) -> Overview:
    async with begin(actor.system(organization_id)) as uow:
        return await service.overview(uow, days)


def days_ago(days: int, **more: float) -> datetime:
    """The same time on the clock in Warsaw so many days ago, and a bit."""
    local = clock.now().astimezone(clock.zone(ZONE)) - timedelta(days=days)
    return local.astimezone(clock.now().tzinfo) + timedelta(**more)


async def test_today_is_compared_with_the_same_hours_of_the_other_day() -> None:
    agent = await factories.agent((await factories.organization()).id)
    for days in (0, 3, 6):
        await called(agent, days_ago(days, minutes=-1))
    await called(agent, days_ago(7, minutes=-1))
    await called(agent, days_ago(7, minutes=1))  # this hour of the other day was not reached yet
    first_before = clock.day_start(clock.local_day(clock.now(), ZONE) - timedelta(days=13), ZONE)
    await called(agent, first_before)
    await called(agent, first_before - timedelta(seconds=1))
    found = (await overview(agent.organization_id)).answered
    assert (found.value, found.change) == (3, 50.0)


@pytest.mark.parametrize("days", [7, 183, 184, 366])
async def test_periods_of_any_length_are_compared_with_as_long_ones(days: int) -> None:
    agent = await factories.agent((await factories.organization()).id)
    for back in (0, days - 1, days, 2 * days - 1):
        await called(agent, clock.day_start(clock.local_day(clock.now(), ZONE) - timedelta(days=back), ZONE))
    found = (await overview(agent.organization_id, days)).answered
    assert (found.value, found.change, len(found.trend)) == (2, 0.0, days)


async def test_calls_without_an_end_have_no_length() -> None:
    agent = await factories.agent((await factories.organization()).id)
    now = clock.now()
    assert (await overview(agent.organization_id)).average.value is None
    await called(agent, now, status=Status.ACTIVE)
    await called(agent, now, duration_seconds=None)
    assert (await overview(agent.organization_id)).average.value is None
    await called(agent, now, duration_seconds=90)
    await called(agent, now, duration_seconds=30)
    await called(agent, now, duration_seconds=900, outcome=Outcome.SPAM)
    await called(agent, now, duration_seconds=900, status=Status.FAILED)
    assert (await overview(agent.organization_id)).average.value == 60


async def test_booked_are_appointments_whatever_the_calls_say() -> None:
    organization = await factories.organization()
    agent, owner = await factories.agent(organization.id), await factories.member(organization.id)
    await factories.service(organization.id)
    await factories.staff(organization.id)
    await called(agent, clock.now(), outcome=Outcome.BOOKED)
    assert (await overview(organization.id)).booked.value == 0
    await factories.appointment(owner, factories.at("10:00"))
    await factories.appointment(owner, factories.at("12:00"))
    assert (await overview(organization.id)).booked.value == 2


@pytest.mark.parametrize("seed", [1, 2])
async def test_numbers_are_those_counted_by_hand(seed: int) -> None:
    organization = await factories.organization()
    await numbers.fill(organization, seed)
    async with begin(actor.system(organization.id)) as uow:
        found = await service.overview(uow)
        every = await uow.list(uow.select(Conversation))
        calls = [row for row in every if row.outcome is not Outcome.SPAM and not row.is_test]
        appointments = await uow.list(uow.select(Appointment))
        days = await service.daily(uow, 30)
        today = clock.local_day(uow.now, ZONE)
    week = [row for row in calls if 0 <= (today - clock.local_day(row.started_at, ZONE)).days < 7]
    assert found.missed.value == sum(row.status is Status.MISSED for row in week)
    assert found.answered.value == sum(row.status in (Status.ACTIVE, Status.COMPLETED) for row in week)
    gone = (AppointmentStatus.HELD, AppointmentStatus.CANCELLED)
    booked = [row for row in appointments if row.status not in gone]
    assert found.booked.value == sum((today - clock.local_day(row.created_at, ZONE)).days < 7 for row in booked)
    month = [row for row in calls if (today - clock.local_day(row.started_at, ZONE)).days < 30]
    assert sum(day.calls for day in days) == len(month)
    assert sum(day.calls for day in days[-7:]) == len(week)
    assert [day.date for day in days] == [today - timedelta(days=back) for back in reversed(range(30))]
    assert sum(found.missed.trend) == found.missed.value
