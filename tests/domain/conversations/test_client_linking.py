"""Whose call it is: clients made and named by calls, whatever comes first, and given away by a merge."""

from typing import Any
from uuid import UUID

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine, unit_of_work
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain import event_handlers
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.clients.schemas import ClientPatch
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

ANNA, OURS = "+48601000111", "+48221000200"


@pytest.fixture
async def agent(database: engine.Database, monkeypatch: pytest.MonkeyPatch) -> Agent:
    monkeypatch.setattr(unit_of_work, "event_handlers", event_handlers.EVENT_HANDLERS)
    return await factories.agent((await factories.organization()).id)


async def apply_event(
    agent: Agent, call_id: str = "call_1", at: str = "2026-11-20T10:00:00Z", **data: Any
) -> Conversation:
    body = calls.event("call_started", agent.id, call_id, at, startedAt=at, **data)
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        row, _ = await conversations.apply(uow, CallEvent.model_validate(body), f"{call_id}-{at}")
    return row


async def of(agent: Agent, row: Conversation) -> Client:
    async with begin(actor.system(agent.organization_id)) as uow:
        fresh = await uow.get(Conversation, row.id)
        assert fresh.client_id is not None
        return await uow.get(Client, fresh.client_id)


async def everybody(agent: Agent) -> set[str | None]:
    async with begin(actor.system(agent.organization_id)) as uow:
        return {row.phone for row in await uow.list(uow.select(Client))}


async def test_caller_becomes_client_named_by_the_newest_call(agent: Agent) -> None:
    first = await apply_event(agent, "call_1", callerNumber="601 000 111", callerName="Ania")
    newest = await apply_event(agent, "call_2", "2026-11-20T12:00:00Z", callerNumber=ANNA, callerName="Anna Kowalska")
    await apply_event(agent, "call_3", "2026-11-20T11:00:00Z", callerNumber=ANNA, callerName="Anna K.")
    await apply_event(agent, "call_4", "2026-11-20T13:00:00Z", callerNumber=ANNA)
    anna = await of(agent, first)
    assert (anna.id, anna.phone, anna.name) == ((await of(agent, newest)).id, ANNA, "Anna Kowalska")
    assert await everybody(agent) == {ANNA}


async def test_name_set_by_user_or_booking_is_never_replaced_by_calls(agent: Agent) -> None:
    row = await apply_event(agent, "call_1", callerNumber=ANNA, callerName="ANNA K")
    owner = await factories.member(agent.organization_id, Role.OWNER)
    async with begin(owner, write=True) as uow:
        assert row.client_id is not None
        assert (await clients.get_or_create_by_phone(uow, ANNA, "Anna Kowalska")).id == row.client_id
    await apply_event(agent, "call_2", "2026-11-20T12:00:00Z", callerNumber=ANNA, callerName="KOWALSKA")
    assert (await of(agent, row)).name == "Anna Kowalska"
    async with begin(owner, write=True) as uow:
        await clients.update(uow, row.client_id, ClientPatch(name="Anna Nowak"))
    await apply_event(agent, "call_3", "2026-11-20T13:00:00Z", callerNumber=ANNA, callerName="KOWALSKA")
    assert (await of(agent, row)).name == "Anna Nowak"
    async with begin(owner, write=True) as uow:
        await clients.update(uow, row.client_id, ClientPatch(name=None))
    await apply_event(agent, "call_4", "2026-11-20T14:00:00Z", callerNumber=ANNA, callerName="Pani Ania")
    assert (await of(agent, row)).name == "Pani Ania"


async def test_outbound_callee_is_the_client_and_withheld_caller_is_none(agent: Agent) -> None:
    called = await apply_event(
        agent, "call_1", direction="outbound", callerNumber=OURS, calledNumber=ANNA, callerName="Ola"
    )
    anna = await of(agent, called)
    assert (anna.phone, anna.name) == (ANNA, None)
    hidden = await apply_event(agent, "call_2", callerNumber="anonymous", callerName="Ktoś")
    assert hidden.client_id is None
    assert await everybody(agent) == {ANNA}


async def test_one_caller_however_written_is_one_client_and_withheld_ones_are_nobody(agent: Agent) -> None:
    spellings = (ANNA, f"sip:{ANNA}@10.0.0.1;user=phone", f'"Anna" <sip:{ANNA[1:]}@voice.example:5060>', f"0{ANNA[3:]}")
    rows = [await apply_event(agent, f"call_{n}", callerNumber=number) for n, number in enumerate(spellings)]
    withheld = ("anonymous", "sip:anonymous@anonymous.invalid", "Unavailable", "")
    hidden = [await apply_event(agent, f"hidden_{n}", callerNumber=number) for n, number in enumerate(withheld)]
    assert {row.caller_number for row in rows} == {ANNA}
    assert len({row.client_id for row in rows}) == 1
    assert {row.client_id for row in hidden} == {None}
    assert await everybody(agent) == {ANNA}


async def test_calls_follow_their_client_through_merge_and_new_number(agent: Agent) -> None:
    owner = await factories.member(agent.organization_id, Role.OWNER)
    old, new = (
        await apply_event(agent, "call_1", callerNumber=ANNA),
        await apply_event(agent, "call_2", callerNumber="+48601000222"),
    )
    stored, merged = await of(agent, new), await of(agent, old)
    async with begin(owner, write=True) as uow:
        await clients.merge(uow, stored.id, merged.id)
    assert (await of(agent, old)).id == stored.id
    assert (await of(agent, await apply_event(agent, "call_3", callerNumber=ANNA))).id == stored.id, (
        "the number leads to her"
    )
    async with begin(owner, write=True) as uow:
        await clients.update(uow, stored.id, ClientPatch(phone="+48601000333"))
    again = await apply_event(agent, "call_2", "2026-11-20T10:00:05Z", callerNumber="+48601000222", callerName="Anna")
    assert again.client_id == stored.id, "a late event does not take the call away from her"
    somebody = await of(agent, await apply_event(agent, "call_4", callerNumber="+48601000222"))
    assert somebody.id != stored.id


async def test_a_call_shows_the_appointments_that_it_led_to(agent: Agent) -> None:
    owner = await factories.member(agent.organization_id, Role.OWNER)
    await factories.service(agent.organization_id)
    await factories.staff(agent.organization_id)
    row, other = await apply_event(agent, "call_1", callerNumber=ANNA), await apply_event(agent, "call_2")
    booked: list[UUID] = []
    for hour in ("10:00", "12:00"):
        appointment = await factories.appointment(
            owner, factories.at(hour), conversationId=str(row.id), agentId=str(agent.id)
        )
        assert appointment.client_id == row.client_id
        booked.append(appointment.id)
    async with begin(owner) as uow:
        own_view, other_view = await conversations.view(uow, row, other)
    assert (own_view.appointment_ids, own_view.client_id) == (booked, row.client_id)
    assert (other_view.appointment_ids, other_view.client_id) == ([], None)
