"""Every number that is shown is the number of rows behind its link."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.analytics import agents, metrics, service
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.schemas import AppointmentFilter
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.tasks import service as tasks
from sekretarka.ui.metrics import CONVERSATIONS, TASKS, href_of
from sekretarka.ui.pages.appointments import query_params as calendar
from sekretarka.ui.pages.conversations.query_params import UrlState
from sekretarka.ui.pages.tasks import query_params as to_do
from tests import factories
from tests.support import numbers

pytestmark = pytest.mark.usefixtures("database")


async def shown(uow: UnitOfWork, metric: Metric, agent: UUID) -> float | None:
    """The number as its card, list or bell has it."""
    if metric in agents.COUNTED:
        done = (await agents.activity(uow))[agent]
        return {Metric.AGENT_CALLS: done.calls, Metric.AGENT_COMPLETED: done.completed}.get(metric, done.resolved)
    figures = vars(await service.overview(uow))
    if metric in figures:
        value: float | None = figures[metric].value
        return value
    return await uow.count(await metrics.rows(uow, metric))


async def behind(uow: UnitOfWork, href: str) -> Sequence[Any]:
    """The rows of the list at a path and query, on its first page."""
    url, query, first = urlsplit(href), dict(parse_qsl(urlsplit(href).query)), PageQuery(limit=100)
    if url.path == CONVERSATIONS:
        listed = UrlState.read(query)
        page: Any = await conversations.page(uow, listed.criteria(), first, listed.counted_as)
    elif url.path == TASKS:
        page = await tasks.page(uow, to_do.UrlState.read(query).criteria(), first)
    else:
        of_calendar = calendar.UrlState.read(query)
        between = AppointmentFilter(start_date=of_calendar.since, end_date=of_calendar.until)
        page = await appointments.page(uow, between, first, of_calendar.counted_as)
    assert page.total == len(page.rows)
    rows: Sequence[Any] = page.rows
    return rows


@pytest.mark.parametrize(("zone", "seed"), [("Europe/Warsaw", 1), ("Pacific/Auckland", 2), ("America/Los_Angeles", 3)])
async def test_each_number_is_the_number_of_rows_behind_its_link(zone: str, seed: int) -> None:
    organization = await factories.organization(timezone=zone)
    first, _ = await numbers.fill(organization, seed)
    await numbers.fill(await factories.organization(), seed + 1)
    counted = {}
    async with begin(actor.system(organization.id)) as uow:
        for metric in Metric:
            agent = first if metric in agents.COUNTED else None
            rows = await behind(uow, href_of(metric, await metrics.period(uow, metric), agent))
            counted[metric] = len(rows)
            seconds = [row.duration_seconds for row in rows] if metric is Metric.AVERAGE else []
            expected = sum(seconds) / len(seconds) if seconds else len(rows)
            assert await shown(uow, metric, first) == expected, metric
    assert all(counted.values()), counted  # nothing is proved about a number of nothing
