"""An agent that is switched off: every tool answers with a sentence and changes nothing; its calls are kept."""

import json
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from sekretarka.core.permissions import KEY_SCOPES, Permission
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.text.i18n import texts
from sekretarka.domain.agents.models import Agent, AgentStatus, Capability
from tests import clients, factories
from tests.api.test_signature_auth import signature
from tests.clients import Caller

RULES: dict[str, Any] = {"transferRules": [{"topic": "reklamacja", "name": "Iga", "phone": "601 000 222"}]}
FOR_ALL: dict[str, Any] = {"transferRules": [*RULES["transferRules"], {"name": "Biuro", "phone": "58 677 44 78"}]}
LATER = texts("pl")["tools.refused.agent_off"]


@pytest.fixture
async def agent(owner: Caller) -> Agent:
    await factories.service(owner.organization_id)
    await factories.staff(owner.organization_id)
    off: dict[str, Any] = {"status": AgentStatus.INACTIVE, "capabilities": list(Capability), "knowledge_base": RULES}
    return await factories.agent(owner.organization_id, **off)


def arguments(tool: Capability) -> dict[str, Any]:
    """What the tool would do something with, if it were asked of an agent that is on."""
    booking = {"serviceType": "Strzyżenie", "scheduledAt": f"{factories.open_day()}T10:00:00"}
    client = {"clientName": "Anna Kowalska", "clientPhone": "601 000 111"}
    return {
        Capability.CHECK_AVAILABILITY: {"serviceType": "Strzyżenie"},
        Capability.BOOK: {**booking, **client},
        Capability.RESCHEDULE: {"scheduledAt": booking["scheduledAt"], **client},
        Capability.CANCEL: client,
        Capability.TAKE_MESSAGE: {"message": "Proszę oddzwonić."},
        Capability.TRANSFER_TARGET: {"topic": "reklamacja"},
        Capability.LOOKUP_CLIENT: client,
        Capability.ANSWER: {"question": "Ile kosztuje strzyżenie?"},
    }[tool]


async def use(caller: Caller, agent: Agent, tool: Capability, fields: dict[str, Any], tool_call: str = "t") -> Any:
    body = {"callId": "call_1", "toolCallId": tool_call, "agentId": str(agent.id), "arguments": fields}
    return await caller.data("POST", f"/api/v1/tools/{tool}", json=body)


async def count_rows(owner: Caller) -> list[int]:
    return [len(await owner.data("GET", f"/api/v1/{path}")) for path in ("appointments", "conversations", "clients")]


@pytest.mark.parametrize("tool", list(Capability))
async def test_every_tool_says_so_and_changes_nothing(
    app: ASGIApp, owner: Caller, agent: Agent, tool: Capability
) -> None:
    program = await clients.program(app, owner.actor, Permission.TOOLS_USE)
    for fields in (arguments(tool), {}):
        answer = await use(program, agent, tool, fields)
        assert (answer["say"], answer["data"]) == (LATER, {"code": "agent_off"})
    called: dict[str, Any] = {
        "name": str(tool),
        "arguments": {"callId": "c", "agentId": str(agent.id), **arguments(tool)},
    }
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called}
    program.client.headers["Accept"] = "application/json, text/event-stream"
    result = (await program.send("POST", "/mcp", json=message)).json()["result"]
    assert not result["isError"]
    assert result["structuredContent"]["data"] == {"code": "agent_off"}
    assert await count_rows(owner) == [0, 0, 0]


async def test_whom_everybody_is_connected_to_is_named(app: ASGIApp, owner: Caller, agent: Agent) -> None:
    program = await clients.program(app, owner.actor, Permission.TOOLS_USE)
    await owner.data("PATCH", f"/api/v1/agents/{agent.id}", json={"knowledgeBase": FOR_ALL, "language": "en"})
    answer = await use(program, agent, Capability.TAKE_MESSAGE, {"message": "Hello"})
    assert answer["data"] == {"code": "agent_off", "name": "Biuro", "phone": "+48586774478"}
    assert answer["say"] == "I cannot help with that right now. Please call 58 677 44 78."


async def test_signed_use_is_rejected_and_its_call_stored(
    app: ASGIApp, owner: Caller, nobody: httpx2.AsyncClient, agent: Agent
) -> None:
    secret = crypto.decrypt((await factories.connection(agent)).secret)
    fields = {"message": "Proszę oddzwonić."}
    body = {"callId": "c", "toolCallId": "t", "agentId": str(agent.id), "arguments": fields}
    content = json.dumps(body).encode()
    answer = await nobody.post("/api/v1/tools/take_message", content=content, headers=signature(secret, content))
    assert answer.json()["data"]["say"] == LATER
    program = await clients.program(app, owner.actor, *KEY_SCOPES)
    call = {"agentId": str(agent.id), "callId": "call_1", "callerNumber": "+48601000111"}
    await program.data("POST", "/api/v1/conversations", json=call)
    assert len(await owner.data("GET", "/api/v1/conversations")) == 1


async def test_switched_on_again_the_same_use_does_its_work(app: ASGIApp, owner: Caller, agent: Agent) -> None:
    program = await clients.program(app, owner.actor, Permission.TOOLS_USE)
    assert (await use(program, agent, Capability.BOOK, arguments(Capability.BOOK)))["say"] == LATER
    await owner.data("POST", f"/api/v1/agents/{agent.id}/activate")
    assert (await use(program, agent, Capability.BOOK, arguments(Capability.BOOK)))["say"].startswith("Umówione")
    await owner.data("POST", f"/api/v1/agents/{agent.id}/deactivate")
    assert (await use(program, agent, Capability.CANCEL, arguments(Capability.CANCEL), "t2"))["say"] == LATER
    [appointment] = await owner.data("GET", "/api/v1/appointments")
    assert appointment["status"] == "scheduled"
    await owner.data("DELETE", f"/api/v1/agents/{agent.id}")
    gone = {"callId": "c", "toolCallId": "t", "agentId": str(agent.id), "arguments": {}}
    refused = await program.send("POST", "/api/v1/tools/answer", json=gone)
    assert refused.json()["error"]["say"] == LATER


async def test_nothing_is_booked_in_its_name_without_a_tool_either(owner: Caller, agent: Agent) -> None:
    wanted = {
        "serviceType": "Strzyżenie",
        "scheduledAt": clock.to_json(factories.at("10:00")),
        "clientName": "Anna",
        "clientPhone": "+48601000111",
    }
    refused = await owner.send("POST", "/api/v1/appointments", json={**wanted, "agentId": str(agent.id)})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "AGENT_OFF")
    assert (await owner.data("POST", "/api/v1/appointments", json=wanted))["agentId"] is None
