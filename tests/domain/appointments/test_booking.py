"""Visits: who may write them, every way a time can be refused, moving, holding, and what nobody can write at all."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import (
    AppError,
    Forbidden,
    Invalid,
    InvalidStateTransition,
    NotFound,
    OutsideHours,
    SlotTaken,
    StaffUnavailable,
    TooFar,
    TooSoon,
)
from sekretarka.core.events import Event
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.appointments import booking, statuses, time_off
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.events import AppointmentBooked, AppointmentMoved
from sekretarka.domain.appointments.models import Appointment, Change, Source, Status
from sekretarka.domain.appointments.schemas import AppointmentPatch, AvailabilityQuery, HoldCreate
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.clients import service as clients
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.staff import service_assignments
from sekretarka.domain.staff.schemas import TimeOffCreate
from tests import factories as make
from tests.domain.appointments.organization import ACTIONS, REFUSED, Salon


async def move(by: Actor, appointment: Appointment, **values: Any) -> Appointment:
    async with begin(by, write=True) as uow:
        return await booking.update(uow, appointment.id, AppointmentPatch.model_validate(values))


async def hold(by: Actor, start: datetime) -> Appointment:
    async with begin(by, write=True) as uow:
        return await booking.hold(uow, HoldCreate(service_type="strzyżenie", scheduled_at=start))


async def times(by: Actor, day: Any) -> dict[str, bool]:
    async with begin(by) as uow:
        found = await appointments.find_times(uow, AvailabilityQuery(date=day, service_type="Strzyżenie"))
    return {slot.time.isoformat()[11:16]: slot.available for slot in found.slots}


async def test_an_appointment_takes_its_time_with_its_buffers(salon: Salon, heard: list[Event]) -> None:
    appointment = await make.appointment(salon.owner)
    assert appointment.status is Status.SCHEDULED
    assert appointment.ends_at - appointment.scheduled_at == timedelta(minutes=60)
    assert (appointment.busy_to - appointment.busy_from, appointment.price_amount) == (70, 12_000)
    assert heard == [AppointmentBooked(appointment.id)]
    found = await times(salon.owner, make.open_day())
    assert [time for time, available in found.items() if not available] == [
        "09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "10:45", "11:00",
    ]  # fmt: skip
    async with begin(salon.owner) as uow:
        (entry,) = (await appointments.changes(uow, appointment.id, PageQuery())).rows
        assert (entry.change, entry.user_id) == (Change.BOOKED, salon.owner.user_id)
        assert entry.after["scheduledAt"] == clock.to_json(make.at("10:00"))


@pytest.mark.parametrize(
    ("start", "failure"),
    [
        (lambda: make.at("10:59"), SlotTaken),
        (lambda: make.at("09:01"), SlotTaken),
        (lambda: make.at("11:09"), SlotTaken),
        (lambda: make.at("08:59"), OutsideHours),
        (lambda: make.at("16:01"), OutsideHours),
        (lambda: make.at("10:00") + timedelta(days=(5 - make.open_day().weekday()) % 7), OutsideHours),
        (lambda: make.at("12:00") + timedelta(days=90), TooFar),
    ],
)
async def test_a_time_that_cannot_be_is_refused_with_its_reason(
    salon: Salon, start: Any, failure: type[AppError]
) -> None:
    await make.appointment(salon.owner)
    with pytest.raises(failure):
        await make.appointment(salon.owner, start())
    async with begin(salon.owner) as uow:
        assert await uow.count(uow.select(Appointment)) == 1


async def test_neighbours_may_touch(salon: Salon) -> None:
    await make.appointment(salon.owner)
    await make.appointment(salon.owner, make.at("11:10"))
    with pytest.raises(SlotTaken):
        await make.appointment(salon.owner, make.at("12:19"))
    await make.appointment(salon.owner, make.at("12:20"))


async def test_the_past_is_over_for_everybody_and_soon_is_too_soon_for_programs(salon: Salon) -> None:
    scopes = frozenset({Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_WRITE})
    program = Actor("api_key", organization_id=salon.id, scopes=scopes)
    day, later = make.open_day(), make.at("13:45")
    with time_machine.travel(make.at("12:30"), tick=False):
        for who in (salon.owner, program):
            with pytest.raises(Invalid) as caught:
                await make.appointment(who, clock.now() - timedelta(minutes=1))
            assert caught.value.details_json()[0]["code"] == "in_past"
        with pytest.raises(TooSoon):
            await make.appointment(program, clock.now() + timedelta(minutes=119))
        assert min(time for time, free in (await times(program, day)).items() if free) == "14:30"
        appointment = await make.appointment(program, clock.now() + timedelta(minutes=120))
        with pytest.raises(TooSoon):
            await move(program, appointment, scheduledAt=later)
        # somebody stands at the desk
        assert min(time for time, free in (await times(salon.owner, day)).items() if free) == "12:30"
        await make.appointment(salon.owner, clock.now())
        await move(salon.owner, appointment, scheduledAt=later)


async def test_public_holidays_and_closed_days_can_be_switched(database: engine.Database) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        friday = datetime(2026, 12, 25, 11, tzinfo=UTC)
        for observes, closed in ((True, []), (False, ["2026-12-25"])):
            organization = await make.organization(observes_public_holidays=observes, closed_days=closed)
            owner = await make.member(organization.id)
            await make.staff(organization.id)
            await make.service(organization.id)
            with pytest.raises(OutsideHours):
                await make.appointment(owner, friday)
            assert await times(owner, friday.date()) == {}
        open_anyway = await make.member((await make.organization(observes_public_holidays=False)).id)
        assert open_anyway.organization_id is not None
        await make.staff(open_anyway.organization_id)
        await make.service(open_anyway.organization_id)
        await make.appointment(open_anyway, friday)


async def test_anyone_is_who_has_least_to_do(salon: Salon) -> None:
    kasia = await make.staff(salon.id, name="Kasia")
    first = await make.appointment(salon.owner)
    second = await make.appointment(salon.owner)
    assert {first.staff_id, second.staff_id} == {salon.ewa.id, kasia.id}
    with pytest.raises(SlotTaken):
        await make.appointment(salon.owner)
    await make.appointment(salon.owner, make.at("12:00"), staffId=kasia.id)
    assert (await make.appointment(salon.owner, make.at("14:00"))).staff_id == salon.ewa.id


async def test_only_who_can_do_it_and_is_there(salon: Salon) -> None:
    kasia = await make.staff(salon.id, name="Kasia", weekly_hours={"mon": [], "tue": []})
    async with begin(salon.owner, write=True) as uow:
        service = await uow.get(Service, salon.haircut.id)
        await service_assignments.assign_staff(uow, service, [kasia.id])
    with pytest.raises(StaffUnavailable):
        await make.appointment(salon.owner, staffId=salon.ewa.id)
    with pytest.raises(StaffUnavailable):
        await make.appointment(salon.owner, staffId=kasia.id)
    for unknown in ("staffId", "agentId", "holdId"):
        with pytest.raises(Invalid):
            await make.appointment(salon.owner, None, **{unknown: uuid4()})


async def test_the_client_is_found_by_number(salon: Salon) -> None:
    first = await make.appointment(salon.owner)
    second = await make.appointment(
        salon.owner, make.at("12:00"), clientPhone="601 000 111", clientEmail="anna@example.com"
    )
    assert first.client_id == second.client_id
    async with begin(salon.owner) as uow:
        assert (await clients.get(uow, first.client_id or uuid4())).email == "anna@example.com"


async def test_merged_clients_share_appointments_and_numbers(salon: Salon, heard: list[Event]) -> None:
    one = await make.appointment(salon.owner)
    other = await make.appointment(salon.owner, make.at("12:00"), clientPhone="+48601000222")
    assert one.client_id is not None
    assert other.client_id is not None
    async with begin(salon.owner, write=True) as uow:
        await clients.merge(uow, one.client_id, other.client_id)
    again = await make.appointment(salon.owner, make.at("14:00"), clientPhone="+48601000222")
    assert again.client_id == one.client_id
    async with begin(salon.owner) as uow:
        assert (await appointments.get(uow, other.id)).client_id == one.client_id
        with pytest.raises(NotFound):
            await clients.get(uow, other.client_id)


async def test_moving(salon: Salon, heard: list[Event]) -> None:
    appointment = await make.appointment(salon.owner)
    moved = await move(salon.owner, appointment, scheduledAt=make.at("10:30"))
    assert moved.scheduled_at == make.at("10:30"), "its own time is not in its way"
    assert heard[-1] == AppointmentMoved(appointment.id, make.at("10:00"), salon.ewa.id)
    await make.appointment(salon.owner, make.at("14:00"))
    with pytest.raises(SlotTaken):
        await move(salon.owner, appointment, scheduledAt=make.at("13:30"))
    version = moved.version
    same = await move(salon.owner, appointment, scheduledAt=make.at("10:30"), serviceType="STRZYZENIE")
    assert same.version == version, "where it is already it does not move"
    kasia = await make.staff(salon.id, name="Kasia")
    assert (await move(salon.owner, appointment, scheduledAt=make.at("14:00"), staffId=kasia.id)).staff_id == kasia.id
    async with begin(salon.owner) as uow:
        assert [entry.change for entry in (await appointments.changes(uow, appointment.id, PageQuery())).rows] == [
            "booked",
            "moved",
            "moved",
        ]


async def test_what_is_over_or_cancelled_does_not_move(salon: Salon) -> None:
    appointment = await make.appointment(salon.owner)
    async with begin(salon.owner, write=True) as uow:
        await statuses.cancel(uow, appointment.id)
    with pytest.raises(InvalidStateTransition):
        await move(salon.owner, appointment, scheduledAt=make.at("12:00"))
    assert (await move(salon.owner, appointment, notes="Zadzwoniła.")).notes == "Zadzwoniła."
    await make.appointment(salon.owner)  # its time is free again


async def test_a_hold_keeps_the_time_and_is_used_up_once(salon: Salon) -> None:
    held = await hold(salon.owner, make.at("10:00"))
    with pytest.raises(SlotTaken):
        await make.appointment(salon.owner)
    with pytest.raises(NotFound):
        await move(salon.owner, held, notes="x")
    other = await make.staff(salon.id)
    wrongs: list[dict[str, Any]] = [{"start": make.at("12:00")}, {"staffId": other.id}]
    for wrong in wrongs:
        with pytest.raises(Invalid) as caught:
            await make.appointment(salon.owner, **{"start": None, "holdId": held.id, **wrong})
        assert caught.value.details_json()[0]["code"] == "hold_mismatch"
    appointment = await make.appointment(salon.owner, holdId=held.id)
    assert appointment.id == held.id
    with pytest.raises(Invalid) as caught:
        await make.appointment(salon.owner, holdId=held.id)
    assert caught.value.details_json()[0]["code"] == "unknown_hold"


async def test_a_hold_ends(salon: Salon) -> None:
    held = await hold(salon.owner, make.at("10:00"))
    assert (await times(salon.owner, make.open_day()))["10:00"] is False
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=False):
        assert (await times(salon.owner, make.open_day()))["10:00"] is True
        with pytest.raises(Invalid):
            await make.appointment(salon.owner, holdId=held.id)
        await make.appointment(salon.owner)
    other = await hold(salon.owner, make.at("14:00"))
    async with begin(salon.owner, write=True) as uow:
        await booking.release(uow, other.id)
    await make.appointment(salon.owner, make.at("14:00"))


async def test_time_off_tells_what_it_hits_and_cancels_nothing(salon: Salon) -> None:
    hit = await make.appointment(salon.owner)
    await make.appointment(salon.owner, make.at("10:00", 1))
    day = make.open_day()
    async with begin(salon.owner, write=True) as uow:
        away, hit_by_it = await time_off.create(uow, salon.ewa.id, TimeOffCreate(starts_at=day, ends_at=day))
    assert [appointment.id for appointment in hit_by_it] == [hit.id]
    assert away.ends_at - away.starts_at >= timedelta(hours=23)
    with pytest.raises(StaffUnavailable):
        await make.appointment(salon.owner, make.at("14:00"))
    async with begin(salon.owner) as uow:
        assert (await appointments.get(uow, hit.id)).status is Status.SCHEDULED


async def test_staff_write_their_own_appointments_only(salon: Salon) -> None:
    kasia = await make.member(salon.id, Role.STAFF)
    with pytest.raises(Forbidden):
        await make.appointment(kasia)
    mine = await make.staff(salon.id, name="Kasia", user_id=kasia.user_id)
    appointment = await make.appointment(kasia)
    assert appointment.staff_id == mine.id
    others = await make.appointment(salon.owner, make.at("12:00"), staffId=salon.ewa.id)
    with pytest.raises(Forbidden):
        await make.appointment(kasia, make.at("14:00"), staffId=salon.ewa.id)
    with pytest.raises(Forbidden):
        await move(kasia, others, scheduledAt=make.at("13:30"))
    with pytest.raises(Forbidden):
        await move(kasia, appointment, staffId=salon.ewa.id)
    for action in (statuses.confirm, statuses.cancel):
        async with begin(kasia, write=True) as uow:
            with pytest.raises(Forbidden):
                await action(uow, others.id)
            assert (await action(uow, appointment.id)).status in ACTIONS
    viewer = await make.member(salon.id, Role.VIEWER)
    with pytest.raises(Forbidden):
        await make.appointment(viewer)


async def test_the_database_itself_refuses_overlaps(salon: Salon) -> None:
    """Past every service: what no code of ours may ever do."""
    appointment = await make.appointment(salon.owner)
    table = SQLModel.metadata.tables["appointments"]
    system = actor.system()
    changes: list[dict[str, Any]] = [
        {},
        {"busy_from": appointment.busy_to - 1, "busy_to": appointment.busy_to + 10},
        {"status": "held"},
    ]
    for change in changes:
        values = {**appointment.model_dump(), "id": uuid4(), **change}
        with pytest.raises(DBAPIError, match=REFUSED):
            async with begin(system, write=True) as uow:
                await uow.execute(sa.insert(table).values(values))
    touching = {"busy_from": appointment.busy_to, "busy_to": appointment.busy_to + 10}
    async with begin(system, write=True) as uow:
        neighbour, gone = uuid4(), uuid4()
        await uow.execute(sa.insert(table).values({**appointment.model_dump(), "id": neighbour, **touching}))
        await uow.execute(sa.insert(table).values({**appointment.model_dump(), "id": gone, "status": "cancelled"}))
    for row_id, change in ((neighbour, {"busy_from": appointment.busy_to - 1}), (gone, {"status": "confirmed"})):
        with pytest.raises(DBAPIError, match=REFUSED):
            async with begin(system, write=True) as uow:
                await uow.execute(sa.update(table).where(table.c.id == row_id).values(change))


async def test_a_stranger_finds_nothing(salon: Salon) -> None:
    appointment = await make.appointment(salon.owner)
    stranger = await make.member((await make.organization()).id)
    async with begin(stranger, write=True) as uow:
        for action in ACTIONS.values():
            with pytest.raises(NotFound):
                await action(uow, appointment.id)
        with pytest.raises(NotFound):
            await booking.update(uow, appointment.id, AppointmentPatch(notes="x"))
        with pytest.raises(Invalid):
            await appointments.find_times(
                uow, AvailabilityQuery(date=make.open_day(), service_type=str(salon.haircut.id))
            )


async def test_a_booking_names_an_agent_and_a_call_of_its_own_organization(salon: Salon) -> None:
    other = await make.organization()
    foreign_agent = await make.agent(other.id)
    own_agent = await make.agent(salon.id)
    foreign_call = await conversation(foreign_agent)
    for field, foreign in (
        ("agentId", foreign_agent.id),
        ("conversationId", foreign_call),
        ("conversationId", uuid4()),
    ):
        with pytest.raises(Invalid) as caught:
            await make.appointment(salon.owner, None, **{field: str(foreign)})
        assert field in str(caught.value.details)
    own_call = await conversation(own_agent)
    row = await make.appointment(salon.owner, agentId=str(own_agent.id), conversationId=str(own_call))
    assert (row.agent_id, row.conversation_id, row.source) == (own_agent.id, own_call, Source.AGENT)


async def conversation(agent: Agent) -> UUID:
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        row = Conversation(organization_id=agent.organization_id, agent_id=agent.id, call_id="call_1")
        return uow.add(row).id
