"""An organization, and what its features hear of each other."""

from collections.abc import Iterator
from typing import Any

import pytest

from sekretarka.core.database import engine, unit_of_work
from sekretarka.core.events import Event
from sekretarka.domain import event_handlers
from sekretarka.domain.appointments.events import AppointmentBooked, AppointmentCancelled, AppointmentMoved
from tests import factories
from tests.domain.appointments.organization import BookableOrganization


@pytest.fixture
async def bookable(database: engine.Database) -> BookableOrganization:
    organization = await factories.organization()
    owner = await factories.member(organization.id)
    return BookableOrganization(owner, await factories.staff(organization.id), await factories.service(organization.id))


@pytest.fixture
def published_events() -> Iterator[list[Event]]:
    """The events published while the test runs."""
    published: list[Event] = []
    before = dict(unit_of_work.event_handlers)

    async def hear(_scope: Any, event: Event) -> None:
        published.append(event)

    event_handlers.register()
    for kind in (AppointmentBooked, AppointmentMoved, AppointmentCancelled):
        unit_of_work.event_handlers[kind] = (hear,)
    yield published
    unit_of_work.event_handlers.clear()
    unit_of_work.event_handlers.update(before)
