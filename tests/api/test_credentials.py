"""Who is calling: keys (security.md#t10), sessions, and an organisation named for one request."""

from datetime import timedelta

import pytest
from httpx2 import AsyncClient
from sqlmodel import col, select
from starlette.types import ASGIApp

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.runtime import clock, crypto
from sekretarka.domain.accounts.models import Session
from sekretarka.domain.organizations.models import ApiKey, Membership
from tests import clients, factories
from tests.clients import Caller

AGENTS = "/api/v1/agents"


async def code(client: AsyncClient, **headers: str) -> str:
    response = await client.get(AGENTS, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    return str(response.json()["error"]["code"])


async def test_anonymous_request_is_unauthenticated(nobody: AsyncClient) -> None:
    assert await code(nobody) == "UNAUTHENTICATED"


async def test_an_unknown_session_has_expired(nobody: AsyncClient) -> None:
    for token in ("f" * 64, "x", ""):
        assert await code(nobody, Cookie=f"authjs.session-token={token}") == "SESSION_EXPIRED"


async def test_malformed_key_is_rejected(nobody: AsyncClient, program: Caller) -> None:
    key = program.credential
    wrong = [
        key[:-1] + ("a" if key[-1] != "a" else "b"),
        key[:20] + ("a" if key[20] != "a" else "b") + key[21:],
        key.replace("test", "live"),
        key + " ",
        f"{key} {key}",
        "sk_test_",
        "x" * 10_000,
    ]
    for value in wrong[:3] + wrong[4:]:
        assert await code(nobody, Authorization=f"Bearer {value}") == "INVALID_API_KEY"
    for header in (key, f"Basic {key}", "Bearer", f"Token {key}"):
        assert await code(nobody, Authorization=header) == "INVALID_API_KEY"


async def test_a_key_in_the_query_is_no_key(nobody: AsyncClient, program: Caller) -> None:
    for name in ("api_key", "apiKey", "key", "token", "access_token", "Authorization"):
        response = await nobody.get(AGENTS, params={name: program.credential})
        assert response.status_code in (401, 422)
        assert "data" not in response.json()


async def test_bearer_wins_over_the_cookie(owner: Caller, program: Caller) -> None:
    headers = {"Authorization": f"Bearer {program.credential}"}
    assert (await owner.send("GET", "/api/v1/users/me", headers=headers)).status_code == 403
    assert (await owner.send("GET", AGENTS, headers={"Authorization": "Bearer nonsense"})).status_code == 401


async def test_revoked_or_expired_key_is_rejected_at_once(program: Caller) -> None:
    assert (await program.send("GET", AGENTS)).status_code == 200
    for change in ({"expires_at": clock.now() - timedelta(seconds=1)}, {"revoked_at": clock.now()}):
        async with begin(actor.system(program.organization_id), write=True) as uow:
            row = await uow.get(ApiKey, program.key_id)
            row.expires_at = change.get("expires_at")
            row.revoked_at = change.get("revoked_at")
            uow.bump_version(row)
        assert (await program.send("GET", AGENTS)).json()["error"]["code"] == "INVALID_API_KEY"


async def test_the_database_holds_no_usable_key(program: Caller) -> None:
    async with begin(actor.system(program.organization_id)) as uow:
        row = await uow.get(ApiKey, program.key_id)
    stored = repr(row.model_dump())
    assert program.credential not in stored
    assert program.credential.split("_")[3] not in stored
    assert row.prefix == program.credential[:16]
    assert row.key_hash == crypto.sha256_hex(program.credential)


async def test_a_key_does_what_its_scopes_say(app: ASGIApp, owner: Caller) -> None:
    agent = await factories.agent(owner.organization_id)
    needs = {
        ("GET", AGENTS): Permission.AGENTS_READ,
        ("GET", f"{AGENTS}/{agent.id}"): Permission.AGENTS_READ,
        ("GET", f"{AGENTS}/{agent.id}/connection"): Permission.AGENTS_READ,
        ("POST", f"{AGENTS}/{agent.id}/activate"): Permission.AGENTS_WRITE,
        ("GET", f"{AGENTS}/{agent.id}/connection/secret"): Permission.AGENTS_WRITE,
        ("GET", "/api/v1/conversations"): Permission.CONVERSATIONS_READ,
        ("GET", f"/api/v1/organizations/{owner.organization_id}"): Permission.ORGANIZATIONS_READ,
    }
    for scope in (
        Permission.AGENTS_READ,
        Permission.AGENTS_WRITE,
        Permission.CONVERSATIONS_READ,
        Permission.ORGANIZATIONS_READ,
    ):
        key = await clients.program(app, owner.actor, scope)
        for (method, path), needed in needs.items():
            response = await key.send(method, path)
            assert (response.status_code == 200) == (needed == scope), (scope, path, response.text)


async def test_key_never_exceeds_its_creators_permissions(app: ASGIApp, owner: Caller) -> None:
    admin = await clients.person(app, owner.organization_id, Role.ADMIN)
    key = await clients.program(app, admin.actor)
    agent = await factories.agent(owner.organization_id)
    assert (await key.send("POST", f"{AGENTS}/{agent.id}/activate")).status_code == 200
    async with begin(actor.system(), write=True) as uow:
        membership = await uow.one_or_none(select(Membership).where(Membership.user_id == admin.actor.user_id))
        assert membership is not None
        membership.role = Role.VIEWER
        uow.bump_version(membership)
    assert (await key.send("POST", f"{AGENTS}/{agent.id}/activate")).status_code == 403
    async with begin(actor.system(), write=True) as uow:
        await uow.delete(membership)
    assert (await key.send("GET", AGENTS)).status_code == 401


async def test_signed_out_session_is_rejected_at_once(owner: Caller) -> None:
    assert (await owner.send("GET", AGENTS)).status_code == 200
    async with begin(actor.system(), write=True) as uow:
        row = await uow.one_or_none(
            select(Session).where(col(Session.token_hash) == crypto.sha256_hex(owner.credential))
        )
        assert row is not None
        await uow.delete(row)
    assert (await owner.send("GET", AGENTS)).json()["error"]["code"] == "SESSION_EXPIRED"


async def test_duplicate_session_cookies_are_ignored(owner: Caller, stranger: Caller, nobody: AsyncClient) -> None:
    cookies = f"authjs.session-token={stranger.credential}; authjs.session-token={owner.credential}"
    assert await code(nobody, Cookie=cookies) == "UNAUTHENTICATED"


async def test_a_member_may_name_another_organisation_for_one_request(owner: Caller, stranger: Caller) -> None:
    second = await factories.organization(name="Studio Mięta")
    await factories.agent(second.id, name="Mięta")
    async with begin(actor.system(), write=True) as uow:
        uow.add(Membership(organization_id=second.id, user_id=owner.user_id, role=Role.VIEWER))
    second_header = {"X-Organization-Id": str(second.id)}
    assert [agent["name"] for agent in await owner.data("GET", AGENTS, headers=second_header)] == ["Mięta"]
    assert await owner.data("GET", AGENTS) == []
    refused = await owner.send("POST", AGENTS, json={"name": "x", "language": "pl"}, headers=second_header)
    assert refused.status_code == 403, "the role is the one in that organisation"
    unknown = {"X-Organization-Id": str(stranger.organization_id)}
    random = {"X-Organization-Id": "01a20612-a641-75d4-b92e-9103e8b2ec35"}
    answers = [
        await owner.send("GET", AGENTS, headers=headers) for headers in (unknown, random, {"X-Organization-Id": "x"})
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


async def test_a_key_belongs_to_one_organisation(program: Caller, stranger: Caller) -> None:
    own, other = str(program.organization_id), str(stranger.organization_id)
    assert (await program.send("GET", AGENTS, headers={"X-Organization-Id": own.upper()})).status_code == 200
    assert (await program.send("GET", AGENTS, headers={"X-Organization-Id": other})).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/users/me", "/api/v1/organizations"])
async def test_routes_for_users_reject_keys(program: Caller, path: str) -> None:
    method = "GET" if path.endswith("me") else "POST"
    response = await program.send(method, path, json={"name": "x"} if method == "POST" else None)
    assert response.json()["error"]["code"] == "FORBIDDEN"
