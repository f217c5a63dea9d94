"""Kept answers: never older than what was committed before the question, never somebody else's."""

import asyncio
from collections.abc import Callable

import httpx2
import pytest
from sqlalchemy import event
from starlette.types import ASGIApp

from sekretarka import asgi
from sekretarka.core.database import engine
from sekretarka.core.permissions import Permission
from tests import clients, factories
from tests.calls import story
from tests.clients import Caller


async def call_of(owner: Caller, program: Caller) -> str:
    """The path of one call."""
    agent = await factories.agent(owner.organization_id)
    data = story(agent.id)[0]["data"]
    conversation = await program.data(
        "POST", "/api/v1/conversations", json={"agentId": data["agentId"], "callId": "call_1"}
    )
    return f"/api/v1/conversations/{conversation['id']}"


async def test_cached_response_is_never_older_than_a_commit(
    owner: Caller, program: Caller, configure: Callable[..., None]
) -> None:
    """A writer and two readers on three servers over one database: whoever asks after a change was answered sees it."""
    configure(rate_limit_session="10000/1seconds")
    path = await call_of(owner, program)
    writer, *readers = [clients.client_of(asgi.create_app(), dict(owner.client.headers)) for _ in range(3)]
    committed, writing = 0, True

    async def write() -> None:
        nonlocal committed, writing
        for number in range(1, 31):
            assert (await writer.patch(path, json={"notes": str(number)})).status_code == 200
            committed = number
            await asyncio.sleep(0.005)
        writing = False

    async def read(reader: httpx2.AsyncClient) -> int:
        reads = 0
        while writing:
            await asyncio.sleep(0)  # a cached answer waits for nothing, so that nobody else would have a turn
            floor, reads = committed, reads + 1
            listed = (await reader.get("/api/v1/conversations")).json()["data"][0]
            seen = int(listed["notes"] or 0)
            assert seen >= floor
            assert int((await reader.get(path)).json()["data"]["notes"] or 0) >= seen
        assert reads > 10
        return int((await reader.get(path)).json()["data"]["notes"])

    async with asyncio.TaskGroup() as tasks:
        reading = [tasks.create_task(read(reader)) for reader in readers]
        tasks.create_task(write())
    assert [task.result() for task in reading] == [30, 30]


async def test_an_answer_is_made_once_until_something_changes(
    owner: Caller, program: Caller, database: engine.Database
) -> None:
    path = await call_of(owner, program)
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2])
    )
    first = await owner.send("GET", path)
    assert statements
    statements.clear()
    again = await asyncio.gather(*(owner.send("GET", path) for _ in range(20)))
    assert {answer.content for answer in again} == {first.content}
    assert [statement for statement in statements if "conversations" in statement] == []  # a key's use may be noted
    await owner.data("PATCH", path, json={"notes": "inaczej"})
    assert (await owner.data("GET", path))["notes"] == "inaczej"


@pytest.mark.parametrize("query", ["", "?limit=1", "?search=x"])
async def test_permissions_and_organizations_never_share_a_response(
    app: ASGIApp, owner: Caller, program: Caller, stranger: Caller, query: str
) -> None:
    await call_of(owner, program)
    path = f"/api/v1/conversations{query}"
    await owner.data("GET", path)
    blind = await clients.program(app, owner.actor, Permission.AGENTS_READ)
    assert (await blind.send("GET", path)).status_code == 403
    assert await stranger.data("GET", path) == []
