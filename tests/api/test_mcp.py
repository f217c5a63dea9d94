"""The tools over the Model Context Protocol: the same as over REST, with the protocol's own client."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult
from starlette.types import ASGIApp

from sekretarka.core.database import engine
from sekretarka.core.permissions import KEY_SCOPES, Permission
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import texts
from sekretarka.domain.agents.models import Agent, Capability
from tests import clients, factories
from tests.api.test_tools import ANNA, KNOWLEDGE, appointments, local
from tests.clients import Caller
from tests.support import databases
from tests.support.processes import Serve, run

ANNA_KNOWN = {"clientPhone": ANNA["clientPhone"], "clientName": "Pani KOWALSKA Anna"}
BOOKED = {"serviceType": "Strzyżenie", "staff": "Ewa", **ANNA}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
async def agent(owner: Caller) -> Agent:
    """A salon's agent that may do everything."""
    await factories.service(owner.organization_id)
    for name in ("Ewa Lis", "Kasia Mazur"):
        await factories.staff(owner.organization_id, name=name)
    return await factories.agent(owner.organization_id, capabilities=list(Capability), knowledge_base=KNOWLEDGE)


@pytest.fixture
async def program(app: ASGIApp, owner: Caller) -> Caller:
    """A voice service with a key for the tools and nothing else."""
    return await clients.program(app, owner.actor, Permission.TOOLS_USE)


@contextlib.asynccontextmanager
async def speaking(caller: Caller, **context: object) -> AsyncIterator[Client]:
    """The protocol's own client; `context` is sent as headers of its connection, for all tools."""
    before = dict(caller.client.headers)
    caller.client.headers.update({f"x-{name.replace('_', '-')}": str(value) for name, value in context.items()})
    transport = streamable_http_client(f"{settings.base_url}/mcp", http_client=caller.client)
    async with Client(transport) as client:
        yield client
    caller.client.headers = httpx2.Headers(before)


async def use(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What the tool answers, which it says twice."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return content_of(result)


def content_of(result: CallToolResult) -> dict[str, Any]:
    assert result.structured_content is not None
    [text] = result.content
    assert text.type == "text"
    assert json.loads(text.text) == result.structured_content
    return result.structured_content


async def test_an_appointment_is_offered_booked_moved_and_cancelled(
    owner: Caller, program: Caller, agent: Agent
) -> None:
    async with speaking(program, agent_id=agent.id, call_id="call_1") as client:
        listed_tools = (await client.list_tools()).tools
        assert [tool.name for tool in listed_tools] == list(Capability)
        assert all(tool.description and tool.output_schema for tool in listed_tools)
        assert all({"agentId", "callId"}.isdisjoint(tool.input_schema["properties"]) for tool in listed_tools)
        day = str(factories.open_day())
        offer = await use(client, "check_availability", serviceType="strzyzenie", date=day)
        assert (offer["now"]["timezone"], len(offer["data"]["slots"])) == ("Europe/Warsaw", 3)
        booked = await use(client, "book", **BOOKED, scheduledAt=offer["data"]["slots"][0]["time"])
        assert booked["say"].startswith("Umówione: Strzyżenie w")
        await use(client, "reschedule", **ANNA, scheduledAt=local("12:30"))
        await use(client, "cancel", **ANNA, reason="Choroba")
        await use(client, "take_message", message="Proszę oddzwonić.")
        assert (await use(client, "answer", question="Gdzie parking?"))["say"] == KNOWLEDGE["facts"][0]
        assert (await use(client, "transfer_target", topic="reklamacja"))["data"]["phone"] == "+48601000222"
        assert (await use(client, "lookup_client", **ANNA_KNOWN))["data"]["name"] == "Anna Kowalska"
        taken = await use(client, "book", **BOOKED, scheduledAt=local("03:00"))
        assert taken["data"]["code"] == "outside_hours"
    [appointment] = await appointments(owner)
    assert (appointment["status"], appointment["source"], appointment["agentId"]) == (
        "cancelled",
        "agent",
        str(agent.id),
    )
    call = await owner.data("GET", f"/api/v1/conversations/{appointment['conversationId']}")
    assert (call["callId"], call["followUp"]["note"]) == ("call_1", "Proszę oddzwonić.")


async def test_ids_missing_in_headers_are_arguments(program: Caller, agent: Agent) -> None:
    async with speaking(program) as client:
        tools = {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}
        assert tools["book"]["required"] == ["agentId", "serviceType", "scheduledAt", "clientName"]
        assert tools["take_message"]["$defs"]["Urgency"]["enum"] == ["low", "normal", "high"]
        assert all(schema["additionalProperties"] is False for schema in tools.values())
        ids = {"agentId": str(agent.id), "callId": "call_1", "toolCallId": "t1"}
        assert (await use(client, "answer", **ids, question="Parking?"))["say"] == KNOWLEDGE["facts"][0]
        silent = await client.call_tool("answer", {"question": "Parking?"})
        assert silent.is_error
        wrong = {(detail["path"][-1], detail["code"]) for detail in content_of(silent)["data"]["details"]}
        assert wrong == {("agentId", "required")}


async def test_the_same_wish_has_one_effect_through_whichever_entry_point(
    owner: Caller, program: Caller, agent: Agent
) -> None:
    arguments = {**BOOKED, "scheduledAt": local("10:00")}
    ids = {"agentId": str(agent.id), "callId": "call_1", "toolCallId": "t1"}
    async with speaking(program) as client:
        answers = await asyncio.gather(*(use(client, "book", **ids, **arguments) for _ in range(3)))
        rest = await program.data("POST", "/api/v1/tools/book", json={**ids, "arguments": arguments})
        assert all({**answer, "now": None} == {**rest, "now": None} for answer in answers)
        other = await use(client, "book", **ids, **{**arguments, "clientName": "Ola", "staff": "Kasia"})
        assert other["data"]["appointment"]["clientName"] == "Ola"
    assert len(await appointments(owner)) == 2


@pytest.mark.parametrize(
    ("tool", "arguments", "say"),
    [
        ("book", {"clientName": "Anna"}, "Na jaką usługę mam umówić? Mogę zapisać na: Strzyżenie."),
        ("book", {"serviceType": "Strzyżenie", "scheduledAt": "null"}, "Na jaki dzień i godzinę?"),
        ("book", {**BOOKED, "scheduledAt": "jutro", "clientName": ""}, "Na jakie imię i nazwisko?"),
        ("take_message", {"message": {"whatever": None}}, "Co mam przekazać?"),
        ("answer", {"question": "{{question}}"}, "W czym mogę pomóc?"),
    ],
)
async def test_missing_arguments_are_answered_with_a_question(
    owner: Caller, program: Caller, agent: Agent, tool: str, arguments: dict[str, Any], say: str
) -> None:
    async with speaking(program, agent_id=agent.id, call_id="call_1") as client:
        refused = await client.call_tool(tool, arguments)
        assert refused.is_error
        answer = content_of(refused)
        assert (answer["say"], answer["data"]["code"]) == (say, "required")
        assert answer["now"]["weekday"]
    assert (await owner.data("GET", "/api/v1/conversations")) == []


async def test_a_tool_that_does_not_exist_is_answered_in_words(
    database: engine.Database, program: Caller, agent: Agent
) -> None:
    async with speaking(program, agent_id=agent.id, call_id="call_1") as client:
        refused = await client.call_tool("dance", {})
        with databases.failing(database, "SELECT agents", ConnectionResetError):
            unexplained = await client.call_tool("dance", {})
    assert refused.is_error
    assert content_of(refused)["say"] == texts("pl")["tools.refused.not_understood"]
    assert content_of(refused)["data"]["code"] == "unknown_tool"
    [text] = unexplained.content
    assert text.type == "text"
    assert (unexplained.is_error, json.loads(text.text)["say"]) == (True, content_of(refused)["say"])


@pytest.mark.parametrize(
    ("fault", "code"), [(ConnectionResetError, "service_unavailable"), (ZeroDivisionError, "internal_server_error")]
)
async def test_what_fails_is_answered_in_words(
    database: engine.Database, program: Caller, agent: Agent, fault: type[Exception], code: str
) -> None:
    async with speaking(program, agent_id=agent.id, call_id="call_1") as client:
        with databases.failing(database, "INSERT INTO appointments", fault):
            failed = await client.call_tool("book", {**BOOKED, "scheduledAt": local("10:00")})
    [text] = failed.content
    assert text.type == "text"
    say = texts("pl")["tools.refused.not_understood"]
    assert (failed.is_error, json.loads(text.text)) == (True, {"say": say, "data": {"code": code}})


async def test_an_agent_uses_only_what_it_may_and_says_so(owner: Caller, program: Caller) -> None:
    english = await factories.agent(owner.organization_id, capabilities=[Capability.ANSWER], language="en-GB")
    async with speaking(program, agent_id=english.id, call_id="call_1") as client:
        refused = await client.call_tool("book", {**BOOKED, "scheduledAt": local("10:00")})
    assert refused.is_error
    assert content_of(refused)["say"] == texts("en")["tools.refused.forbidden"]
    assert content_of(refused)["data"]["code"] == "forbidden"


async def test_foreign_agent_is_not_found(program: Caller, stranger: Caller, agent: Agent) -> None:
    foreign_agent = await factories.agent(stranger.organization_id, capabilities=list(Capability), language="en-GB")
    answers = []
    for unknown in (foreign_agent.id, "none", "f" * 32):
        async with speaking(program, agent_id=unknown, call_id="call_1") as client:
            answer = content_of(await client.call_tool("answer", {"question": "Parking?"}))
            answers.append({"say": answer["say"], "code": answer["data"]["code"]})
    assert answers[0] == answers[2] == {"say": answers[0]["say"], "code": "unknown_agent"}
    await factories.service(stranger.organization_id, name="Wymiana opon")
    async with speaking(program, agent_id=agent.id, call_id="call_1") as client:
        unknown_service = await use(client, "check_availability", serviceType="Wymiana opon")
    assert unknown_service["data"] == {"code": "unknown_service", "services": ["Strzyżenie"]}


async def test_only_a_key_with_the_tools_scope_is_accepted(
    app: ASGIApp, owner: Caller, nobody: httpx2.AsyncClient
) -> None:
    lacking = await clients.program(app, owner.actor, *(scope for scope in KEY_SCOPES if scope != "tools:use"))
    refusals = [
        await nobody.post("/mcp", json=PING),
        await nobody.post("/mcp", json=PING, headers={"Authorization": "Bearer sk_live_no"}),
    ]
    refusals += [await lacking.send("POST", "/mcp", json=PING), await owner.send("POST", "/mcp", json=PING)]
    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in refusals] == [
        (401, "UNAUTHENTICATED"),
        (401, "INVALID_API_KEY"),
        (403, "FORBIDDEN"),
        (403, "FORBIDDEN"),
    ]


async def test_the_layers_of_the_api_hold(program: Caller) -> None:
    pong = await program.send("POST", "/mcp", json=PING, headers={**ACCEPT, "X-Request-Id": "request-1"})
    assert pong.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert (pong.headers["x-request-id"], pong.headers["cache-control"]) == ("request-1", "private, no-store")
    assert '"key"' in pong.headers["ratelimit"]
    assert "mcp-session-id" not in pong.headers
    refused: list[tuple[str, int, dict[str, Any]]] = [
        ("POST", 415, {"content": "{}"}),
        ("POST", 400, {"content": '{"a":1,"a":1', "headers": {"content-type": "application/json"}}),
        ("POST", 413, {"content": b" " * 1_000_001, "headers": {"content-type": "application/json"}}),
        ("POST", 422, {"json": PING, "params": {"key": "sk"}}),
        ("POST", 403, {"json": PING, "headers": {**ACCEPT, "Origin": "https://evil.example"}}),
        ("POST", 400, {"json": PING, "headers": {**ACCEPT, "Host": "evil.example"}}),
        ("POST", 406, {"json": PING, "headers": {"Accept": "text/plain"}}),
        ("GET", 405, {}),
        ("DELETE", 405, {}),
    ]
    for wrong, status, what in refused:
        answer = await program.send(wrong, "/mcp", **what)
        assert answer.status_code == status, answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "evil" not in answer.text
        assert status == 406 or answer.json()["success"] is False
    assert (await program.send("GET", "/mcp")).headers["allow"] == "OPTIONS, POST"
    assert (await program.send("POST", "/mcp/", json=PING)).status_code == 404


async def test_running_server_speaks_both_protocol_versions(tmp_path: Path, serve: Serve) -> None:
    (tmp_path / "live.db").write_bytes(databases.sqlite_template().read_bytes())
    url = f"sqlite:///{tmp_path}/live.db"
    owner = ("--email", "iga@kwiaty.example", "--password", "Orchidea-na-parapecie-7", "--organization", "Kwiaciarnia")
    created = json.loads(run("create-owner", *owner, "--json", database_url=url).stdout)
    server = serve(database_url=url)
    headers = {"Authorization": f"Bearer {created['apiKey']}", "X-Call-Id": "call_1"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers) as line:
        new = {"name": "Ola", "language": "pl", "knowledgeBase": KNOWLEDGE, "capabilities": ["answer"]}
        answer = await line.post("/api/v1/agents", json=new)
        line.headers["X-Agent-Id"] = answer.json()["data"]["id"]
        await line.post(f"/api/v1/agents/{line.headers['X-Agent-Id']}/activate")
        for mode in ("legacy", "auto"):
            transport = streamable_http_client(f"{server.url}/mcp", http_client=line)
            async with Client(transport, mode=mode) as client:
                assert len((await client.list_tools()).tools) == len(Capability)
                assert (await use(client, "answer", question="Parking?"))["say"] == KNOWLEDGE["facts"][0]
    assert server.stop() == 0
    log = server.log.read_text()
    assert "POST /mcp 200" in log
    assert created["apiKey"] not in log
