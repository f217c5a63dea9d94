"""Visits are found by what is asked for."""

import pytest

from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.schemas import AppointmentFilter
from tests import factories as make
from tests.domain.appointments.organization import Salon


@pytest.mark.parametrize(("service_type", "found"), [("STRZYZENIE", 1), ("nikt tego nie robi", 0)])
async def test_by_a_service_that_may_not_exist(salon: Salon, service_type: str, found: int) -> None:
    await make.appointment(salon.owner)
    async with begin(salon.owner) as uow:
        page = await appointments.page(uow, AppointmentFilter(service_type=service_type), PageQuery())
    assert (len(page.rows), page.total) == (found, found)
