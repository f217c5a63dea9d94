"""Agents over REST: made, found, changed by merge patch, switched, taken away."""

import asyncio
from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import crypto
from sekretarka.domain.agents.models import Agent, AgentConnection, AgentStatus
from tests import factories
from tests.clients import Caller

FULL = {
    "name": "Ola",
    "voiceId": "pl-1",
    "language": "pl",
    "phoneNumber": "221 000 200",
    "greeting": "Dzień dobry, studio Lawenda…",
    "personalityTraits": {"tone": "warm"},
    "knowledgeBase": {"facts": ["Parking za budynkiem"], "faq": [{"question": "Karta?", "answer": "Tak"}]},
    "capabilities": ["book", "answer", "book"],
}


async def test_new_agent_is_inactive_and_connected(owner: Caller) -> None:
    response = await owner.send("POST", "/api/v1/agents", json=FULL)
    assert response.status_code == 201
    agent = response.json()["data"]
    assert response.headers["location"] == f"/api/v1/agents/{agent['id']}"
    expected = {**FULL, "phoneNumber": "+48221000200", "capabilities": ["book", "answer"], "status": "inactive"}
    assert {name: agent[name] for name in expected} == expected
    assert agent["organizationId"] == str(owner.organization_id)
    assert agent["connection"]["endpoint"].startswith("http://localhost:8000/api/webhooks/ai-service/")
    assert agent["connection"] == {**agent["connection"], "lastEventAt": None, "healthy": True}
    assert (await owner.send("GET", response.headers["location"])).json()["data"] == agent
    assert await owner.data("GET", f"/api/v1/agents/{agent['id']}/connection") == agent["connection"]


async def test_list_has_every_active_agent_oldest_first(owner: Caller, stranger: Caller) -> None:
    made = [await factories.agent(owner.organization_id, name=name) for name in ("Ola", "Ala", "Ula")]
    await factories.agent(stranger.organization_id)
    await owner.send("DELETE", f"/api/v1/agents/{made[1].id}")
    response = await owner.send("GET", "/api/v1/agents")
    assert [agent["name"] for agent in response.json()["data"]] == ["Ola", "Ula"]
    assert response.json()["metadata"] == {"page": 1, "limit": 20, "total": 2}


async def test_a_patch_merges(owner: Caller) -> None:
    agent = await owner.data("POST", "/api/v1/agents", json=FULL)
    path = f"/api/v1/agents/{agent['id']}"
    patch: dict[str, Any] = {"voiceId": None, "knowledgeBase": {"faq": None, "hours": {"mon": "9"}}, "capabilities": []}
    patched = await owner.data("PATCH", path, json=patch)
    assert patched["voiceId"] is None
    assert patched["knowledgeBase"] == {"facts": ["Parking za budynkiem"], "hours": {"mon": "9"}}
    assert patched["capabilities"] == []
    assert patched["greeting"] == FULL["greeting"]
    assert patched["version"] == agent["version"] + 1
    deeper = await owner.data("PATCH", path, json={"knowledgeBase": {"hours": {"tue": "10"}}})
    assert deeper["knowledgeBase"]["hours"] == {"mon": "9", "tue": "10"}
    assert await owner.data("PATCH", path, json={}) == deeper, "an empty patch is no change"
    assert (await owner.data("PATCH", path, json={"name": "Ola"}))["version"] == deeper["version"]


async def test_a_merge_patch_has_its_own_media_type(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    headers = {"Content-Type": "application/merge-patch+json"}
    patched = await owner.data("PATCH", f"/api/v1/agents/{agent.id}", content=b'{"name": "Ewa"}', headers=headers)
    assert patched["name"] == "Ewa"


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({}, ["body", "name"], "required"),
        ({"name": " ", "language": "pl"}, ["body", "name"], "string_too_short"),
        ({"name": "x" * 81, "language": "pl"}, ["body", "name"], "string_too_long"),
        ({"name": "Ola", "language": "polski"}, ["body", "language"], "string_pattern_mismatch"),
        ({"name": "Ola", "language": "pl", "phoneNumber": "112"}, ["body", "phoneNumber"], "invalid_phone"),
        ({"name": "Ola", "language": "pl", "capabilities": ["fly"]}, ["body", "capabilities", 0], "enum"),
        ({"name": "Ola", "language": "pl", "capabilities": "book"}, ["body", "capabilities"], "list_type"),
        ({"name": "Ola", "language": "pl", "status": "active"}, ["body", "status"], "unknown_field"),
        ({"name": "Ola", "language": "pl", "knowledgeBase": []}, ["body", "knowledgeBase"], "dict_type"),
        ({"name": "a\u202eb", "language": "pl"}, ["body", "name"], "control_character"),
        (
            {"name": "Ola", "language": "pl", "knowledgeBase": {"__proto__": {}}},
            ["body", "knowledgeBase"],
            "forbidden_key",
        ),
        (
            {"name": "Ola", "language": "pl", "personalityTraits": {str(n): n for n in range(1001)}},
            ["body", "personalityTraits"],
            "too_large",
        ),
    ],
)
async def test_invalid_agent_fields_are_named(owner: Caller, body: Any, path: list[Any], code: str) -> None:
    response = await owner.send("POST", "/api/v1/agents", json=body)
    assert response.status_code == 422
    details = response.json()["error"]["details"]
    assert (path, code) in [(detail["path"], detail["code"]) for detail in details]
    assert (await owner.send("GET", "/api/v1/agents")).json()["metadata"]["total"] == 0


async def test_required_fields_reject_null(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    nulls = dict.fromkeys(("name", "language", "knowledgeBase", "personalityTraits", "capabilities"))
    response = await owner.send("PATCH", f"/api/v1/agents/{agent.id}", json=nulls)
    assert {detail["path"][1] for detail in response.json()["error"]["details"]} == set(nulls)


async def test_merged_knowledge_stays_within_its_bounds(owner: Caller) -> None:
    agent = await owner.data("POST", "/api/v1/agents", json={**FULL, "knowledgeBase": {"a": "x" * 40_000}})
    response = await owner.send("PATCH", f"/api/v1/agents/{agent['id']}", json={"knowledgeBase": {"b": "x" * 40_000}})
    assert response.status_code == 422
    assert response.json()["error"]["details"][0]["path"] == ["body", "knowledgeBase"]
    assert (await owner.data("GET", f"/api/v1/agents/{agent['id']}"))["knowledgeBase"] == {"a": "x" * 40_000}


async def test_switching_on_and_off_is_idempotent(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id, status=AgentStatus.INACTIVE)
    path = f"/api/v1/agents/{agent.id}"
    active = await owner.data("POST", f"{path}/activate")
    assert (active["status"], active["version"]) == ("active", 2)
    assert await owner.data("POST", f"{path}/activate") == active
    assert (await owner.data("POST", f"{path}/deactivate", json={}))["status"] == "inactive"


async def test_concurrent_activations_have_one_effect(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id, status=AgentStatus.INACTIVE)
    path = f"/api/v1/agents/{agent.id}/activate"
    answers = await asyncio.gather(*(owner.data("POST", path) for _ in range(12)))
    assert {answer["version"] for answer in answers} == {2}


async def test_a_deleted_agent_is_gone_but_its_row_stays(owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    path = f"/api/v1/agents/{agent.id}"
    assert await owner.data("DELETE", path) == {"id": str(agent.id)}
    gone = [("GET", path), ("DELETE", path), ("POST", f"{path}/activate"), ("GET", f"{path}/connection/secret")]
    for method, where in gone:
        assert (await owner.send(method, where)).status_code == 404
    async with begin(actor.system(owner.organization_id)) as uow:
        assert (await uow.get(Agent, agent.id)).deleted_at is not None


async def test_the_secret_is_shown_to_who_may_change_agents_and_rotates(owner: Caller, viewer: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    path = f"/api/v1/agents/{agent.id}/connection"
    for method, where in (("GET", f"{path}/secret"), ("POST", f"{path}/rotate")):
        assert (await viewer.send(method, where)).status_code == 403
    response = await owner.send("GET", f"{path}/secret")
    assert response.headers["cache-control"] == "private, no-store"
    first = response.json()["data"]
    assert first["secret"].startswith("whsec_")
    assert first["previousUntil"] is None
    second = await owner.data("POST", f"{path}/rotate")
    assert second["secret"] != first["secret"]
    assert second == await owner.data("GET", f"{path}/secret")
    async with begin(actor.system(owner.organization_id)) as uow:
        row = await uow.one_or_none(uow.select(AgentConnection).where(AgentConnection.agent_id == agent.id))
        assert row is not None
        assert row.previous_secret is not None
        assert crypto.decrypt(row.previous_secret) == first["secret"]
        assert "whsec_" not in row.secret, "encrypted in the database"


async def test_staff_read_agents_and_do_not_change_them(owner: Caller, staff: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    path = f"/api/v1/agents/{agent.id}"
    assert (await staff.data("GET", path))["name"] == "Ola"
    for method, where in (("POST", "/api/v1/agents"), ("PATCH", path), ("DELETE", path), ("POST", f"{path}/activate")):
        response = await staff.send(method, where, json={} if method == "PATCH" else None)
        assert response.json()["error"]["code"] == "FORBIDDEN"
