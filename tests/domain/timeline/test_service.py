"""Appointments, calls and messages of a client as one list: whole, in order, by number and by cursor both ways."""

from datetime import timedelta
from uuid import UUID

import pytest

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.timeline import service as timeline
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories


@pytest.fixture
async def owner(database: engine.Database) -> Actor:
    organization = await factories.organization()
    await factories.service(organization.id)
    await factories.staff(organization.id)
    return await factories.member(organization.id)


async def history(owner: Actor, client: Client) -> list[UUID]:
    """Three appointments ahead, four calls, two of them at once, and two messages of that client; one of each of
    somebody else."""
    assert owner.organization_id is not None
    agent = await factories.agent(owner.organization_id)
    entries = []
    for day, hour in enumerate(("10:00", "12:00", "14:00")):
        row = await factories.appointment(owner, factories.at(hour, day), clientPhone=client.phone)
        entries.append((row.scheduled_at, row.id))
    await factories.appointment(owner, factories.at("12:00", 4), clientPhone="+48601000999")
    now = clock.now().replace(microsecond=0)
    for number, ago in enumerate((1, 2, 2, 3, 5)):
        at, phone = clock.to_json(now - timedelta(days=ago)), client.phone if number < 4 else "+48601000999"
        body = calls.event("call_started", agent.id, f"call_{number}", at, startedAt=at, callerNumber=phone)
        async with begin(actor.system(owner.organization_id), write=True) as uow:
            call, _ = await conversations.apply(uow, CallEvent.model_validate(body), str(number))
        if call.client_id == client.id:
            entries.append((call.started_at, call.id))
    for recipient in (client.phone, client.phone, "+48601000999"):
        message = await factories.message(owner.organization_id, to=recipient)
        if message.client_id == client.id:
            entries.append((message.occurred_at, message.id))
    return [row_id for _, row_id in sorted(entries, reverse=True)]


async def test_pages_show_every_entry_once_and_in_order(owner: Actor) -> None:
    assert owner.organization_id is not None
    client = await factories.client(owner.organization_id)
    every = await history(owner, client)
    assert len(every) == 9
    async with begin(owner) as uow:
        whole = await timeline.page(uow, client.id, PageQuery())
        assert [row.id for row in whole.rows] == every
        assert [entry.id for entry in await timeline.view(uow, *whole.rows)] == every
        by_number = [await timeline.page(uow, client.id, PageQuery(page=n, limit=3)) for n in (1, 2, 3)]
        assert [row.id for page in by_number for row in page.rows] == every
        page, seen = by_number[0], [row.id for row in by_number[0].rows]
        while page.next_cursor:
            page = await timeline.page(uow, client.id, PageQuery(cursor=page.next_cursor, limit=3))
            seen += [row.id for row in page.rows]
        assert (seen, page.total, page.page) == (every, 9, 3)
        back: list[UUID] = []
        while page.prev_cursor:
            page = await timeline.page(uow, client.id, PageQuery(cursor=page.prev_cursor, limit=3))
            back = [row.id for row in page.rows] + back
        assert back == every[:6]
        somebody = await uow.one_or_none(uow.select(Client).where(Client.phone == "+48601000999"))
        assert somebody is not None
        with pytest.raises(Invalid):
            await timeline.page(uow, somebody.id, PageQuery(cursor=by_number[0].next_cursor))


async def test_key_reads_by_its_scopes_and_other_organizations_read_nothing(owner: Actor) -> None:
    assert owner.organization_id is not None
    client = await factories.client(owner.organization_id)
    await history(owner, client)
    for more, total in (
        (set(), 0),
        ({Permission.APPOINTMENTS_READ}, 3),
        ({Permission.CONVERSATIONS_READ}, 4),
        ({Permission.MESSAGES_READ}, 2),
    ):
        scopes = frozenset({Permission.CLIENTS_READ, *more})
        key = Actor("api_key", organization_id=owner.organization_id, api_key_id=UUID(int=1), scopes=scopes)
        async with begin(key) as uow:
            page = await timeline.page(uow, client.id, PageQuery())
            assert (page.total, len(page.rows)) == (total, total)
    stranger = await factories.member((await factories.organization()).id)
    async with begin(stranger) as uow:
        with pytest.raises(NotFound):
            await timeline.page(uow, client.id, PageQuery())
