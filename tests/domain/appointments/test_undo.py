"""What was just done to an appointment is taken back, and nothing that somebody did after it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import time_machine

from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import CannotUndo, Forbidden, NotFound, SlotTaken
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.appointments import booking, service, statuses, undo
from sekretarka.domain.appointments.models import Appointment, Change, Status
from sekretarka.domain.appointments.schemas import AppointmentPatch
from tests import factories
from tests.domain.appointments.organization import ACTIONS, BookableOrganization

SLOT = ("scheduled_at", "ends_at", "busy_from", "busy_to", "staff_id", "service_id", "price_amount", "status")


async def act(who: Actor, action: Callable[..., Awaitable[Appointment]], *arguments: Any) -> Appointment:
    """Do it in a transaction of its own."""
    async with begin(who, write=True) as uow:
        return await action(uow, *arguments)


async def move(uow: UnitOfWork, row: Appointment, at: str, more: dict[str, Any] | None = None) -> Appointment:
    body = {"scheduledAt": factories.at(at), **(more or {})}
    return await booking.update(uow, row.id, AppointmentPatch.model_validate(body))


def slot(row: Appointment) -> dict[str, Any]:
    return row.model_dump(include=set(SLOT))


@pytest.mark.parametrize("status", ACTIONS)
@pytest.mark.parametrize("confirmed", [False, True])
async def test_status_changes_are_taken_back(bookable: BookableOrganization, status: Status, confirmed: bool) -> None:
    before = await factories.appointment(bookable.owner)
    if confirmed:
        before = await act(bookable.owner, statuses.confirm, before.id)
    changed = await act(bookable.owner, ACTIONS[status], before.id)
    if confirmed and status is Status.CONFIRMED:
        changed = await act(bookable.owner, statuses.cancel, before.id)
    restored = await act(bookable.owner, undo.undo, before.id, changed.version)
    assert slot(restored) == slot(before)
    assert (restored.version, restored.cancelled_reason) == (changed.version + 1, None)
    async with begin(bookable.owner) as uow:
        history = (await service.changes(uow, before.id, PageQuery())).rows
    assert (history[-1].change, history[-1].after) == (Change.RESTORED, {"status": str(before.status)})


async def test_move_is_taken_back_whatever_hours_and_notice_say(bookable: BookableOrganization) -> None:
    kasia = await factories.staff(bookable.id, name="Kasia")
    before = await factories.appointment(bookable.owner, staffId=str(bookable.ewa.id))
    with time_machine.travel(factories.at("09:30"), tick=False):  # half an hour before: too soon to be booked
        moved = await act(bookable.owner, move, before, "15:00", {"staffId": str(kasia.id)})
        assert slot(moved) != slot(before)
        restored = await act(bookable.owner, undo.undo, before.id, moved.version)
    assert slot(restored) == slot(before)


async def test_undo_overwrites_nothing_that_came_later(bookable: BookableOrganization) -> None:
    row = await factories.appointment(bookable.owner)
    colleague = await factories.member(bookable.id, Role.ADMIN)
    confirmed = await act(bookable.owner, statuses.confirm, row.id)
    with pytest.raises(CannotUndo):
        await act(colleague, undo.undo, row.id, confirmed.version)
    cancelled = await act(colleague, statuses.cancel, row.id)
    for version in (confirmed.version, cancelled.version):
        with pytest.raises(CannotUndo):
            await act(bookable.owner, undo.undo, row.id, version)
    async with begin(bookable.owner) as uow:
        assert (await service.get(uow, row.id)).status is Status.CANCELLED


async def test_undo_counts_once_and_for_a_short_time(bookable: BookableOrganization) -> None:
    row = await factories.appointment(bookable.owner)
    with pytest.raises(CannotUndo):
        await act(bookable.owner, undo.undo, row.id, row.version)  # a booking is cancelled, not undone
    confirmed = await act(bookable.owner, statuses.confirm, row.id)
    restored = await act(bookable.owner, undo.undo, row.id, confirmed.version)
    for version in (confirmed.version, restored.version):
        with pytest.raises(CannotUndo):
            await act(bookable.owner, undo.undo, row.id, version)
    confirmed = await act(bookable.owner, statuses.confirm, row.id)
    with time_machine.travel(clock.now() + undo.UNDO_PERIOD, tick=False), pytest.raises(CannotUndo):
        await act(bookable.owner, undo.undo, row.id, confirmed.version)


async def test_time_that_was_given_away_does_not_return(bookable: BookableOrganization) -> None:
    row = await factories.appointment(bookable.owner)
    cancelled = await act(bookable.owner, statuses.cancel, row.id)
    await factories.appointment(bookable.owner, factories.at("10:30"), clientPhone="+48602333444")
    with pytest.raises(SlotTaken):
        await act(bookable.owner, undo.undo, row.id, cancelled.version)
    other = await factories.appointment(bookable.owner, factories.at("14:00"), clientPhone="+48603333444")
    moved = await act(bookable.owner, move, other, "15:30")
    await factories.appointment(bookable.owner, factories.at("14:00"), clientPhone="+48604333444")
    with pytest.raises(SlotTaken):
        await act(bookable.owner, undo.undo, other.id, moved.version)


async def test_undo_asks_for_the_same_rights(bookable: BookableOrganization) -> None:
    row = await factories.appointment(bookable.owner)
    confirmed = await act(bookable.owner, statuses.confirm, row.id)
    stranger = await factories.member((await factories.organization()).id)
    with pytest.raises(NotFound):
        await act(stranger, undo.undo, row.id, confirmed.version)
    for role in (Role.STAFF, Role.VIEWER):
        with pytest.raises(Forbidden):
            await act(await factories.member(bookable.id, role), undo.undo, row.id, confirmed.version)
