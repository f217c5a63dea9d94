"""The neutral webhook: genuine deliveries are stored once, everything else is only counted."""

import asyncio
import base64
import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import select
from starlette.types import ASGIApp

from sekretarka.core import actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.web import standard_webhooks
from sekretarka.domain.agents import connections, rejected_deliveries
from sekretarka.domain.agents import service as agents
from sekretarka.domain.agents.models import Agent, AgentConnection
from sekretarka.domain.agents.rejected_deliveries import RejectedDeliveries, rejected
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.inbox import test_deliveries
from sekretarka.domain.inbox.models import InboxState, WebhookEvent
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Organization
from sekretarka.http import bodies
from sekretarka.jobs import worker
from tests import calls, factories
from tests.clients import Caller

PLATFORM = "whsec_" + base64.b64encode(b"p" * 32).decode()
Configure = Callable[..., None]


class Line:
    """One agent's connection to the webhook."""

    def __init__(self, client: httpx2.AsyncClient, agent: Agent, connection: AgentConnection) -> None:
        self.client, self.agent, self.connection = client, agent, connection
        self.path = f"/api/webhooks/ai-service/{connection.id}"
        self.secret = crypto.decrypt(connection.secret)

    async def send(
        self,
        body: bytes,
        message_id: str = "msg_1",
        *,
        secret: str | None = None,
        age: int = 0,
        path: str | None = None,
        headers: dict[str, Any] | None = None,
        sent: bytes | None = None,
    ) -> httpx2.Response:
        """Sign `body` and post it, or post `sent` in its place."""
        moment = int(time.time()) - age
        signed: dict[str, Any] = {
            "webhook-id": message_id,
            "webhook-timestamp": str(moment),
            "webhook-signature": standard_webhooks.sign(secret or self.secret, message_id, moment, body),
            "content-type": "application/json",
        }
        return await self.client.post(
            path or self.path, content=body if sent is None else sent, headers={**signed, **(headers or {})}
        )


@pytest.fixture
async def line(app: ASGIApp, owner: Caller, nobody: httpx2.AsyncClient) -> Line:
    agent = await factories.agent(owner.organization_id)
    return Line(nobody, agent, await factories.connection(agent))


async def deliveries() -> list[WebhookEvent]:
    async with begin(actor.system()) as uow:
        return list(await uow.list(select(WebhookEvent)))


async def conversations_of(agent: Agent) -> list[Conversation]:
    async with begin(actor.system(agent.organization_id)) as uow:
        return list(await uow.list(uow.select(Conversation)))


def started(line: Line, **overrides: str) -> bytes:
    event = calls.story(line.agent.id)[0]
    return calls.body({**event, "data": {**event["data"], **overrides}})


async def test_a_signed_event_becomes_a_call(line: Line) -> None:
    answer = await line.send(started(line))
    assert (answer.status_code, answer.json()["data"]) == (200, {"received": True, "duplicate": False})
    await worker.drain()
    [row] = await conversations_of(line.agent)
    assert row.call_id == "call_1"


async def test_number_without_country_code_uses_the_organizations_country(line: Line) -> None:
    async with begin(actor.system(line.agent.organization_id), write=True) as uow:
        (await days.current_organization(uow)).country = "DE"
    assert (await line.send(started(line, callerNumber="030 901820"))).status_code == 200
    await worker.drain()
    [row] = await conversations_of(line.agent)
    assert row.caller_number == "+4930901820"


async def test_repetitions_side_by_side_are_stored_once(line: Line, configure: Configure) -> None:
    configure(rate_limit_webhook="100000/1seconds")
    body = started(line)
    answers: list[httpx2.Response] = []
    while len(answers) < 200:  # a 503 of a busy machine is sent again, as a service would
        messages = await asyncio.gather(*(line.send(body) for _ in range(200 - len(answers))))
        assert {answer.status_code for answer in messages} <= {200, 503}
        answers += [answer for answer in messages if answer.status_code == 200]
    assert sum(not answer.json()["data"]["duplicate"] for answer in answers) == 1
    assert len(await deliveries()) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": PLATFORM},
        {"age": 320},
        {"age": -330},
        {"sent": b"{}"},
        {"headers": {"webhook-signature": ""}},
        {"headers": {"webhook-signature": b"v1,\xf3"}},
        {"headers": {"webhook-signature": "v1"}},
        {"headers": {"webhook-id": "msg.1"}},
        {"headers": {"webhook-timestamp": "1700000000.9"}},
        {"headers": {"webhook-timestamp": "9" * 40}},
    ],
)
async def test_forged_stale_or_malformed_deliveries_are_only_counted(line: Line, forged: dict[str, Any]) -> None:
    answer = await line.send(started(line), **forged)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_SIGNATURE")
    assert await deliveries() == []
    assert (await flushed_connection(line)).refused_count == 1
    async with begin(actor.system(line.agent.organization_id)) as uow:
        assert not (await connections.health(uow, await connections.get_by_agent(uow, line.agent.id))).healthy


async def test_marked_tests_prove_nothing_and_nobody_else_can_mark(line: Line) -> None:
    marked = {test_deliveries.HEADER: test_deliveries.mark("msg_1")}
    assert (await line.send(started(line), age=1_000, headers=marked)).status_code == 400
    assert (await flushed_connection(line)).refused_count == 0
    assert (await line.send(started(line), headers=marked)).status_code == 200
    await worker.drain()
    assert await health(line) == (True, None)
    assert [row.is_test for row in await conversations_of(line.agent)] == [True]

    # The mark of another delivery, and one made up, make an ordinary one.
    assert (await line.send(started(line, callId="call_2"), "msg_2", headers=marked)).status_code == 200
    made_up = {test_deliveries.HEADER: "0" * 64}
    assert (await line.send(started(line, callId="call_3"), "msg_3", headers=made_up)).status_code == 200
    assert {row.event_id: row.is_test for row in await deliveries()} == {"msg_1": True, "msg_2": False, "msg_3": False}
    assert (await health(line))[1] is not None


async def health(line: Line) -> tuple[bool, datetime | None]:
    """Whether the agent's connection is healthy, and when its newest delivery came."""
    async with begin(actor.system(line.agent.organization_id)) as uow:
        found = (await connections.health_of(uow, [line.agent.id]))[line.agent.id]
        assert found == await connections.health(uow, await connections.get_by_agent(uow, line.agent.id))
    return found.healthy, found.last_event_at


async def flushed_connection(line: Line) -> AgentConnection:
    """The connection once nothing is in memory only."""
    await rejected.flush()
    return await factories.connection(line.agent)


async def test_repeated_forgeries_cause_few_writes(line: Line) -> None:
    answers = [(await line.send(started(line), age=1_000)).status_code for _ in range(20)]
    assert answers == [400] * 10 + [429] * 10
    connection = await flushed_connection(line)
    assert connection.refused_count == 20
    assert connection.version <= 3, "written once at first, and once for all that followed"
    assert (await line.send(started(line))).status_code == 200, "the genuine one shares the forger's address"


async def test_later_counts_are_flushed_in_the_background(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejected_deliveries, "FLUSH_SECONDS", 0.2)

    for count in (1, 2, 3):
        assert (await line.send(started(line), age=1_000)).status_code == 400
        async with asyncio.timeout(15):
            while (await factories.connection(line.agent)).refused_count < count:  # noqa: ASYNC110 - the database does not ring
                await asyncio.sleep(0.02)


async def test_counts_of_several_processes_add_up(line: Line) -> None:
    processes = [RejectedDeliveries() for _ in range(5)]
    for process in processes:
        process.count(line.connection.id, "INVALID_SIGNATURE")
    await asyncio.gather(*(process.flush() for process in processes))
    assert (await flushed_connection(line)).refused_count == 5


async def test_rejections_without_endpoint_are_logged(
    line: Line, configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    path = "/api/webhooks/ai-service"
    configure(ai_service_secret=PLATFORM)
    assert (await line.send(started(line), age=1_000, path=path)).status_code == 400
    assert (await line.send(b"x" * (bodies.LIMITS["/api/webhooks/"] + 1), path=path)).status_code == 413
    assert (await flushed_connection(line)).refused_count == 0
    messages = " ".join(record.getMessage() for record in caplog.records if record.name == rejected_deliveries.__name__)
    assert "INVALID_SIGNATURE 1" in messages
    assert "PAYLOAD_TOO_LARGE 1" in messages


async def test_unknown_endpoint_ids_do_not_grow_memory(line: Line) -> None:
    counter = RejectedDeliveries()
    for _ in range(rejected_deliveries.MAX_ENDPOINTS + 10):
        counter.count(new_id(), "PAYLOAD_TOO_LARGE")
    counter.count(line.connection.id, "PAYLOAD_TOO_LARGE")
    assert len(counter._of_endpoints) <= rejected_deliveries.MAX_ENDPOINTS + 1
    await counter.flush()


async def test_oversized_body_is_rejected_before_it_is_read(line: Line) -> None:
    body = b'{"type": "call_started", "pad": "' + b"x" * bodies.LIMITS["/api/webhooks/"] + b'"}'
    answer = await line.send(body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")

    async def stream() -> Any:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    answer = await line.client.post(line.path, content=stream(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert await deliveries() == []
    assert (await flushed_connection(line)).refused_count == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"\xff\xfe", "not JSON"), (b"[" * 90_000, "not JSON"), (b"[]", "no type"), (b'{"type": 7}', "no type")],
)
async def test_genuine_nonsense_is_stored_with_its_reason(line: Line, body: bytes, reason: str) -> None:
    assert (await line.send(body)).status_code == 200
    [event] = await deliveries()
    assert (event.state, event.reason, event.payload) == (InboxState.UNREADABLE, reason, body)


async def test_previous_secret_verifies_for_a_day(line: Line, owner: Caller) -> None:
    async with begin(owner.actor, write=True) as uow:
        fresh = await connections.rotate_secret(uow, line.agent.id)
    assert (await line.send(started(line), "old")).status_code == 200
    assert (await line.send(started(line), "new", secret=fresh)).status_code == 200
    async with begin(owner.actor, write=True) as uow:
        row = await connections.get_by_agent(uow, line.agent.id)
        row.previous_until = clock.now()
    assert (await line.send(started(line), "older")).status_code == 400


async def test_endpoint_rejects_the_secret_of_another(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    other = await factories.connection(await factories.agent(line.agent.organization_id))
    assert (await line.send(started(line), path=f"/api/webhooks/ai-service/{other.id}")).status_code == 400
    caplog.clear()
    for unknown in (new_id(), "nonsense"):
        answer = await line.send(started(line), path=f"/api/webhooks/ai-service/{unknown}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
    await rejected.flush()
    messages = " ".join(record.getMessage() for record in caplog.records if record.name == rejected_deliveries.__name__)
    assert sum(map(int, re.findall(r"NOT_FOUND (\d+)", messages))) == 2
    assert sum(map(int, re.findall(r"(\d+) of them of no endpoint", messages))) == 2


async def test_deleted_organization_or_agent_receives_nothing(line: Line, owner: Caller) -> None:
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Organization).values(deleted_at=clock.now()))
    assert (await line.send(started(line))).status_code == 404
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Organization).values(deleted_at=None))
    async with begin(owner.actor, write=True) as uow:
        await agents.delete(uow, line.agent.id)
    assert (await line.send(started(line))).status_code == 404
    assert await deliveries() == []


async def test_event_for_another_organizations_agent_changes_nothing(line: Line) -> None:
    foreign = await factories.agent((await factories.organization()).id)
    assert (await line.send(calls.body(calls.story(foreign.id)[0]))).status_code == 200
    await worker.drain()
    assert await conversations_of(foreign) == []
    [event] = await deliveries()
    assert event.state is InboxState.UNREADABLE


async def test_platform_secret_signs_for_every_agent(line: Line, configure: Configure) -> None:
    path = "/api/webhooks/ai-service"
    assert (await line.send(started(line), path=path)).status_code == 400
    configure(ai_service_secret=PLATFORM)
    assert (await line.send(started(line), secret=PLATFORM, path=path)).status_code == 200
    await worker.drain()
    assert len(await conversations_of(line.agent)) == 1
    assert [event.endpoint_id for event in await deliveries()] == [line.connection.id]
    nobodys = calls.body(calls.story(new_id())[0])
    assert (await line.send(nobodys, "msg_2", secret=PLATFORM, path=path)).status_code == 200
    assert {event.state for event in await deliveries()} == {InboxState.DONE, InboxState.UNREADABLE}


async def test_program_posts_with_api_key(line: Line, program: Caller) -> None:
    path = "/api/webhooks/ai-service"
    body = calls.story(line.agent.id)[0]
    for duplicate in (False, True):
        answer = await program.client.post(path, json=body)
        assert (answer.status_code, answer.json()["data"]["duplicate"]) == (200, duplicate)
    await worker.drain()
    assert len(await conversations_of(line.agent)) == 1


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": None}, ["body", "type"]),
        ({"data": {}}, ["body", "data", "agentId"]),
        ({"data": {}}, ["body", "data", "callId"]),
    ],
)
async def test_program_gets_field_errors(line: Line, program: Caller, change: dict[str, Any], path: list[str]) -> None:
    body = {**calls.story(line.agent.id)[0], **change}
    answer = await program.client.post("/api/webhooks/ai-service", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "VALIDATION_ERROR")
    assert path in [detail["path"] for detail in error["details"]]
    assert await deliveries() == []


async def test_odd_fields_cost_a_program_nothing(line: Line, program: Caller) -> None:
    body = {**calls.story(line.agent.id)[3], "timestamp": "yesterday"}
    body["data"] |= {"durationSeconds": 63.7, "callId": 17, "cost": "PLN"}
    assert (await program.client.post("/api/webhooks/ai-service", json=body)).status_code == 200
    await worker.drain()
    [row] = await conversations_of(line.agent)
    assert (row.call_id, row.duration_seconds, row.summary) == ("17", 64, body["data"]["summary"])
    view = await program.data("GET", f"/api/v1/agents/{line.agent.id}")
    assert (view["connection"]["healthy"], view["connection"]["oddCount"]) == (True, 1)
    assert view["connection"]["oddFields"] == [
        {"field": "data.callId", "what": "converted", "count": 1},
        {"field": "data.cost", "what": "unreadable", "count": 1},
        {"field": "data.durationSeconds", "what": "rounded", "count": 1},
        {"field": "timestamp", "what": "guessed", "count": 1},
    ]


async def test_unknown_api_key_and_session_are_rejected(line: Line, viewer: Caller) -> None:
    body = started(line)
    answer = await line.client.post(
        "/api/webhooks/ai-service", content=body, headers={"authorization": "Bearer sk_test_nonsense"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "INVALID_API_KEY")
    answer = await viewer.client.post("/api/webhooks/ai-service", content=body)
    assert answer.status_code == 400


async def test_signed_deliveries_are_rate_limited(line: Line, configure: Configure) -> None:
    configure(rate_limit_webhook="5/60seconds")
    answers = [await line.send(started(line), f"m{number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    left = [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers]
    assert left == [f'"webhook";r={number}' for number in (4, 3, 2, 1, 0, 0)]
