"""The stream of conversations: resumed without gaps, ended with the rights of who listens (api.md#live-events)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col
from starlette.types import ASGIApp

from sekretarka.api.v1 import stream
from sekretarka.core import actor
from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Permission
from sekretarka.domain.accounts.models import Session
from sekretarka.domain.conversations import service as conversations
from sekretarka.providers.call_events import CallEvent
from tests import calls, clients, factories
from tests.clients import Caller

PATH = "/api/v1/conversations/stream"


@dataclass
class Event:
    """One event as a browser would see it."""

    name: str
    id: str | None
    data: Any
    retry: str | None


class Listener:
    """Speaks ASGI itself: test clients wait for the end of a body, and this one has none."""

    def __init__(self, app: ASGIApp, caller: Caller, query: str = "", **headers: str) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.status, self.headers, self.ended = 0, dict[str, str](), asyncio.Event()
        sent = {**dict(caller.client.headers.items()), **headers}
        self._scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": "GET",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("10.0.0.1", 1),
        }
        self._app, self._asked, self._left, self._text = app, False, asyncio.Event(), ""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> "Listener":
        self._task = asyncio.create_task(self._run())
        return self

    async def _run(self) -> None:
        await self._app(self._scope, self._receive, self._send)
        self.ended.set()

    async def _receive(self) -> Any:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        self._text += message.get("body", b"").decode()
        *whole, self._text = self._text.split("\n\n")
        for block in whole:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if "event" in fields:
                event = Event(fields["event"], fields.get("id"), json.loads(fields["data"]), fields.get("retry"))
                await self.events.put(event)

    async def next(self, patience: float = 5) -> Event:
        async with asyncio.timeout(patience):
            return await self.events.get()

    async def leave(self) -> None:
        self._left.set()
        if self._task is not None:
            async with asyncio.timeout(5):
                await self._task


@asynccontextmanager
async def listening(app: ASGIApp, caller: Caller, query: str = "", **headers: str) -> AsyncIterator[Listener]:
    listener = await Listener(app, caller, query, **headers).start()
    try:
        yield listener
    finally:
        await listener.leave()


async def happen(owner: Caller, agent: Any, call_id: str, kind: str = "call_started", **data: Any) -> str:
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        body = CallEvent.model_validate(calls.event(kind, agent.id, call_id, **data))
        row, _ = await conversations.apply(uow, body, f"{call_id}-{kind}")
        return str(row.id)


async def test_it_begins_with_ready_and_tells_what_happens(app: ASGIApp, owner: Caller, stranger: Caller) -> None:
    agent, other = await factories.agent(owner.organization_id), await factories.agent(stranger.organization_id)
    async with listening(app, owner) as listener:
        ready = await listener.next()
        assert (ready.name, ready.id, ready.retry) == ("ready", "0", "3000")
        assert listener.headers["content-type"].startswith("text/event-stream")
        assert listener.headers["cache-control"] == "private, no-store"
        await happen(stranger, other, "theirs")
        call_id = await happen(owner, agent, "call_1", callerName='data: x\r\nid: 9\u2028 "')
        created = await listener.next(0.5)
        assert (created.name, created.id, created.data["id"]) == ("conversation.created", "1", call_id)
        assert created.data["organizationId"] == str(owner.organization_id)
        await happen(owner, agent, "call_1", "call_ended", endedAt="2026-11-20T10:01:00Z", durationSeconds=60)
        updated = await listener.next(0.5)
        assert (updated.name, updated.id, updated.data["status"]) == ("conversation.updated", "2", "completed")


async def test_messages_are_told_to_who_may_read_them(app: ASGIApp, owner: Caller) -> None:
    """Two keys at the same number: what is read for one is not told to the other."""
    may = await clients.program(app, owner.actor, Permission.CONVERSATIONS_READ, Permission.MESSAGES_READ)
    may_not = await clients.program(app, owner.actor, Permission.CONVERSATIONS_READ)
    agent = await factories.agent(owner.organization_id)
    async with listening(app, may) as told, listening(app, may_not) as untold:
        for listener in (told, untold):
            assert (await listener.next()).name == "ready"
        message_id = str((await factories.message(owner.organization_id)).id)
        created = await told.next()
        assert (created.name, created.data["id"]) == ("message.created", message_id)
        assert created.data["from"] == "Lawenda"
        await happen(owner, agent, "call_1")
        for listener in (told, untold):
            assert (await listener.next()).name == "conversation.created"


async def test_tasks_are_told_to_who_may_read_them(app: ASGIApp, owner: Caller) -> None:
    may_not = await clients.program(app, owner.actor, Permission.CONVERSATIONS_READ)
    agent = await factories.agent(owner.organization_id)
    async with listening(app, owner) as told, listening(app, may_not) as untold:
        for listener in (told, untold):
            assert (await listener.next()).name == "ready"
        task_id = str((await factories.task(owner.organization_id)).id)
        created = await told.next()
        assert (created.name, created.data["id"], created.data["note"]) == ("task.created", task_id, "Zamówić farbę")
        await happen(owner, agent, "call_1")
        for listener in (told, untold):
            assert (await listener.next()).name == "conversation.created"


async def test_interrupted_stream_is_resumed(app: ASGIApp, owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    for number in range(1, 6):
        await happen(owner, agent, f"call_{number}")
    for headers, query in (({"Last-Event-ID": "2"}, ""), ({}, "lastEventId=2")):
        async with listening(app, owner, query, **headers) as listener:
            assert (await listener.next()).id == "2"
            assert [(await listener.next()).id for _ in range(3)] == ["3", "4", "5"]


@pytest.mark.parametrize("last_event_id", ["99", "-1", "x", "1e3", "\u0663"])
async def test_a_number_that_makes_no_sense_starts_afresh(app: ASGIApp, owner: Caller, last_event_id: str) -> None:
    await happen(owner, await factories.agent(owner.organization_id), "call_1")
    async with listening(app, owner, **{"Last-Event-ID": last_event_id}) as listener:
        assert [(event.name, event.id) for event in (await listener.next(), await listener.next())] == [
            ("ready", "1"),
            ("reset", "1"),
        ]


async def test_what_is_not_stored_any_more_starts_afresh(app: ASGIApp, owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    for number in range(3):
        await happen(owner, agent, f"call_{number}")
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        first_two = sa.delete(LiveEvent).where(
            col(LiveEvent.organization_id) == owner.organization_id, col(LiveEvent.sequence) <= 2
        )
        await uow.execute(first_two)
    for last_event_id, names in (("1", ["ready", "reset"]), ("2", ["ready", "conversation.created"])):
        async with listening(app, owner, **{"Last-Event-ID": last_event_id}) as listener:
            assert [(await listener.next()).name for _ in names] == names


async def test_stream_ends_when_the_permission_is_lost(
    app: ASGIApp, owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.1)
    async with listening(app, owner) as listener:
        await listener.next()
        async with begin(actor.system(), write=True) as uow:
            await uow.execute(sa.delete(Session).where(col(Session.user_id) == owner.user_id))
        assert (await listener.next()).name == "bye"
        async with asyncio.timeout(2):
            await listener.ended.wait()


async def test_a_stream_ends_with_its_session_and_with_its_key(
    app: ASGIApp, owner: Caller, program: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.1)
    token = await clients.sign_in(owner.actor)
    phone = Caller(clients.client_of(app, clients.browser_headers(token)), owner.actor, token)
    for caller, ends in ((phone, "users/me/sessions"), (program, f"api-keys/{program.key_id}")):
        async with listening(app, owner) as stays, listening(app, caller) as goes:
            assert [(await listener.next()).name for listener in (stays, goes)] == ["ready", "ready"]
            await owner.data("DELETE", f"/api/v1/{ends}")
            assert (await goes.next()).name == "bye"
            async with asyncio.timeout(2):
                await goes.ended.wait()
            await happen(owner, await factories.agent(owner.organization_id), ends)
            assert (await stays.next()).name == "conversation.created"
            assert goes.events.empty()


async def test_removed_member_receives_no_live_events(
    app: ASGIApp, owner: Caller, staff: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "POLL_SECONDS", 0.1)
    async with listening(app, staff) as listener:
        assert (await listener.next()).name == "ready"
        await owner.data("DELETE", f"/api/v1/organizations/{owner.organization_id}/members/{staff.user_id}")
        assert (await listener.next()).name == "bye"
    assert (await staff.send("GET", "/api/v1/users/me")).status_code == 401, "the session ended with it"


async def test_no_more_than_six_at_once(app: ASGIApp, owner: Caller) -> None:
    six = [await Listener(app, owner).start() for _ in range(6)]
    for listener in six:
        await listener.next()
    refused = await owner.send("GET", PATH)
    assert refused.status_code == 429
    await six[0].leave()
    async with listening(app, owner) as again:
        assert (await again.next()).name == "ready"
    for listener in six[1:]:
        await listener.leave()
    assert not stream._open


async def test_rejections_come_before_the_stream(owner: Caller, nobody: Any) -> None:
    assert (await nobody.get(PATH)).status_code == 401
    assert (await owner.send("POST", PATH)).status_code == 405
    assert (await owner.send("GET", f"{PATH}?since=1")).status_code == 422
