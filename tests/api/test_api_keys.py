"""API keys over REST: made, shown once, changed, rotated, ended (security.md#t10)."""

import asyncio
import contextvars
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import AsyncClient
from sqlmodel import col
from starlette.types import ASGIApp

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import KEY_SCOPES, Permission, Role
from sekretarka.core.runtime import clock
from sekretarka.domain.auth.api_key_auth import flush_uses
from sekretarka.domain.organizations.models import Membership
from tests import clients, factories
from tests.clients import Caller

ALL, AGENTS = "/api/v1/api-keys", "/api/v1/agents"
GOOD: dict[str, Any] = {"name": "Recepcja AI", "scopes": ["agents:read", "conversations:read"]}


async def made(by: Caller, **values: Any) -> dict[str, Any]:
    shown: dict[str, Any] = await by.data("POST", ALL, json={**GOOD, **values})
    return shown


async def status(nobody: AsyncClient, key: str, path: str = AGENTS, method: str = "GET") -> int:
    return (await nobody.request(method, path, headers={"Authorization": f"Bearer {key}"})).status_code


async def membership(person: Caller, **values: Any) -> None:
    """Change the member's role, or remove the member when no values are given."""
    own_row = col(Membership.user_id) == person.user_id
    async with begin(actor.system(), write=True) as uow:
        change = sa.update(Membership).values(**values) if values else sa.delete(Membership)
        await uow.execute(change.where(own_row))


async def test_a_key_is_shown_once(owner: Caller, nobody: AsyncClient) -> None:
    answer = await owner.send("POST", ALL, json=GOOD)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "private, no-store")
    shown = answer.json()["data"]
    assert shown["key"].startswith(f"{shown['prefix']}_")
    assert await status(nobody, shown["key"]) == 200
    await flush_uses()
    for path in (ALL, f"{ALL}/{shown['id']}"):
        again = await owner.send("GET", path)
        assert shown["key"] not in again.text
        assert shown["prefix"] in again.text
    row = await owner.data("GET", answer.headers["location"])
    assert (row["createdByName"], row["status"], row["scopes"]) == ("Iga Nowak", "active", GOOD["scopes"])
    assert row["effectiveScopes"] == GOOD["scopes"]
    assert row["lastUsedAt"] is not None


async def test_a_key_changes_and_keeps_its_secret(owner: Caller, nobody: AsyncClient) -> None:
    key = await made(owner)
    path = f"{ALL}/{key['id']}"
    until = clock.to_json(clock.now() + timedelta(days=30))
    changed = await owner.data("PATCH", path, json={"name": "Nocna", "scopes": ["agents:read"], "expiresAt": until})
    assert (changed["name"], changed["scopes"], changed["expiresAt"]) == ("Nocna", ["agents:read"], until)
    assert await status(nobody, key["key"]) == 200
    assert await status(nobody, key["key"], "/api/v1/conversations") == 403
    assert (await owner.data("PATCH", path, json={}))["version"] == changed["version"]
    assert (await owner.data("PATCH", path, json={"expiresAt": None}))["expiresAt"] is None


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": ""}, "name", "string_too_short"),
        ({"name": "x" * 81}, "name", "string_too_long"),
        ({"scopes": []}, "scopes", "too_short"),
        ({"scopes": ["agents:fly"]}, "scopes", "enum"),
        ({"scopes": ["api-keys:write"]}, "scopes", "scope_beyond_own"),
        ({"scopes": ["organizations:delete"]}, "scopes", "scope_beyond_own"),
        ({"scopes": ["users:write"]}, "scopes", "scope_beyond_own"),
        ({"scopes": None}, "scopes", "list_type"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt", "in_past"),
        ({"expiresAt": 1_900_000_000}, "expiresAt", "datetime_parsing"),
        ({"prefix": "sk_live_mineown1"}, "prefix", "unknown_field"),
        ({"key": "sk_live_mineown1"}, "key", "unknown_field"),
    ],
)
async def test_invalid_key_fields_are_named(owner: Caller, body: Any, field: str, code: str) -> None:
    key = await made(owner)
    for method, path, sent in (("POST", ALL, {**GOOD, **body}), ("PATCH", f"{ALL}/{key['id']}", body)):
        answer = await owner.send(method, path, json=sent)
        assert answer.status_code == 422
        [detail] = answer.json()["error"]["details"]
        assert (detail["path"][:2], detail["code"]) == (["body", field], code)
    assert (await owner.data("GET", f"{ALL}/{key['id']}"))["version"] == 1


async def test_revoked_key_is_rejected_at_once_and_stays_listed(owner: Caller, nobody: AsyncClient) -> None:
    key = await made(owner)
    path = f"{ALL}/{key['id']}"
    for _ in range(2):
        assert await owner.data("DELETE", path) == {"id": key["id"]}
        assert await status(nobody, key["key"]) == 401
    row = await owner.data("GET", path)
    assert (row["status"], row["effectiveScopes"]) == ("revoked", [])
    assert [listed["id"] for listed in await owner.data("GET", ALL)] == [key["id"]]
    for method, where, body in (("PATCH", path, {"name": "x"}), ("POST", f"{path}/rotate", None)):
        answer = await owner.send(method, where, json=body)
        assert answer.json()["error"]["code"] == "INVALID_STATE_TRANSITION"


async def test_a_rotated_key_overlaps_with_the_new_one_for_a_day(
    app: ASGIApp, owner: Caller, frozen: Any, nobody: AsyncClient
) -> None:
    boss = await clients.founder(app)
    old = await made(boss)
    answer = await boss.send("POST", f"{ALL}/{old['id']}/rotate")
    new = answer.json()["data"]
    assert answer.status_code == 201
    assert (new["name"], new["scopes"], new["expiresAt"]) == (old["name"], old["scopes"], None)
    assert [await status(nobody, key["key"]) for key in (old, new)] == [200, 200]
    frozen.shift(timedelta(hours=24))
    assert [await status(nobody, key["key"]) for key in (old, new)] == [401, 200]
    assert (await boss.data("GET", f"{ALL}/{old['id']}"))["status"] == "expired"
    assert (await boss.send("POST", f"{ALL}/{old['id']}/rotate")).status_code == 409


async def test_rotating_never_extends_the_expiry(owner: Caller) -> None:
    soon = clock.to_json(clock.now() + timedelta(hours=1))
    old = await made(owner, expiresAt=soon)
    new = await owner.data("POST", f"{ALL}/{old['id']}/rotate")
    assert [key["expiresAt"] for key in (new, await owner.data("GET", f"{ALL}/{old['id']}"))] == [soon, soon]


async def test_key_loses_permissions_with_its_creators_role(app: ASGIApp, owner: Caller, nobody: AsyncClient) -> None:
    admin = await clients.person(app, owner.organization_id, Role.ADMIN)
    agent = await factories.agent(owner.organization_id)
    key = await made(admin, scopes=["agents:read", "agents:write"])
    path, activate = f"{ALL}/{key['id']}", f"{AGENTS}/{agent.id}/activate"
    assert await status(nobody, key["key"], activate, "POST") == 200
    await membership(admin, role=Role.VIEWER)
    assert await status(nobody, key["key"], activate, "POST") == 403
    assert await status(nobody, key["key"]) == 200
    row = await owner.data("GET", path)
    assert (row["status"], row["scopes"], row["effectiveScopes"]) == (
        "active",
        ["agents:read", "agents:write"],
        ["agents:read"],
    )
    await membership(admin)
    assert await status(nobody, key["key"]) == 401
    assert (await owner.data("GET", path))["status"] == "orphaned"


async def test_changing_anothers_key_grants_nothing(app: ASGIApp, owner: Caller, nobody: AsyncClient) -> None:
    """Rotating or changing a key grants no permission that the user's role lacks."""
    admin = await clients.person(app, owner.organization_id, Role.ADMIN)
    key = await made(owner)
    beyond = sorted({str(scope) for scope in KEY_SCOPES} - {str(scope) for scope in admin.actor.permissions})
    for scope in (*beyond, Permission.ORGANIZATIONS_DELETE):
        answer = await admin.send("PATCH", f"{ALL}/{key['id']}", json={"scopes": [*GOOD["scopes"], scope]})
        assert answer.json()["error"]["details"][0]["code"] == "scope_beyond_own"
    rotated = await admin.data("POST", f"{ALL}/{key['id']}/rotate")
    assert rotated["createdById"] == str(admin.user_id)
    await membership(admin)
    assert await status(nobody, rotated["key"]) == 401, "a key dies with who holds it"


async def test_a_wrong_checksum_costs_no_query(
    owner: Caller, nobody: AsyncClient, database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (await made(owner))["key"]
    statements: list[str] = []
    first, begin = database.raw.fetch_row, database.begin

    async def looked_up(text: str, arguments: Any) -> Any:
        statements.append(text)
        return await first(text, arguments)

    async def begun(*, write: bool) -> Any:
        statements.append("BEGIN")
        return await begin(write=write)

    monkeypatch.setattr(database.raw, "fetch_row", looked_up)
    monkeypatch.setattr(database, "begin", begun)
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    for value in (wrong, "sk_test_", "x" * 10_000, key[:-7]):
        assert await status(nobody, value) == 401
    assert statements == []
    assert await status(nobody, key) == 200
    assert statements


async def test_request_does_not_wait_for_recording_key_use(owner: Caller, nobody: AsyncClient) -> None:
    key = await made(owner)
    async with begin(actor.system(), write=True):  # on SQLite nobody else writes meanwhile
        async with asyncio.timeout(2):
            answers = [await _in_its_own_context(nobody, key["key"]) for _ in range(3)]
    assert answers == [200, 200, 200]
    await flush_uses()
    assert (await owner.data("GET", f"{ALL}/{key['id']}"))["lastUsedAt"] is not None


async def _in_its_own_context(nobody: AsyncClient, key: str) -> int:
    """As a request of its own comes in: without the scope that this test has open."""
    task = asyncio.create_task(status(nobody, key), context=contextvars.Context())
    return await task
