"""Merge patches (RFC 7396, api.md#patches): what `null` clears and what it may not, in every patch there is."""

import json
from typing import Any

import pytest

from sekretarka.core.permissions import Permission
from tests.api.routes import BODIES, DOCUMENT, ROUTES, rows
from tests.api.test_versions import place
from tests.clients import Caller

PATCHES = sorted(name for name in ROUTES if name.startswith("PATCH"))
# Only the AI service ends a call.
FOR_PROGRAMS = {"PATCH /api/v1/conversations/{conversation_id}"}
# What follows from the fields that a body names.
DERIVED = {"PATCH /api/v1/message-threads/{client_id}": ("unreadCount",)}


def fields(name: str) -> dict[str, dict[str, Any]]:
    content = ROUTES[name][2]["requestBody"]["content"]["application/json"]
    properties = DOCUMENT["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
    return {field: schema for field, schema in properties.items() if field != "ifUpdatedAt"}


def takes_null(schema: dict[str, Any]) -> bool:
    return any(option.get("type") == "null" for option in schema.get("anyOf", []))


@pytest.mark.parametrize("name", PATCHES)
async def test_null_clears_what_may_be_empty_and_nothing_else(owner: Caller, program: Caller, name: str) -> None:
    path, caller = await place(owner, name), program if name in FOR_PROGRAMS else owner
    await caller.data("PATCH", path, json=BODIES[name])
    for field, schema in fields(name).items():
        before = await caller.send("GET", path)
        answer = await caller.send("PATCH", path, json={field: None})
        if takes_null(schema):
            assert answer.status_code == 200, (field, answer.text)
            assert answer.json()["data"].get(field) in (None, {}) or field == "followUp", field
        else:
            assert answer.status_code == 422, field
            assert answer.json()["error"]["details"][0]["path"] == ["body", field]
            assert (await caller.send("GET", path)).content == before.content


@pytest.mark.parametrize("name", PATCHES)
async def test_what_is_absent_stays(owner: Caller, name: str) -> None:
    path = await place(owner, name)
    before = await owner.data("GET", path)
    for body in (BODIES[name], {}, BODIES[name]):
        after = await owner.data("PATCH", path, json=body)
        moved = {"version", "updatedAt", *BODIES[name], *DERIVED.get(name, ())}
        assert {k: v for k, v in after.items() if k not in moved} == {k: v for k, v in before.items() if k not in moved}
    # Of a call is also kept who said what last: the same again counts for more than a machine's word.
    assert after["version"] == before["version"] + (2 if name in FOR_PROGRAMS else 1), "the same again is no change"


def deep(levels: int) -> Any:
    return json.loads('{"a":' * levels + "1" + "}" * levels)


@pytest.mark.parametrize(
    ("at", "beyond", "code"),
    [
        (deep(8), deep(9), "too_deep"),
        ({str(n): 1 for n in range(1000)}, {str(n): 1 for n in range(1001)}, "too_large"),
        # The key, the value and what stands around them: 65,536 bytes together.
        ({"a": "x" * (65_536 - 6)}, {"a": "x" * (65_536 - 5)}, "too_large"),
        ({"a": "ż" * (32_768 - 3)}, {"a": "ż" * (32_768 - 2)}, "too_large"),
    ],
    ids=["depth", "keys", "bytes", "characters"],
)
async def test_free_objects_at_their_caps_and_one_beyond(owner: Caller, at: Any, beyond: Any, code: str) -> None:
    path = await place(owner, "PATCH /api/v1/agents/{agent_id}")
    assert (await owner.data("PATCH", path, json={"knowledgeBase": at}))["knowledgeBase"] == at
    cleared = await owner.data("PATCH", path, json={"knowledgeBase": dict.fromkeys(at)})
    assert cleared["knowledgeBase"] == {}
    refused = await owner.send("PATCH", path, json={"knowledgeBase": beyond})
    assert [(d["path"], d["code"]) for d in refused.json()["error"]["details"]] == [(["body", "knowledgeBase"], code)]


async def test_objects_merge_lists_are_replaced(owner: Caller) -> None:
    path = await place(owner, "PATCH /api/v1/agents/{agent_id}")
    first = {"knowledgeBase": {"a": {"b": 1, "c": [1, 2]}, "d": 1}, "capabilities": ["book", "answer"]}
    await owner.data("PATCH", path, json=first)
    second = {"knowledgeBase": {"a": {"c": [3], "e": {"f": None, "g": 2}}, "d": None}, "capabilities": ["cancel"]}
    after = await owner.data("PATCH", path, json=second)
    assert after["knowledgeBase"] == {"a": {"b": 1, "c": [3], "e": {"g": 2}}}
    assert after["capabilities"] == ["cancel"]
    organization = f"/api/v1/organizations/{owner.organization_id}"
    await owner.data("PATCH", organization, json={"address": {"street": "Lipowa 7", "city": "Warszawa"}})
    moved = await owner.data("PATCH", organization, json={"address": {"city": "Łódź"}, "booking": {"slotMinutes": 30}})
    assert (moved["address"]["street"], moved["address"]["city"]) == ("Lipowa 7", "Łódź")
    assert (moved["booking"]["slotMinutes"], moved["booking"]["holdMinutes"]) == (30, 5)


async def test_unchanged_patch_sends_no_live_event(owner: Caller, viewer: Caller) -> None:
    """No right, no field: an empty patch needs the permission all the same."""
    ids = (await rows(owner)).ids
    assert Permission.AGENTS_WRITE not in viewer.actor.permissions
    assert (await viewer.send("PATCH", f"/api/v1/agents/{ids['agent']}", json={})).status_code == 403
