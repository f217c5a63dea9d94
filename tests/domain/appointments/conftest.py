"""A salon, and what its features hear of each other."""

from collections.abc import Iterator
from typing import Any

import pytest

from sekretarka.core import events
from sekretarka.core.database import engine as engine
from sekretarka.domain import event_handlers as event_handlers
from sekretarka.domain.appointments.events import AppointmentBooked, AppointmentCancelled, AppointmentMoved
from tests import factories as make
from tests.domain.appointments.salon import Salon


@pytest.fixture
async def salon(database: engine.Database) -> Salon:
    organization = await make.organization()
    owner = await make.member(organization.id)
    return Salon(owner, await make.staff(organization.id), await make.service(organization.id))


@pytest.fixture
def heard() -> Iterator[list[events.Event]]:
    """What features hear of while the test runs."""
    happened: list[events.Event] = []
    before = dict(events.handlers)

    async def hear(_scope: Any, event: events.Event) -> None:
        happened.append(event)

    event_handlers.register()
    for kind in (AppointmentBooked, AppointmentMoved, AppointmentCancelled):
        events.handlers[kind] = (hear,)
    yield happened
    events.handlers.clear()
    events.handlers.update(before)
