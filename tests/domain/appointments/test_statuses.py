"""How appointments go on and end: what follows what, for whom, and for how long."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Forbidden, InvalidStateTransition, SlotTaken
from sekretarka.core.permissions import Role
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import holds, service, statuses
from sekretarka.domain.appointments.models import Appointment, Change, Status
from sekretarka.domain.appointments.schemas import HoldCreate
from tests import factories
from tests.domain.appointments.organization import ACTIONS, BookableOrganization

Correction = Callable[[UnitOfWork, UUID], Awaitable[Appointment]]
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


@pytest.mark.parametrize(
    ("correct", "after"), [(statuses.mark_no_show, Status.NO_SHOW), (statuses.reopen, Status.SCHEDULED)]
)
async def test_corrections_end_after_a_week(bookable: BookableOrganization, correct: Correction, after: Status) -> None:
    appointment = await factories.appointment(bookable.owner)
    async with begin(bookable.owner, write=True) as uow:
        await statuses.complete(uow, appointment.id)
    with time_machine.travel(appointment.ends_at + timedelta(days=7, seconds=1), tick=False):
        async with begin(bookable.owner, write=True) as uow:
            with pytest.raises(InvalidStateTransition):
                await correct(uow, appointment.id)
    with time_machine.travel(appointment.ends_at + timedelta(days=7), tick=False):
        async with begin(bookable.owner, write=True) as uow:
            assert (await correct(uow, appointment.id)).status is after


async def test_an_end_marked_by_mistake_is_taken_back(bookable: BookableOrganization) -> None:
    appointment = await factories.appointment(bookable.owner)
    async with begin(bookable.owner, write=True) as uow:
        await statuses.confirm(uow, appointment.id)
    for marks in ((statuses.complete,), (statuses.mark_no_show,), (statuses.complete, statuses.mark_no_show)):
        async with begin(bookable.owner, write=True) as uow:
            for mark in marks:
                row = await mark(uow, appointment.id)
            assert statuses.can_reopen(uow, row)
            version = row.version
        async with begin(bookable.owner, write=True) as uow:
            row = await statuses.reopen(uow, appointment.id)
            assert (row.status, row.version) == (Status.CONFIRMED, version + 1)
            newest = (await service.changes(uow, appointment.id, PageQuery())).rows[-1]
        assert (newest.change, newest.after) == (Change.REOPENED, {"status": "confirmed"})
    async with begin(bookable.owner, write=True) as uow:
        with pytest.raises(InvalidStateTransition):
            await statuses.reopen(uow, appointment.id)


async def test_an_end_is_taken_back_by_users_only_and_never_after_cancelling(bookable: BookableOrganization) -> None:
    appointment = await factories.appointment(bookable.owner)
    cancelled = await factories.appointment(bookable.owner, factories.at("12:00"))
    async with begin(bookable.owner, write=True) as uow:
        await statuses.complete(uow, appointment.id)
        await statuses.cancel(uow, cancelled.id)
    for caller, item in ((actor.system(bookable.id), appointment), (bookable.owner, cancelled)):
        async with begin(caller, write=True) as uow:
            with pytest.raises(InvalidStateTransition):
                await statuses.reopen(uow, item.id)
    viewer = await factories.member(bookable.id, Role.VIEWER)
    async with begin(viewer, write=True) as uow:
        with pytest.raises(Forbidden):
            await statuses.reopen(uow, appointment.id)


async def test_a_time_given_away_meanwhile_is_not_taken_back(bookable: BookableOrganization) -> None:
    appointment = await factories.appointment(bookable.owner)
    async with begin(bookable.owner, write=True) as uow:
        await statuses.complete(uow, appointment.id)
    other = await factories.appointment(bookable.owner, staffId=appointment.staff_id, clientPhone="+48601000222")
    with pytest.raises(SlotTaken):
        async with begin(bookable.owner, write=True) as uow:
            await statuses.reopen(uow, appointment.id)
    async with begin(bookable.owner, write=True) as uow:
        await statuses.cancel(uow, other.id)
        held = {"staffId": appointment.staff_id, "serviceType": "Strzyżenie", "scheduledAt": appointment.scheduled_at}
        hold = await holds.create(uow, HoldCreate.model_validate(held))
    assert hold.held_until is not None
    with time_machine.travel(hold.held_until, tick=False):
        async with begin(bookable.owner, write=True) as uow:
            row = await statuses.reopen(uow, appointment.id)
    assert row.status is Status.SCHEDULED, "an expired hold keeps nothing"


async def test_only_what_makes_sense_at_the_time_is_offered(bookable: BookableOrganization) -> None:
    appointment = await factories.appointment(bookable.owner)
    ends = [Status.COMPLETED, Status.NO_SHOW]
    before, begun = appointment.scheduled_at - timedelta(seconds=1), appointment.scheduled_at

    async def offered(at: datetime) -> tuple[list[Status], list[Status]]:
        with time_machine.travel(at, tick=False):
            async with begin(bookable.owner) as uow:
                row = await service.get(uow, appointment.id)
                return statuses.sensible(uow, row), statuses.premature(uow, row)

    assert await offered(before) == ([Status.CONFIRMED, Status.CANCELLED], ends)
    assert await offered(begun) == ([*ends, Status.CANCELLED], [])
    async with begin(bookable.owner, write=True) as uow:
        await statuses.complete(uow, appointment.id)
    assert await offered(before) == ([], []), "what is wrong is taken back, not corrected"
    assert await offered(begun) == ([Status.NO_SHOW], [])
