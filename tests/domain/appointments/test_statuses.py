"""How appointments go on and end: what follows what, for whom, and for how long."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import InvalidStateTransition
from sekretarka.domain.appointments import statuses
from sekretarka.domain.appointments.models import Appointment, Status
from tests import factories
from tests.domain.appointments.organization import ACTIONS, BookableOrganization

MAY_FOLLOW = {
    Status.SCHEDULED: {Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED},
    Status.CONFIRMED: {Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED},
    Status.COMPLETED: {Status.NO_SHOW},
    Status.NO_SHOW: {Status.COMPLETED},
    Status.CANCELLED: set(),
}


@pytest.mark.parametrize("before", MAY_FOLLOW)
async def test_allowed_status_transitions(bookable: BookableOrganization, before: Status) -> None:
    appointment = await factories.appointment(bookable.owner)
    reset = sa.update(Appointment).where(col(Appointment.organization_id) == bookable.id).values(status=before)
    for caller in (bookable.owner, actor.system(bookable.id)):
        corrects = caller is bookable.owner or before not in (Status.COMPLETED, Status.NO_SHOW)
        for after, action in ACTIONS.items():
            async with begin(caller, write=True) as uow:
                await uow.execute(reset)
                if after is before or (corrects and after in MAY_FOLLOW[before]):
                    row = await action(uow, appointment.id)
                    assert row.status is after
                    version = row.version
                    assert (await action(uow, appointment.id)).version == version, "repeating it changes nothing"
                    continue
                with pytest.raises(InvalidStateTransition) as caught:
                    await action(uow, appointment.id)
                facts = caught.value.details_json()
                assert (facts["from"], facts["to"]) == (before, after)
                assert set(facts["allowed"]) == (MAY_FOLLOW[before] if corrects else set())


async def test_corrections_end_after_a_week(bookable: BookableOrganization) -> None:
    appointment = await factories.appointment(bookable.owner)
    async with begin(bookable.owner, write=True) as uow:
        await statuses.complete(uow, appointment.id)
    with time_machine.travel(appointment.ends_at + timedelta(days=7, seconds=1), tick=False):
        async with begin(bookable.owner, write=True) as uow:
            with pytest.raises(InvalidStateTransition):
                await statuses.mark_no_show(uow, appointment.id)
    with time_machine.travel(appointment.ends_at + timedelta(days=7), tick=False):
        async with begin(bookable.owner, write=True) as uow:
            assert (await statuses.mark_no_show(uow, appointment.id)).status is Status.NO_SHOW
