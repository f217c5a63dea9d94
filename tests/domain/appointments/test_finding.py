"""Appointments are found by what is asked for."""

import pytest

from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.schemas import AppointmentFilter
from tests import factories
from tests.domain.appointments.organization import BookableOrganization


@pytest.mark.parametrize(("service_type", "expected_count"), [("STRZYZENIE", 1), ("nikt tego nie robi", 0)])
async def test_filter_by_an_unknown_service_finds_nothing(
    bookable: BookableOrganization, service_type: str, expected_count: int
) -> None:
    await factories.appointment(bookable.owner)
    async with begin(bookable.owner) as uow:
        page = await appointments.page(uow, AppointmentFilter(service_type=service_type), PageQuery())
    assert (len(page.rows), page.total) == (expected_count, expected_count)
