"""What a line costs: as much in a long call as in a short one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Segment
from sekretarka.domain.conversations.schemas import ConversationFilter, TranscriptQuery
from sekretarka.domain.conversations.transcripts import MAX_LINES
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories


@pytest.fixture
async def agent(database: engine.Database) -> Agent:
    return await factories.agent((await factories.organization()).id)


async def say(agent: Agent, segments: list[dict[str, Any]], event_id: str = "m", call_id: str = "call_1") -> UUID:
    event = calls.event("transcript_updated", agent.id, call_id, segments=segments)
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        row, _ = await conversations.apply(uow, CallEvent.model_validate(event), event_id)
        return row.id


async def call(agent: Agent, conversation_id: UUID) -> tuple[Conversation, list[str]]:
    async with begin(actor.system(agent.organization_id)) as uow:
        page = await conversations.transcript(uow, conversation_id, TranscriptQuery())
        return await uow.get(Conversation, conversation_id), [line.text for line in page.rows]


async def matches(agent: Agent, search: str) -> int:
    async with begin(actor.system(agent.organization_id)) as uow:
        return await uow.count(await conversations.query(uow, ConversationFilter(search=search)))


@contextmanager
def sent(database: engine.Database) -> Iterator[list[tuple[str, int, int]]]:
    """The statements sent meanwhile: each one's text, how many rows of parameters it had and how long they were."""
    statements: list[tuple[str, int, int]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        statements.append((statement, len(parameters) if many else 1, len(str(parameters)) // 100))

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)


def lines_written(statements: list[tuple[str, int, int]]) -> int:
    return sum(rows for statement, rows, _ in statements if "INTO segments" in statement)


async def test_a_line_costs_the_same_however_long_the_call_is(agent: Agent, database: engine.Database) -> None:
    costs = []
    for call_id, length in (("short", 110), ("long", 1_510)):
        await say(agent, [calls.line(number, "Ile kosztuje keratyna?") for number in range(length)], "m0", call_id)
        with sent(database) as statements:
            await say(agent, [calls.line(2_000, "Trzysta."), calls.line(3, "Ile?", sentiment=0.1)], "m1", call_id)
        costs.append(statements)
    assert costs[0] == costs[1]
    reads = [statement for statement, _, _ in costs[1] if "FROM segments" in statement]
    assert len(reads) == 3  # versions of those lines, the last line, the parts they are in
    assert all("LIMIT" in statement or " IN (" in statement for statement in reads), reads
    assert lines_written(costs[1]) == 2


async def test_what_is_known_is_not_written_again(agent: Agent, database: engine.Database) -> None:
    lines = [calls.line(number, f"Zdanie {number}") for number in range(5)]
    await say(agent, lines)
    for repeated in (lines, lines[1:3], [calls.line(4, "Zda", final=False)]):
        with sent(database) as statements:
            conversation_id = await say(agent, repeated)
        assert lines_written(statements) == 0
    with sent(database) as statements:
        await say(agent, [calls.line(4, "Zdanie piąte")], "m2")
    assert lines_written(statements) == 1
    row, texts = await call(agent, conversation_id)
    assert (row.line_count, row.last_line, texts[-1]) == (5, "Zdanie piąte", "Zdanie piąte")


async def test_a_full_call_gets_corrections_only(agent: Agent) -> None:
    conversation_id = await say(agent, [calls.line(1, "Pierwsze"), calls.line(2, "Drugie")])
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        (await uow.get(Conversation, conversation_id, lock=True)).line_count = MAX_LINES - 2
    more = [calls.line(number, f"Zdanie {number}") for number in (9, 5, 7)]
    await say(agent, [*more, calls.line(2, "Poprawione")], "m1")
    for number in range(3):
        await say(agent, [calls.line(8, "Za dużo"), calls.line(9, "Za dużo")], f"n{number}")
    row, texts = await call(agent, conversation_id)
    assert texts == ["Pierwsze", "Poprawione", "Zdanie 5", "Zdanie 7"]
    assert (row.line_count, row.last_line) == (MAX_LINES, "Zdanie 7")


async def test_the_last_line_is_what_was_said_last(agent: Agent) -> None:
    conversation_id = await say(agent, [calls.line(9, "Do widzenia")])
    await say(agent, [calls.line(1, "Dzień dobry")], "m1")
    assert (await call(agent, conversation_id))[0].last_line == "Do widzenia"
    await say(agent, [calls.line(9, "Wrócę", speaker="agent") | {"timestamp": "2026-11-20T10:00:00Z"}], "m2")
    row, texts = await call(agent, conversation_id)
    assert (row.last_line, row.last_speaker, texts) == ("Dzień dobry", "caller", ["Wrócę", "Dzień dobry"])


async def test_search_reads_lines_as_they_are_now(agent: Agent) -> None:
    await say(agent, [calls.line(1, "Chcę farbę", final=False), calls.line(2, "Na piątek")])
    assert [await matches(agent, term) for term in ("FARBE", "piatek", "%", "środę")] == [1, 1, 0, 0]
    await say(agent, [calls.line(1, "Chcę fryzurę")], "m1")
    assert [await matches(agent, term) for term in ("farbe", "fryzure", "piątek")] == [0, 1, 1]


async def test_lines_of_one_moment_are_in_the_order_of_their_ids(agent: Agent) -> None:
    moment = {"timestamp": "2026-11-20T10:00:00Z"}
    for number in (3, 1, 2):
        conversation_id = await say(agent, [calls.line(number, str(number)) | moment], f"m{number}")
    async with begin(actor.system(agent.organization_id)) as uow:
        for order, expected in (("asc", ["1", "2", "3"]), ("desc", ["3", "2", "1"])):
            texts, cursor = [], None
            while True:
                query = TranscriptQuery.model_validate({"limit": 1, "order": order, "cursor": cursor})
                page = await conversations.transcript(uow, conversation_id, query)
                texts += [line.text for line in page.rows]
                assert page.total == await uow.count(uow.select(Segment)) == 3
                if (cursor := page.next_cursor) is None:
                    break
            assert texts == expected
