"""A tool that takes long: the caller is asked to hold, the work is done once, and the next use hears of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from starlette.types import ASGIApp

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.text.i18n import texts
from sekretarka.domain.staff.models import Staff
from sekretarka.http import deferred_tools
from tests.api.test_mcp import speaking, use
from tests.api.test_tools import ANNA, Line, appointments, line, local
from tests.clients import Caller

__all__ = ["line"]


@asynccontextmanager
async def somebody_else_writes(organization_id: UUID) -> AsyncIterator[None]:
    """Keep everybody's rows for as long as this lasts."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with begin(actor.system(organization_id), write=True) as uow:
            await uow.list(uow.select(Staff).with_for_update())
            begun.set()
            await ended.wait()

    task = asyncio.create_task(write())
    await begun.wait()
    try:
        yield
    finally:
        ended.set()
        await task


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


async def test_deferred_answer_is_given_once_and_to_its_call_only(
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
    assert "appointment" in (await line.use("book", **arguments))["data"]
    assert (await line.use("book", **arguments))["data"]["code"] == "slot_taken"
    assert len(await appointments(owner)) == 1
