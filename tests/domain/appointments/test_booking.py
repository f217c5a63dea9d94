"""Appointments: who may write them, every way a time can be rejected, moving, holding, and what is never written."""

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
from sekretarka.domain.appointments import booking, holds, statuses, time_off
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.events import AppointmentBooked, AppointmentMoved
from sekretarka.domain.appointments.models import Appointment, Change, Source, Status
from sekretarka.domain.appointments.schemas import AppointmentPatch, AvailabilityQuery, HoldCreate
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.clients import service as clients
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.staff import service_assignments
from sekretarka.domain.staff.schemas import TimeOffCreate
from tests import factories
from tests.domain.appointments.organization import ACTIONS, REFUSED, BookableOrganization


async def move(by: Actor, appointment: Appointment, **values: Any) -> Appointment:
    async with begin(by, write=True) as uow:
        return await booking.update(uow, appointment.id, AppointmentPatch.model_validate(values))


async def hold(by: Actor, start: datetime) -> Appointment:
    async with begin(by, write=True) as uow:
        return await holds.create(uow, HoldCreate(service_type="strzyżenie", scheduled_at=start))


async def times(by: Actor, day: Any) -> dict[str, bool]:
    async with begin(by) as uow:
        answer = await appointments.find_times(uow, AvailabilityQuery(date=day, service_type="Strzyżenie"))
    return {slot.time.isoformat()[11:16]: slot.available for slot in answer.slots}


async def test_an_appointment_takes_its_time_with_its_buffers(
    bookable: BookableOrganization, published_events: list[Event]
) -> None:
    appointment = await factories.appointment(bookable.owner)
    assert appointment.status is Status.SCHEDULED
    assert appointment.ends_at - appointment.scheduled_at == timedelta(minutes=60)
    assert (appointment.busy_to - appointment.busy_from, appointment.price_amount) == (70, 12_000)
    assert published_events == [AppointmentBooked(appointment.id)]
    availability = await times(bookable.owner, factories.open_day())
    assert [time for time, available in availability.items() if not available] == [
        "09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "10:45", "11:00",
    ]  # fmt: skip
    async with begin(bookable.owner) as uow:
        (entry,) = (await appointments.changes(uow, appointment.id, PageQuery())).rows
        assert (entry.change, entry.user_id) == (Change.BOOKED, bookable.owner.user_id)
        assert entry.after["scheduledAt"] == clock.to_json(factories.at("10:00"))


@pytest.mark.parametrize(
    ("start", "failure"),
    [
        (lambda: factories.at("10:59"), SlotTaken),
        (lambda: factories.at("09:01"), SlotTaken),
        (lambda: factories.at("11:09"), SlotTaken),
        (lambda: factories.at("08:59"), OutsideHours),
        (lambda: factories.at("16:01"), OutsideHours),
        (lambda: factories.at("10:00") + timedelta(days=(5 - factories.open_day().weekday()) % 7), OutsideHours),
        (lambda: factories.at("12:00") + timedelta(days=90), TooFar),
    ],
)
async def test_unavailable_times_are_rejected_with_their_reason(
    bookable: BookableOrganization, start: Any, failure: type[AppError]
) -> None:
    await factories.appointment(bookable.owner)
    with pytest.raises(failure):
        await factories.appointment(bookable.owner, start())
    async with begin(bookable.owner) as uow:
        assert await uow.count(uow.select(Appointment)) == 1


async def test_neighbours_may_touch(bookable: BookableOrganization) -> None:
    await factories.appointment(bookable.owner)
    await factories.appointment(bookable.owner, factories.at("11:10"))
    with pytest.raises(SlotTaken):
        await factories.appointment(bookable.owner, factories.at("12:19"))
    await factories.appointment(bookable.owner, factories.at("12:20"))


async def test_past_is_rejected_for_all_and_short_notice_for_programs(bookable: BookableOrganization) -> None:
    scopes = frozenset({Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_WRITE})
    program = Actor("api_key", organization_id=bookable.id, scopes=scopes)
    day, later = factories.open_day(), factories.at("13:45")
    with time_machine.travel(factories.at("12:30"), tick=False):
        for who in (bookable.owner, program):
            with pytest.raises(Invalid) as caught:
                await factories.appointment(who, clock.now() - timedelta(minutes=1))
            assert caught.value.details_json()[0]["code"] == "in_past"
        with pytest.raises(TooSoon):
            await factories.appointment(program, clock.now() + timedelta(minutes=119))
        assert min(time for time, free in (await times(program, day)).items() if free) == "14:30"
        appointment = await factories.appointment(program, clock.now() + timedelta(minutes=120))
        with pytest.raises(TooSoon):
            await move(program, appointment, scheduledAt=later)
        # somebody stands at the desk
        assert min(time for time, free in (await times(bookable.owner, day)).items() if free) == "12:30"
        await factories.appointment(bookable.owner, clock.now())
        await move(bookable.owner, appointment, scheduledAt=later)


async def test_public_holidays_and_closed_days_can_be_switched(database: engine.Database) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        friday = datetime(2026, 12, 25, 11, tzinfo=UTC)
        for observes, closed in ((True, []), (False, ["2026-12-25"])):
            organization = await factories.organization(observes_public_holidays=observes, closed_days=closed)
            owner = await factories.member(organization.id)
            await factories.staff(organization.id)
            await factories.service(organization.id)
            with pytest.raises(OutsideHours):
                await factories.appointment(owner, friday)
            assert await times(owner, friday.date()) == {}
        open_anyway = await factories.member((await factories.organization(observes_public_holidays=False)).id)
        assert open_anyway.organization_id is not None
        await factories.staff(open_anyway.organization_id)
        await factories.service(open_anyway.organization_id)
        await factories.appointment(open_anyway, friday)


async def test_anyone_means_the_staff_member_with_the_least_work(bookable: BookableOrganization) -> None:
    kasia = await factories.staff(bookable.id, name="Kasia")
    first = await factories.appointment(bookable.owner)
    second = await factories.appointment(bookable.owner)
    assert {first.staff_id, second.staff_id} == {bookable.ewa.id, kasia.id}
    with pytest.raises(SlotTaken):
        await factories.appointment(bookable.owner)
    await factories.appointment(bookable.owner, factories.at("12:00"), staffId=kasia.id)
    assert (await factories.appointment(bookable.owner, factories.at("14:00"))).staff_id == bookable.ewa.id


async def test_booking_requires_a_qualified_and_available_staff_member(bookable: BookableOrganization) -> None:
    kasia = await factories.staff(bookable.id, name="Kasia", weekly_hours={"mon": [], "tue": []})
    async with begin(bookable.owner, write=True) as uow:
        service = await uow.get(Service, bookable.haircut.id)
        await service_assignments.assign_staff(uow, service, [kasia.id])
    with pytest.raises(StaffUnavailable):
        await factories.appointment(bookable.owner, staffId=bookable.ewa.id)
    with pytest.raises(StaffUnavailable):
        await factories.appointment(bookable.owner, staffId=kasia.id)
    for unknown in ("staffId", "agentId", "holdId"):
        with pytest.raises(Invalid):
            await factories.appointment(bookable.owner, None, **{unknown: uuid4()})


async def test_the_client_is_found_by_number(bookable: BookableOrganization) -> None:
    first = await factories.appointment(bookable.owner)
    second = await factories.appointment(
        bookable.owner, factories.at("12:00"), clientPhone="601 000 111", clientEmail="anna@example.com"
    )
    assert first.client_id == second.client_id
    async with begin(bookable.owner) as uow:
        assert (await clients.get(uow, first.client_id or uuid4())).email == "anna@example.com"


async def test_merged_clients_share_appointments_and_numbers(
    bookable: BookableOrganization, published_events: list[Event]
) -> None:
    first = await factories.appointment(bookable.owner)
    other = await factories.appointment(bookable.owner, factories.at("12:00"), clientPhone="+48601000222")
    assert first.client_id is not None
    assert other.client_id is not None
    async with begin(bookable.owner, write=True) as uow:
        await clients.merge(uow, first.client_id, other.client_id)
    again = await factories.appointment(bookable.owner, factories.at("14:00"), clientPhone="+48601000222")
    assert again.client_id == first.client_id
    async with begin(bookable.owner) as uow:
        assert (await appointments.get(uow, other.id)).client_id == first.client_id
        with pytest.raises(NotFound):
            await clients.get(uow, other.client_id)


async def test_moving(bookable: BookableOrganization, published_events: list[Event]) -> None:
    appointment = await factories.appointment(bookable.owner)
    moved = await move(bookable.owner, appointment, scheduledAt=factories.at("10:30"))
    assert moved.scheduled_at == factories.at("10:30"), "its own time is not in its way"
    assert published_events[-1] == AppointmentMoved(appointment.id, factories.at("10:00"), bookable.ewa.id)
    await factories.appointment(bookable.owner, factories.at("14:00"))
    with pytest.raises(SlotTaken):
        await move(bookable.owner, appointment, scheduledAt=factories.at("13:30"))
    version = moved.version
    same = await move(bookable.owner, appointment, scheduledAt=factories.at("10:30"), serviceType="STRZYZENIE")
    assert same.version == version, "where it is already it does not move"
    kasia = await factories.staff(bookable.id, name="Kasia")
    assert (
        await move(bookable.owner, appointment, scheduledAt=factories.at("14:00"), staffId=kasia.id)
    ).staff_id == kasia.id
    async with begin(bookable.owner) as uow:
        assert [entry.change for entry in (await appointments.changes(uow, appointment.id, PageQuery())).rows] == [
            "booked",
            "moved",
            "moved",
        ]


async def test_past_or_cancelled_appointments_do_not_move(bookable: BookableOrganization) -> None:
    appointment = await factories.appointment(bookable.owner)
    async with begin(bookable.owner, write=True) as uow:
        await statuses.cancel(uow, appointment.id)
    with pytest.raises(InvalidStateTransition):
        await move(bookable.owner, appointment, scheduledAt=factories.at("12:00"))
    assert (await move(bookable.owner, appointment, notes="Zadzwoniła.")).notes == "Zadzwoniła."
    await factories.appointment(bookable.owner)  # its time is free again


async def test_hold_reserves_its_time_and_converts_once(bookable: BookableOrganization) -> None:
    held = await hold(bookable.owner, factories.at("10:00"))
    with pytest.raises(SlotTaken):
        await factories.appointment(bookable.owner)
    with pytest.raises(NotFound):
        await move(bookable.owner, held, notes="x")
    other = await factories.staff(bookable.id)
    wrongs: list[dict[str, Any]] = [{"start": factories.at("12:00")}, {"staffId": other.id}]
    for wrong in wrongs:
        with pytest.raises(Invalid) as caught:
            await factories.appointment(bookable.owner, **{"start": None, "holdId": held.id, **wrong})
        assert caught.value.details_json()[0]["code"] == "hold_mismatch"
    appointment = await factories.appointment(bookable.owner, holdId=held.id)
    assert appointment.id == held.id
    with pytest.raises(Invalid) as caught:
        await factories.appointment(bookable.owner, holdId=held.id)
    assert caught.value.details_json()[0]["code"] == "unknown_hold"


async def test_a_hold_ends(bookable: BookableOrganization) -> None:
    held = await hold(bookable.owner, factories.at("10:00"))
    assert (await times(bookable.owner, factories.open_day()))["10:00"] is False
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=False):
        assert (await times(bookable.owner, factories.open_day()))["10:00"] is True
        with pytest.raises(Invalid):
            await factories.appointment(bookable.owner, holdId=held.id)
        await factories.appointment(bookable.owner)
    other = await hold(bookable.owner, factories.at("14:00"))
    async with begin(bookable.owner, write=True) as uow:
        await holds.release(uow, other.id)
    await factories.appointment(bookable.owner, factories.at("14:00"))


async def test_time_off_reports_affected_appointments_and_cancels_nothing(bookable: BookableOrganization) -> None:
    hit = await factories.appointment(bookable.owner)
    await factories.appointment(bookable.owner, factories.at("10:00", 1))
    day = factories.open_day()
    async with begin(bookable.owner, write=True) as uow:
        away, hit_by_it = await time_off.create(uow, bookable.ewa.id, TimeOffCreate(starts_at=day, ends_at=day))
    assert [appointment.id for appointment in hit_by_it] == [hit.id]
    assert away.ends_at - away.starts_at >= timedelta(hours=23)
    with pytest.raises(StaffUnavailable):
        await factories.appointment(bookable.owner, factories.at("14:00"))
    async with begin(bookable.owner) as uow:
        assert (await appointments.get(uow, hit.id)).status is Status.SCHEDULED


async def test_staff_write_their_own_appointments_only(bookable: BookableOrganization) -> None:
    kasia = await factories.member(bookable.id, Role.STAFF)
    with pytest.raises(Forbidden):
        await factories.appointment(kasia)
    own_staff = await factories.staff(bookable.id, name="Kasia", user_id=kasia.user_id)
    appointment = await factories.appointment(kasia)
    assert appointment.staff_id == own_staff.id
    others = await factories.appointment(bookable.owner, factories.at("12:00"), staffId=bookable.ewa.id)
    with pytest.raises(Forbidden):
        await factories.appointment(kasia, factories.at("14:00"), staffId=bookable.ewa.id)
    with pytest.raises(Forbidden):
        await move(kasia, others, scheduledAt=factories.at("13:30"))
    with pytest.raises(Forbidden):
        await move(kasia, appointment, staffId=bookable.ewa.id)
    for action in (statuses.confirm, statuses.cancel):
        async with begin(kasia, write=True) as uow:
            with pytest.raises(Forbidden):
                await action(uow, others.id)
            assert (await action(uow, appointment.id)).status in ACTIONS
    viewer = await factories.member(bookable.id, Role.VIEWER)
    with pytest.raises(Forbidden):
        await factories.appointment(viewer)


async def test_the_database_itself_refuses_overlaps(bookable: BookableOrganization) -> None:
    """Past every service: what no code of ours may ever do."""
    appointment = await factories.appointment(bookable.owner)
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
        neighbour, cancelled = uuid4(), uuid4()
        await uow.execute(sa.insert(table).values({**appointment.model_dump(), "id": neighbour, **touching}))
        await uow.execute(sa.insert(table).values({**appointment.model_dump(), "id": cancelled, "status": "cancelled"}))
    for row_id, change in ((neighbour, {"busy_from": appointment.busy_to - 1}), (cancelled, {"status": "confirmed"})):
        with pytest.raises(DBAPIError, match=REFUSED):
            async with begin(system, write=True) as uow:
                await uow.execute(sa.update(table).where(table.c.id == row_id).values(change))


async def test_other_organizations_find_nothing(bookable: BookableOrganization) -> None:
    appointment = await factories.appointment(bookable.owner)
    stranger = await factories.member((await factories.organization()).id)
    async with begin(stranger, write=True) as uow:
        for action in ACTIONS.values():
            with pytest.raises(NotFound):
                await action(uow, appointment.id)
        with pytest.raises(NotFound):
            await booking.update(uow, appointment.id, AppointmentPatch(notes="x"))
        with pytest.raises(Invalid):
            await appointments.find_times(
                uow, AvailabilityQuery(date=factories.open_day(), service_type=str(bookable.haircut.id))
            )


async def test_a_booking_names_an_agent_and_a_call_of_its_own_organization(bookable: BookableOrganization) -> None:
    other = await factories.organization()
    foreign_agent = await factories.agent(other.id)
    own_agent = await factories.agent(bookable.id)
    foreign_call = await conversation(foreign_agent)
    for field, foreign in (
        ("agentId", foreign_agent.id),
        ("conversationId", foreign_call),
        ("conversationId", uuid4()),
    ):
        with pytest.raises(Invalid) as caught:
            await factories.appointment(bookable.owner, None, **{field: str(foreign)})
        assert field in str(caught.value.details)
    own_call = await conversation(own_agent)
    row = await factories.appointment(bookable.owner, agentId=str(own_agent.id), conversationId=str(own_call))
    assert (row.agent_id, row.conversation_id, row.source) == (own_agent.id, own_call, Source.AGENT)


async def conversation(agent: Agent) -> UUID:
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        row = Conversation(organization_id=agent.organization_id, agent_id=agent.id, call_id="call_1")
        return uow.add(row).id
