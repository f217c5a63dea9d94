"""Threads: which message is the last of a client's, what is unread, and how threads are found."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine, live
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import NotFound
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain import event_handlers
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.confirmations import notices
from sekretarka.domain.messages import sending, threads
from sekretarka.domain.messages import service as messages
from sekretarka.domain.messages.models import Channel, Failure
from sekretarka.domain.messages.schemas import (
    MessageFilter,
    MessageSend,
    MessageThreadPatch,
    MessageThreadView,
    ThreadFilter,
)
from sekretarka.providers.message_events import MessagePayload
from tests import factories


@pytest.fixture
async def organization_id(database: engine.Database) -> UUID:
    event_handlers.register()
    return (await factories.organization()).id


@pytest.fixture
async def anna(organization_id: UUID) -> Client:
    return await factories.client(organization_id)


async def listed(organization_id: UUID, **filters: Any) -> Sequence[MessageThreadView]:
    async with begin(actor.system(organization_id)) as uow:
        return await threads.view(uow, *(await threads.page(uow, ThreadFilter(**filters), PageQuery())).rows)


async def mark(client: Client, *, read: bool) -> None:
    async with begin(actor.system(client.organization_id), write=True) as uow:
        await threads.update(uow, client.id, MessageThreadPatch(read=read))


async def test_thread_shows_the_last_message_and_what_is_unread(organization_id: UUID, anna: Client) -> None:
    await factories.message(organization_id, body="Do zobaczenia")
    [thread] = await listed(organization_id)
    assert (thread.id, thread.client_name, thread.client_phone) == (anna.id, "Anna Kowalska", "+48601000111")
    assert (thread.last_message.body, thread.unread_count) == ("Do zobaczenia", 0)
    for body in ("Spóźnię się", "Już jadę"):
        await factories.reply(organization_id, anna.phone, body=body)
    [thread] = await listed(organization_id)
    assert (thread.last_message.body, thread.unread_count) == ("Już jadę", 2)


async def test_late_report_of_an_earlier_message_is_not_the_last(organization_id: UUID, anna: Client) -> None:
    await factories.reply(organization_id, anna.phone, body="Teraz")
    payload = MessagePayload.model_validate(
        {"channel": "sms", "direction": "inbound", "from": anna.phone, "body": "Wcześniej"}
    )
    async with begin(actor.system(organization_id), write=True) as uow:
        await messages.record(uow, payload, uow.now - timedelta(hours=1), uuid4().hex, None)
    [thread] = await listed(organization_id)
    assert (thread.last_message.body, thread.unread_count) == ("Teraz", 2), "nobody has read it, though it is older"


async def test_message_that_is_due_later_is_in_no_thread_yet(organization_id: UUID, anna: Client) -> None:
    payload = MessagePayload.model_validate({"channel": "sms", "to": anna.phone, "body": "Jutro"})
    async with begin(actor.system(organization_id), write=True) as uow:
        row, _ = await messages.record(uow, payload, uow.now + timedelta(days=1), uuid4().hex, None)
    assert await listed(organization_id) == []
    async with begin(actor.system(organization_id), write=True) as uow:
        row.occurred_at = uow.now
        for _ in range(2):
            await threads.follow(uow, row)
    [thread] = await listed(organization_id)
    assert (thread.last_message.id, thread.unread_count) == (row.id, 0)


async def test_reading_and_marking_again_is_told_once(organization_id: UUID, anna: Client) -> None:
    await factories.reply(organization_id, anna.phone)
    for read, unread in ((True, 0), (True, 0), (False, 1), (False, 1)):
        await mark(anna, read=read)
        [thread] = await listed(organization_id)
        assert thread.unread_count == unread
    async with begin(actor.system(organization_id)) as uow:
        told = [event.data for event in await live.since(uow, 0) if event.name == threads.UPDATED]
        assert await threads.count_unread(uow) == 1
    assert told == [{"id": str(anna.id)}] * 2


async def test_threads_are_found_by_client_text_channel_and_what_is_unread(organization_id: UUID, anna: Client) -> None:
    lucja = await factories.client(organization_id, "+48601000222", "Łucja Żółć")
    await factories.client(organization_id, "+48601000333", "Bez wiadomości")
    await factories.reply(organization_id, anna.phone, body="Proszę o późniejszą godzinę")
    await factories.message(organization_id, to=anna.phone, body="Dobrze", channel="chat")
    await factories.message(organization_id, to=lucja.phone, body="Do zobaczenia")
    found: tuple[tuple[dict[str, Any], list[Client]], ...] = (
        ({}, [lucja, anna]),
        ({"search": "zolc"}, [lucja]),
        ({"search": "601 000 111"}, [anna]),
        ({"search": "pozniejsza"}, [anna]),
        ({"search": "bez"}, []),
        ({"channel": Channel.SMS}, [lucja, anna]),
        ({"channel": Channel.CHAT}, [anna]),
        ({"channel": Channel.EMAIL}, []),
        ({"unread": True}, [anna]),
        ({"unread": False}, [lucja]),
    )
    for filters, expected in found:
        assert [thread.id for thread in await listed(organization_id, **filters)] == [c.id for c in expected], filters


async def test_merged_clients_have_one_thread(organization_id: UUID, anna: Client) -> None:
    second = await factories.client(organization_id, "+48601000222", "Anna K.")
    await factories.reply(organization_id, anna.phone, body="Z pierwszego")
    await factories.reply(organization_id, second.phone, body="Z drugiego")
    async with begin(actor.system(organization_id), write=True) as uow:
        await clients.merge(uow, anna.id, second.id)
    [thread] = await listed(organization_id)
    assert (thread.id, thread.last_message.body, thread.unread_count) == (anna.id, "Z drugiego", 2)
    assert thread.last_message.client_id == anna.id
    third = await factories.client(organization_id, "+48601000333", "Ania")
    async with begin(actor.system(organization_id), write=True) as uow:
        await clients.merge(uow, third.id, anna.id)
    [thread] = await listed(organization_id)
    assert (thread.id, thread.unread_count) == (third.id, 2), "who had no thread takes over the other's"


async def test_client_without_messages_has_no_thread(organization_id: UUID, anna: Client) -> None:
    async with begin(actor.system(organization_id)) as uow:
        with pytest.raises(NotFound):
            await threads.get(uow, anna.id)
    other = await factories.organization()
    await factories.reply(organization_id, anna.phone)
    assert await listed(other.id) == []


async def test_ways_to_a_client_say_why_one_is_closed(organization_id: UUID, anna: Client) -> None:
    async with begin(actor.system(organization_id), write=True) as uow:
        assert await sending.reach(uow, anna) == {Channel.SMS: ("+48601000111", Failure.NO_GATEWAY)}
        await factories.add_sms_gateway(uow)
    async with begin(actor.system(organization_id), write=True) as uow:
        client = await uow.get(Client, anna.id)
        assert await sending.reach(uow, client) == {Channel.SMS: ("+48601000111", None)}
        client.opted_out_at, client.email = uow.now, "anna@poczta.example"
        ways = await sending.reach(uow, client)
        assert ways[Channel.SMS] == ("+48601000111", Failure.OPTED_OUT)
        assert ways[Channel.EMAIL][0] == "anna@poczta.example"
        client.opted_out_at, client.phone = None, "+48221000200"
        assert (await sending.reach(uow, client))[Channel.SMS][1] is Failure.LANDLINE


async def test_messages_of_an_appointment_are_found(organization_id: UUID, anna: Client) -> None:
    owner = await factories.member(organization_id)
    await factories.service(organization_id)
    await factories.staff(organization_id)
    appointment = await factories.appointment(owner)
    await factories.message(organization_id, body="Inna")
    async with begin(actor.system(organization_id), write=True) as uow:
        await factories.add_sms_gateway(uow)
        assert (await appointments.next_of_client(uow, anna.id)) == await uow.get(Appointment, appointment.id)
        text = {"channel": "sms", "to": anna.phone, "body": "O wizycie", "appointmentId": str(appointment.id)}
        await notices.send_by_hand(uow, MessageSend.model_validate(text))
        found = await messages.page(uow, MessageFilter(appointment_id=appointment.id), PageQuery())
    assert [row.body for row in found.rows] == ["O wizycie"]
    other = await factories.client(organization_id, "+48601000222")
    async with begin(actor.system(organization_id)) as uow:
        assert await appointments.next_of_client(uow, other.id) is None
