"""Nobody sets what is not theirs to set (security.md#t3): every column's name in every body, and some tricks."""

import pytest

from sekretarka.domain.auth import api_key_auth
from sekretarka.domain.tables import metadata
from tests import clients
from tests.api.routes import ACCEPT, BODIES, DOCUMENT, FROM_CALLS, ROUTES, body_at, filled, fingerprint, rows
from tests.clients import Caller
from tests.support.accounts import PASSWORD
from tests.support.invitations import token_for

pytestmark = pytest.mark.usefixtures("light_hashes")

WITH_BODY = sorted(name for name, (_, _, operation) in ROUTES.items() if "requestBody" in operation)
COLUMNS = {column.name for table in metadata.sorted_tables for column in table.c}
TRICKS = {"__proto__", "constructor", "_sa_instance_state", "__class__", "model_fields_set", "registry", "metadata"}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def documented_fields(name: str) -> set[str]:
    """The fields that the document promises."""
    content = ROUTES[name][2]["requestBody"]["content"]["application/json"]
    schema = DOCUMENT["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    return set(schema["properties"])


@pytest.mark.parametrize("name", WITH_BODY)
async def test_unknown_fields_are_refused_and_change_nothing(owner: Caller, program: Caller, name: str) -> None:
    method, path, _ = ROUTES[name]
    own_rows = await rows(owner)
    path = filled(path, own_rows.ids)
    caller = program if name in FROM_CALLS else owner
    good = {
        **(body_at(path, BODIES[name]) or {}),
        **({"agentId": own_rows.ids["agent"]} if caller is program else {}),
    }
    if name == ACCEPT:
        good = {"token": await token_for(owner.user_id)}
    forbidden = sorted((COLUMNS | {camel(column) for column in COLUMNS} | TRICKS) - documented_fields(name))
    assert {"organization_id", "organizationId", "password_hash", "created_at"} <= set(forbidden)
    await caller.send("GET", "/api/v1/agents")  # a key notes its use once a minute: let that be now
    await api_key_auth.flush_uses()
    await clients.give_password(owner, PASSWORD)
    before = await fingerprint(owner.organization_id)
    inner = {column for column in COLUMNS if camel(column) in documented_fields(name)} - documented_fields(name)
    for group in filter(None, (inner, set(forbidden) - inner)):
        response = await caller.send(method, path, json={**good, **dict.fromkeys(group, "x")})
        assert response.status_code == 422
        details = response.json()["error"]["details"]
        assert {d["path"][1] for d in details if d["code"] == "unknown_field"} == group
    for field in ("organizationId", "id", "version", "createdAt", "updated_at", "__proto__"):
        single = await caller.send(method, path, json={**good, field: "x"})
        assert single.json()["error"]["details"] == [
            {"path": ["body", field], "code": "unknown_field", "message": "This field is not known here"}
        ]
    assert await fingerprint(owner.organization_id) == before
    assert (await caller.send(method, path, json=good)).status_code < 400, (
        "without them it is a good body; if not, say one in tests/api/routes.py: BODIES"
    )
