"""A tool that takes long: the caller is asked to hold, the work is done once, and the next use hears of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from starlette.types import ASGIApp

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.models import TenantTable
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.text.i18n import texts
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.staff.models import Staff
from sekretarka.http import deferred_tools
from tests.api.test_mcp import speaking, use
from tests.api.test_tools import ANNA, KNOWLEDGE, Line, appointments, line, local
from tests.clients import Caller

__all__ = ["line"]


@asynccontextmanager
async def somebody_else_writes(organization_id: UUID, table: type[TenantTable] = Staff) -> AsyncIterator[None]:
    """Keep all rows of a table for as long as this lasts."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with begin(actor.system(organization_id), write=True) as uow:
            await uow.list(uow.select(table).with_for_update())
            begun.set()
            await ended.wait()

    task = asyncio.create_task(write())
    await begun.wait()
    try:
        yield
    finally:
        ended.set()
        await task


@contextmanager
def held_commit(database: engine.Database, change: str) -> Iterator[tuple[asyncio.Event, asyncio.Event]]:
    """Have a transaction that made a change (`INSERT INTO appointments`) wait at its commit: the first event says that
    it does, the second lets it go on."""
    waiting, go_on, connections = asyncio.Event(), asyncio.Event(), database.engine.sync_engine

    def note(connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(change):
            connection.info["held"] = True

    def commit(connection: sa.Connection) -> None:
        if connection.info.pop("held", False):
            waiting.set()
            sa.util.await_only(go_on.wait())

    sa.event.listen(connections, "before_cursor_execute", note)
    sa.event.listen(connections, "commit", commit)
    try:
        yield waiting, go_on
    finally:
        sa.event.remove(connections, "before_cursor_execute", note)
        sa.event.remove(connections, "commit", commit)


async def finished() -> None:
    """Wait until what was begun is done."""
    await asyncio.gather(*deferred_tools.pending)


async def test_the_line_is_held_and_the_appointment_booked_once(
    app: ASGIApp, owner: Caller, line: Line, configure: Callable[..., None]
) -> None:
    configure(tool_timeout_seconds=0.1)
    arguments = {"serviceType": "Strzyżenie", "scheduledAt": local("10:00"), **ANNA}
    async with somebody_else_writes(owner.organization_id):
        held = [await line.use("book", **arguments) for _ in range(2)]
        async with speaking(line.caller, agent_id=line.agent.id, call_id="call_1") as client:
            held.append(await use(client, "book", **arguments))
    assert [answer["data"] for answer in held] == [{"code": "one_moment"}] * 3
    assert {answer["say"] for answer in held} == {texts("pl")["tools.one_moment"]}
    assert held[0]["now"]["timezone"] == "Europe/Warsaw"
    await finished()
    configure(tool_timeout_seconds=30)
    booked = await line.use("book", **arguments)
    assert booked["say"].startswith("Umówione: Strzyżenie w")
    [appointment] = await appointments(owner)
    assert booked["data"]["appointment"]["id"] == appointment["id"]
    first = await line.send("book", arguments, toolCallId="t1")
    assert first.json()["data"]["data"]["appointment"]["id"] == appointment["id"]


async def test_what_was_done_late_is_said_to_its_call_only(
    owner: Caller, line: Line, configure: Callable[..., None]
) -> None:
    configure(tool_timeout_seconds=0.1)
    arguments = {"serviceType": "Strzyżenie", "scheduledAt": local("10:00"), "staff": "Ewa", **ANNA}
    async with somebody_else_writes(owner.organization_id):
        assert (await line.use("book", **arguments))["data"]["code"] == "one_moment"
    await finished()
    configure(tool_timeout_seconds=30)
    other = Line(line.caller, line.agent, "call_2")
    assert (await other.use("book", **arguments))["data"]["code"] == "slot_taken"
    for _ in range(2):
        assert "appointment" in (await line.use("book", **arguments))["data"]
    assert len(await appointments(owner)) == 1


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "book": ("INSERT INTO appointments", {"serviceType": "Strzyżenie", "scheduledAt": local("12:00"), **ANNA}),
    "reschedule": ("UPDATE appointments", {**ANNA, "scheduledAt": local("12:00"), "visitAt": local("10:00")}),
    "cancel": ("UPDATE appointments", ANNA),
    "take_message": ("UPDATE conversations", {"message": "Proszę oddzwonić."}),
}


@pytest.mark.parametrize("tool", CHANGES)
async def test_what_is_committed_while_the_line_is_held_is_found(
    database: engine.Database, owner: Caller, line: Line, configure: Callable[..., None], tool: str
) -> None:
    change, arguments = CHANGES[tool]
    if tool != "book":
        await line.use("book", serviceType="Strzyżenie", scheduledAt=local("10:00"), **ANNA)
    configure(tool_timeout_seconds=0.1)
    with held_commit(database, change) as (waiting, go_on):
        held = asyncio.create_task(line.use(tool, **arguments))
        await waiting.wait()
        assert (await held)["data"] == {"code": "one_moment"}
        configure(tool_timeout_seconds=30)
        others = [asyncio.create_task(line.use(tool, **arguments)) for _ in range(2)]
        go_on.set()
        answers = await asyncio.gather(*others, line.use(tool, **arguments))
    await finished()
    assert all("code" not in answer["data"] for answer in answers)
    assert len({answer["say"] for answer in answers}) == 1
    [appointment] = await appointments(owner)
    assert appointment["version"] == (1 if tool in ("book", "take_message") else 2)
    call = await owner.data("GET", f"/api/v1/conversations/{appointment['conversationId']}")
    assert call["followUp"]["note"] == (arguments["message"] if tool == "take_message" else None)


async def test_the_answer_to_a_question_is_stored_for_the_next_use(
    owner: Caller, line: Line, configure: Callable[..., None]
) -> None:
    await line.use("answer", question="Parking?")
    configure(tool_timeout_seconds=0.1)
    async with somebody_else_writes(owner.organization_id, Conversation):
        assert (await line.use("answer", question="Gdzie parking?"))["data"]["code"] == "one_moment"
    await finished()
    await owner.data("PATCH", f"/api/v1/agents/{line.agent.id}", json={"knowledgeBase": {"facts": []}})
    configure(tool_timeout_seconds=30)
    assert (await line.use("answer", question="Gdzie parking?"))["say"] == KNOWLEDGE["facts"][0]
    assert (await line.use("answer", question="Gdzie parking?"))["data"] == {"code": "no_answer"}
