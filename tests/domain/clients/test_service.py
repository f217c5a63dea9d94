"""Clients: one per number, whoever asks first; found as people type; merged for good."""

import asyncio
from typing import Any

import pytest

from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Duplicate, Forbidden, Invalid, NotFound
from sekretarka.core.permissions import Role
from sekretarka.core.web.paging import MAX_CURSOR, PageQuery
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.clients.schemas import ClientCreate, ClientFilter, ClientPatch
from tests import factories


@pytest.fixture
async def owner(database: engine.Database) -> Actor:
    return await factories.member((await factories.organization()).id)


async def client_of(owner: Actor, phone: str, name: str | None = None, email: str | None = None) -> Client:
    async with begin(owner, write=True) as uow:
        return await clients.get_or_create_by_phone(uow, phone, name, email)


async def merge(owner: Actor, stored: Client, merged: Client) -> Client:
    async with begin(owner, write=True) as uow:
        return await clients.merge(uow, stored.id, merged.id)


async def test_concurrent_requests_create_one_client_per_number(owner: Actor) -> None:
    created_clients = await asyncio.gather(*(client_of(owner, "+48601000111", f"Anna {n}") for n in range(12)))
    assert len({client.id for client in created_clients}) == 1
    stranger = await factories.member((await factories.organization()).id)
    assert (await client_of(stranger, "+48601000111")).id != created_clients[0].id


async def test_missing_client_data_is_filled_in_and_known_data_stays(owner: Actor) -> None:
    await client_of(owner, "+48601000111")
    await client_of(owner, "+48601000111", "Anna Kowalska")
    client = await client_of(owner, "+48601000111", "Ktoś inny", "anna@example.com")
    assert (client.name, client.email, client.version) == ("Anna Kowalska", "anna@example.com", 3)


async def found(owner: Actor, term: str, **filters: Any) -> list[str | None]:
    async with begin(owner) as uow:
        page = await clients.page(uow, ClientFilter(search=term, **filters), PageQuery(limit=100))
    return [row.name for row in page.rows]


async def test_search_finds_words_in_any_order_and_numbers_in_any_spelling(owner: Actor) -> None:
    await client_of(owner, "+48601000111", "Łucja Żółć", "lucja@example.com")
    await client_of(owner, "+48601000222", "Sean O’Brien")
    lucja = ("łucja", "LUCJA", "zolc", "Żółć Łucja", "zo\u0301lc\u0301, lucja", "601 000-111", "+48601000111", "lucja@",
             "0048601000111", "601.000.111", "601\u00a0000\u00a0111", "tel. 601 000 111", "żółć 000 111")  # fmt: skip
    for term in lucja:
        assert await found(owner, term) == ["Łucja Żółć"], term
    for term in ("o'brien", "OBRIEN", "oʼbrien sean", "O`Brien 0048 601 000 222"):
        assert await found(owner, term) == ["Sean O’Brien"], term
    for term in ("%", "_", "\\", "łucja sean", "łucja 601000222", "+49601000111"):
        assert await found(owner, term) == [], term


async def test_names_are_in_polish_order(owner: Actor) -> None:
    names = ["Abc", "Ąbc", "ewa", "Łucja", "Marta", "Zenon", "źdźbło", "Żaneta"]
    for number, name in enumerate(sorted(names)):
        await client_of(owner, f"+4860100011{number}", name)
    nameless = await client_of(owner, "+48601000222")
    assert await found(owner, "", sort="name") == [nameless.name, *names]
    assert await found(owner, "", sort="-name") == [*reversed(names), nameless.name]
    assert await found(owner, "") == [nameless.name, *sorted(names, reverse=True)], "the newest first"
    async with begin(owner) as uow:
        similar = await clients.search(uow, nameless.id, "+4860100011", 8)
    assert [row.name for row in similar] == names


async def test_a_renamed_client_changes_place(owner: Actor) -> None:
    first, _ = await client_of(owner, "+48601000111", "Anna"), await client_of(owner, "+48601000222", "Łucja")
    async with begin(owner, write=True) as uow:
        await clients.update(uow, first.id, ClientPatch(name="Żaneta"))
    assert await found(owner, "", sort="name") == ["Łucja", "Żaneta"]
    assert await found(owner, "anna") == []


async def walk(owner: Actor, limit: int) -> list[Client]:
    """Every client by name, page after page."""
    seen: list[Client] = []
    cursor: str | None = None
    while True:
        async with begin(owner) as uow:
            query = PageQuery(limit=limit, cursor=cursor)
            page = await clients.page(uow, ClientFilter(sort="name"), query)
        seen += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return seen
        assert len(cursor) <= MAX_CURSOR


@pytest.mark.parametrize("name", ["\ufdfa" * 120, "𝒜" * 120, "ż\u0323" * 60, "💈" * 120, "Ω" * 120])
async def test_cursors_are_taken_whatever_names_are_like(owner: Actor, name: str) -> None:
    made = [await client_of(owner, f"+4860100011{number}", name) for number in range(5)]
    assert {row.id for row in await walk(owner, 2)} == {row.id for row in made}


async def test_clients_without_a_number_do_not_hide_those_who_have_one(owner: Actor) -> None:
    reachable = await client_of(owner, "+48601000111", "Anna Kowalska")
    for n in range(3):
        newer = await client_of(owner, f"+4860100022{n}", f"Anna Nowak {n}")
        async with begin(owner, write=True) as uow:
            await clients.update(uow, newer.id, ClientPatch(phone=None))
    async with begin(owner) as uow:
        assert [row.id for row in await clients.suggest(uow, "anna", limit=2)] == [reachable.id]


async def test_merge_keeps_all_data_and_numbers(owner: Actor) -> None:
    first, second, third = [await client_of(owner, f"+4860100011{n}") for n in range(3)]
    async with begin(owner, write=True) as uow:
        await clients.update(uow, first.id, ClientPatch(notes="Pierwsza.", blocked=True))
        await clients.update(uow, second.id, ClientPatch(name="Anna", notes="Druga."))
    await merge(owner, second, first)
    stored = await merge(owner, third, second)
    assert (stored.name, stored.notes) == ("Anna", "Druga.\nPierwsza.")
    assert stored.blocked_at is not None
    for number in range(3):
        assert (await client_of(owner, f"+4860100011{number}")).id == third.id, "through both merges"
    with pytest.raises(NotFound):
        await merge(owner, first, third)
    with pytest.raises(Invalid):
        await merge(owner, third, first)
    with pytest.raises(Invalid):
        await merge(owner, third, third)


async def test_number_of_a_merged_client_finds_it_and_can_be_taken_back(owner: Actor) -> None:
    new, old = await client_of(owner, "+48601000111", "Anna"), await client_of(owner, "+48601000222", "Anka")
    await merge(owner, new, old)
    for term in ("601 000 222", "anka"):
        async with begin(owner) as uow:
            page = await clients.page(uow, ClientFilter(search=term), PageQuery())
        assert [row.id for row in page.rows] == [new.id]
    async with begin(owner, write=True) as uow:
        await clients.update(uow, new.id, ClientPatch(phone="+48601000222"))
    for number in ("+48601000111", "+48601000222"):
        assert (await client_of(owner, number)).id == new.id
    async with begin(owner, write=True) as uow:
        assert (await clients.get(uow, new.id)).phone == "+48601000222"
        await clients.update(uow, new.id, ClientPatch(phone=None))
    other = await client_of(owner, "+48601000333")
    async with begin(owner, write=True) as uow:
        with pytest.raises(Duplicate) as taken:
            await clients.update(uow, other.id, ClientPatch(phone="+48601000111"))
        assert taken.value.details == {"existing": str(new.id)}


async def test_client_without_number_gets_the_merged_clients_number(owner: Actor) -> None:
    stored, merged = await client_of(owner, "+48601000111"), await client_of(owner, "+48601000222")
    async with begin(owner, write=True) as uow:
        await clients.update(uow, stored.id, ClientPatch(phone=None, notes="a" * 6_000))
        await clients.update(uow, merged.id, ClientPatch(notes="b" * 6_000))
    with pytest.raises(Invalid):
        await merge(owner, stored, merged)
    async with begin(owner, write=True) as uow:
        await clients.update(uow, merged.id, ClientPatch(notes=None))
    assert (await merge(owner, stored, merged)).phone == "+48601000222"


async def test_phone_number_belongs_to_one_client(owner: Actor) -> None:
    anna, hania = await client_of(owner, "+48601000111"), await client_of(owner, "+48601000222")
    with pytest.raises(Duplicate):
        async with begin(owner, write=True) as uow:
            await clients.update(uow, hania.id, ClientPatch(phone=anna.phone))


async def test_client_is_created_by_hand_once(owner: Actor) -> None:
    hania = ClientCreate(phone="601 000 222", name="Hania", notes="Z polecenia.")
    async with begin(owner, write=True) as uow:
        row = await clients.create(uow, hania)
    assert (row.phone, row.name, row.notes, row.version) == ("+48601000222", "Hania", "Z polecenia.", 1)
    assert (await client_of(owner, "+48601000222", "Ktoś inny")).name == "Hania"
    with pytest.raises(Duplicate) as duplicate:
        async with begin(owner, write=True) as uow:
            await clients.create(uow, hania)
    assert duplicate.value.details == {"existing": str(row.id)}


async def test_staff_may_change_notes_only(owner: Actor) -> None:
    anna, hania = await client_of(owner, "+48601000111"), await client_of(owner, "+48601000222")
    assert owner.organization_id is not None
    kasia = await factories.member(owner.organization_id, Role.STAFF)
    async with begin(kasia, write=True) as uow:
        assert (await clients.update(uow, anna.id, ClientPatch(notes="Lubi kawę."))).notes == "Lubi kawę."
        with pytest.raises(Forbidden):
            await clients.update(uow, anna.id, ClientPatch(notes="x", blocked=True))
        with pytest.raises(Forbidden):
            await clients.merge(uow, anna.id, hania.id)
        with pytest.raises(Forbidden):
            await clients.create(uow, ClientCreate(phone="+48601000333"))
