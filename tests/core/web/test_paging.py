"""Pages: whatever is inserted and deleted meanwhile, who walks by cursor meets each row that stays exactly once."""

import asyncio
import base64
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Invalid
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.collation import KEY_LENGTH
from sekretarka.core.web import paging
from sekretarka.core.web.paging import MAX_CURSOR, Page, PageQuery, SortKey, paginate
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.organizations.models import Organization
from tests import factories

NAME, MADE = SortKey(col(Agent.name), descending=False), SortKey(col(Agent.created_at))
BEGIN = clock.now()


async def page(organization: Any, order: SortKey = MADE, filters: Any = None, **query: Any) -> Page[Agent]:
    async with begin(actor.system(organization.id)) as uow:
        return await paginate(uow, uow.select(Agent), order, PageQuery.model_validate(query), filters or {})


async def add(organization: Any, *names: str) -> list[Agent]:
    """Rows many of which are from the same moment: the id must break ties."""
    rows = []
    async with begin(actor.system(organization.id), write=True) as uow:
        for name in names:
            moment = BEGIN + timedelta(seconds=random.randrange(3))
            rows.append(uow.add(Agent(id=new_id(), organization_id=organization.id, name=name, created_at=moment)))
    return rows


@pytest.mark.parametrize("order", [NAME, MADE], ids=["name", "created"])
async def test_pages_by_number_are_the_list_cut_in_pieces(database: engine.Database, order: SortKey) -> None:
    organization = await factories.organization()
    await add(organization, *(f"a{number % 4}" for number in range(11)))
    whole = (await page(organization, order, limit=100)).rows
    pieces = [await page(organization, order, page=number, limit=4) for number in (1, 2, 3, 4)]
    assert [row.id for piece in pieces for row in piece.rows] == [row.id for row in whole]
    assert {piece.total for piece in pieces} == {11}
    assert [len(piece.rows) for piece in pieces] == [4, 4, 3, 0]
    assert [bool(piece.next_cursor) for piece in pieces] == [True, True, False, False]


@pytest.mark.parametrize("order", [NAME, MADE], ids=["name", "created"])
async def test_cursors_lead_there_and_back(database: engine.Database, order: SortKey) -> None:
    organization = await factories.organization()
    await add(organization, *(f"a{number % 3}" for number in range(10)))
    first = await page(organization, order, limit=4)
    second = await page(organization, order, limit=4, cursor=first.next_cursor)
    third = await page(organization, order, limit=4, cursor=second.next_cursor)
    assert (third.next_cursor, third.page, len(third.rows)) == (None, 3, 2)
    back = await page(organization, order, limit=4, cursor=third.prev_cursor)
    assert ([row.id for row in back.rows], back.page) == ([row.id for row in second.rows], 2)
    start = await page(organization, order, limit=4, cursor=back.prev_cursor)
    assert ([row.id for row in start.rows], start.page, start.prev_cursor) == ([row.id for row in first.rows], 1, None)


def walk(url: str, examples: int) -> None:
    @given(
        order=st.sampled_from([NAME, MADE]),
        limit=st.integers(1, 5),
        steps=st.lists(st.tuples(st.sampled_from(["add", "delete"]), st.integers(0, 2**16)), max_size=12),
    )
    @hypothesis_settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    def tried(order: SortKey, limit: int, steps: list[tuple[str, int]]) -> None:
        asyncio.run(go(order, limit, steps))

    async def go(order: SortKey, limit: int, steps: list[tuple[str, int]]) -> None:
        engine.connect(url)
        try:
            await _walk(order, limit, steps)
        finally:
            await engine.disconnect()

    tried()


async def _walk(order: SortKey, limit: int, steps: list[tuple[str, int]]) -> None:
    organization = await factories.organization()
    present = {row.id: row for row in await add(organization, *(f"a{number % 4}" for number in range(9)))}
    stayed, seen, cursor, pending = set(present), [], None, list(steps)
    writing: asyncio.Task[None] | None = None
    while True:
        result = await page(organization, order, limit=limit, **({"cursor": cursor} if cursor else {}))
        seen += [row.id for row in result.rows]
        cursor = result.next_cursor
        if writing is not None:
            await writing
        if cursor is None:
            break
        if pending:
            writing = asyncio.create_task(_write(organization, stayed, *pending.pop()))
            if len(pending) % 2:  # else it goes on while the next page is read
                await writing
    assert len(seen) == len(set(seen)), "nothing twice"
    assert stayed <= set(seen), "nothing that stayed is missed"


async def _write(organization: Organization, stayed: set[UUID], what: str, number: int) -> None:
    if what == "add":
        await add(organization, f"a{number % 4}")
    elif stayed:
        agent_id = sorted(stayed)[number % len(stayed)]
        stayed.discard(agent_id)
        async with begin(actor.system(organization.id), write=True) as uow:
            await uow.delete(await uow.get(Agent, agent_id))


@pytest.mark.parametrize("examples", [25, pytest.param(5_000, marks=pytest.mark.soak)])
async def test_walking_while_others_write(database_url: str, examples: int) -> None:
    await asyncio.to_thread(walk, database_url, examples)


async def test_a_cursor_is_only_good_for_its_list(database: engine.Database) -> None:
    organization, other = await factories.organization(), await factories.organization()
    await add(organization, *"abc")
    await add(other, *"abc")
    cursor = (await page(organization, limit=1, filters={"status": "active"})).next_cursor
    assert cursor is not None
    assert len((await page(organization, limit=1, filters={"status": "active"}, cursor=cursor)).rows) == 1
    for where, order, filters in (
        (organization, MADE, {"status": "error"}),
        (organization, MADE, {}),
        (organization, NAME, {"status": "active"}),
        (other, MADE, {"status": "active"}),
    ):
        with pytest.raises(Invalid):
            await page(where, order, filters, limit=1, cursor=cursor)


async def test_a_forged_cursor_is_refused(database: engine.Database) -> None:
    organization = await factories.organization()
    await add(organization, *"abc")
    cursor = (await page(organization, limit=1)).next_cursor
    assert cursor is not None
    raw = base64.urlsafe_b64decode(cursor + "==")
    forged = [bytes([*raw[:i], raw[i] ^ 1, *raw[i + 1 :]]) for i in range(0, len(raw), 7)]
    signed = base64.urlsafe_b64encode(b'{"k":"a","id":"%s","page":2,"back":false,"f":"x"}' % str(new_id()).encode())
    texts = [base64.urlsafe_b64encode(value).rstrip(b"=").decode() for value in [*forged, b"x" * 15, raw[:-1]]]
    for text in [*texts, signed.decode(), "*", "a", "ł", "=" * 4, "A" * MAX_CURSOR]:
        with pytest.raises(Invalid):
            await page(organization, limit=1, cursor=text)


async def test_a_cursor_tells_nothing_of_the_row(database: engine.Database) -> None:
    organization = await factories.organization()
    made = await add(organization, "Łucja Żółć", "Łucja Żółć +48601000444")
    cursor = (await page(organization, NAME, limit=1)).next_cursor
    assert cursor is not None
    raw = base64.urlsafe_b64decode(cursor + "==")
    secrets = ["Łucja", "lucja", "601000444", *(text for row in made for text in (str(row.id), row.id.hex))]
    assert not [text for text in secrets if text.encode() in raw or text in cursor]
    assert (await page(organization, NAME, limit=1)).next_cursor == cursor, "or no answer would ever be 304"


async def test_cursors_outlive_a_changed_secret_key(database: engine.Database, configure: Callable[..., None]) -> None:
    organization = await factories.organization()
    await add(organization, *"abc")
    cursor = (await page(organization, limit=1)).next_cursor
    before = settings.secret_key.get_secret_value()
    configure(secret_key="vY7rQ2mZ9pL4xT8cWn3kJd6bHs5gFa1e", previous_secret_key=before)
    assert len((await page(organization, limit=2, cursor=cursor)).rows) == 2
    configure(previous_secret_key=None)
    with pytest.raises(Invalid):
        await page(organization, limit=2, cursor=cursor)


@pytest.mark.parametrize("character", ["\U0001f488", "ż", '"', "\t"])
def test_a_cursor_of_the_longest_value_is_short_enough(character: str) -> None:
    longest = paging._encrypt(paging._Cursor(character * KEY_LENGTH, "", new_id(), 10_000, True), "f" * 16)
    assert PageQuery(cursor=longest).cursor == longest
