"""`/users/me` and `/organizations` over REST."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from starlette.types import ASGIApp

from sekretarka.core.permissions import Role
from tests import clients
from tests.clients import Caller

ME, ALL = "/api/v1/users/me", "/api/v1/organizations"


async def test_me_returns_the_signed_in_user(owner: Caller) -> None:
    response = await owner.send("GET", ME)
    assert response.headers["cache-control"] == "private, no-store"
    me = response.json()["data"]
    assert me["id"] == str(owner.user_id)
    assert (me["organizationId"], me["role"], me["language"]) == (str(owner.organization_id), "owner", "pl")
    assert not {"passwordHash", "password", "emailKey"} & set(me)


async def test_me_can_be_patched(owner: Caller) -> None:
    patch = {"name": "Iga Kowalska", "phone": "601 000 111", "avatarUrl": "https://cdn.example/i.png", "language": "en"}
    me = await owner.data("PATCH", ME, json=patch)
    assert {name: me[name] for name in patch} == {**patch, "phone": "+48601000111"}
    assert me["version"] == 2
    assert (await owner.data("PATCH", ME, json={"phone": None}))["phone"] is None
    assert (await owner.data("PATCH", ME, json={}))["version"] == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", None),
        ("phone", "112"),
        ("avatarUrl", "javascript:alert(1)"),
        ("avatarUrl", "http://cdn.example/i.png"),
        ("language", "de"),
        ("email", "other@example.com"),
        ("role", "owner"),
        ("emailVerifiedAt", "2026-11-22T10:00:00Z"),
    ],
)
async def test_invalid_profile_fields_are_named(owner: Caller, field: str, value: Any) -> None:
    response = await owner.send("PATCH", ME, json={field: value})
    assert response.status_code == 422
    assert response.json()["error"]["details"][0]["path"] == ["body", field]
    assert (await owner.data("GET", ME))["version"] == 1


async def test_organizations_of_the_user_are_listed(owner: Caller, program: Caller, stranger: Caller) -> None:
    made = await owner.send("POST", ALL, json={"name": "Studio Mięta", "industry": "beauty", "phone": "221000200"})
    assert made.status_code == 201
    second = made.json()["data"]
    assert (second["timezone"], second["currency"], second["phone"]) == ("Europe/Warsaw", "pln", "+48221000200")
    assert second["businessHours"]["mon"] == [{"open": "09:00", "close": "17:00"}]
    assert second["businessHours"]["sun"] == []
    assert [row["name"] for row in await owner.data("GET", ALL)] == ["Studio Lawenda", "Studio Mięta"]
    assert [row["name"] for row in await program.data("GET", ALL)] == ["Studio Lawenda"]
    assert [row["name"] for row in await stranger.data("GET", ALL)] == ["Warsztat Nowak"]
    page = await owner.send("GET", ALL, params={"limit": 1})
    assert page.json()["metadata"]["total"] == 2
    cursor = page.json()["metadata"]["nextCursor"]
    rest = await owner.send("GET", ALL, params={"limit": 1, "cursor": cursor})
    assert [row["name"] for row in rest.json()["data"]] == ["Studio Mięta"]


async def test_organization_is_patched_and_deleted(owner: Caller, staff: Caller) -> None:
    path = f"{ALL}/{owner.organization_id}"
    changed = await owner.data("PATCH", path, json={"businessHours": {"sat": [{"open": "10:00", "close": "14:00"}]}})
    assert changed["businessHours"]["sat"] == [{"open": "10:00", "close": "14:00"}]
    assert changed["businessHours"]["mon"] == [{"open": "09:00", "close": "17:00"}]
    for method in ("PATCH", "DELETE"):
        refused = await staff.send(method, path, json={"name": "x"} if method == "PATCH" else None)
        assert refused.json()["error"]["code"] == "FORBIDDEN"
    assert await owner.data("DELETE", path) == {"id": str(owner.organization_id)}
    assert (await owner.send("GET", path)).status_code == 404


async def is_dead(app: ASGIApp, token: str) -> None:
    async with clients.client_of(app, clients.browser_headers(token)) as client:
        assert (await client.get(ME)).json()["error"]["code"] == "SESSION_EXPIRED"


async def test_session_is_rotated_when_organization_or_role_changes(app: ASGIApp, owner: Caller) -> None:
    """Other permissions, another session id (security.md#t4); changing other members keeps the own one."""
    own_organization = f"{ALL}/{owner.organization_id}"
    other, admin = [await clients.person(app, owner.organization_id, role) for role in (Role.OWNER, Role.ADMIN)]
    unchanged = owner.credential
    await owner.data("PATCH", f"{own_organization}/members/{other.user_id}", json={"role": "admin"})
    second = await owner.data("POST", ALL, json={"name": "Studio Mięta"})
    await owner.data("DELETE", f"{ALL}/{second['id']}")
    assert owner.credential == unchanged
    steps: list[tuple[Caller, str, str, Any]] = [
        (admin, "PATCH", f"{own_organization}/members/{admin.user_id}", {"role": "staff"}),
        (admin, "DELETE", f"{own_organization}/members/{admin.user_id}", None),
        (admin, "POST", ALL, {"name": "Na swoim"}),
        (owner, "DELETE", own_organization, None),
    ]
    for who, method, path, body in steps:
        before = who.credential
        await who.data(method, path, json=body)
        assert who.credential != before
        await is_dead(app, before)
        assert (await who.send("GET", ME)).status_code == 200


async def test_selecting_an_organization_rotates_the_session(app: ASGIApp, owner: Caller) -> None:
    second = await owner.data("POST", ALL, json={"name": "Studio Mięta"})
    before = owner.credential
    response = await owner.send("POST", f"{ALL}/{second['id']}/select")
    assert response.json()["data"] == second
    cookie = response.headers["set-cookie"]
    assert all(flag in cookie for flag in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert (await owner.data("GET", ME))["organizationId"] == second["id"]
    await is_dead(app, before)


async def test_user_without_organization_can_create_one(app: ASGIApp, nobody: AsyncClient) -> None:
    owner = await clients.founder(app)
    await owner.send("DELETE", f"{ALL}/{owner.organization_id}")
    assert (await owner.data("GET", ME))["organizationId"] is None
    assert (await owner.send("GET", "/api/v1/agents")).status_code in (403, 404)
    made = await owner.data("POST", ALL, json={"name": "Od nowa"})
    assert (await owner.data("GET", ME))["organizationId"] == made["id"]
