"""The team over REST: what the shapes promise, and that nothing is left of somebody who was removed."""

from uuid import uuid4

import pytest
from starlette.types import ASGIApp

from sekretarka.core.permissions import Role
from tests import clients
from tests.clients import Caller
from tests.support.invitations import token_for


@pytest.fixture
async def admin(app: ASGIApp, owner: Caller) -> Caller:
    """Manages Studio Lawenda."""
    return await clients.person(app, owner.organization_id, Role.ADMIN)


def team(caller: Caller) -> str:
    return f"/api/v1/organizations/{caller.organization_id}"


async def test_members_as_they_are_shown(owner: Caller, staff: Caller) -> None:
    first, second = await owner.data("GET", f"{team(owner)}/members")
    assert (first["userId"], first["role"]) == (str(owner.user_id), "owner")
    assert second == await owner.data("GET", f"{team(owner)}/members/{staff.user_id}")
    assert set(second) == {
        "id", "organizationId", "version", "createdAt", "updatedAt",
        "userId", "name", "email", "avatarUrl", "role", "joinedAt", "lastSeenAt",
    }  # fmt: skip
    assert second["lastSeenAt"].endswith("Z")


async def test_a_role_is_changed_by_merge_patch(owner: Caller, staff: Caller) -> None:
    changed = await owner.data("PATCH", f"{team(owner)}/members/{staff.user_id}", json={"role": "admin"})
    assert (changed["role"], changed["version"]) == ("admin", 2)
    assert (await staff.data("GET", "/api/v1/users/me"))["role"] == "admin", "from the next request on"
    wrong = await owner.send("PATCH", f"{team(owner)}/members/{staff.user_id}", json={"role": "king"})
    assert wrong.status_code == 422


async def test_the_last_owner_is_told_why(owner: Caller) -> None:
    membership = f"{team(owner)}/members/{owner.user_id}"
    for answer in (
        await owner.send("PATCH", membership, json={"role": "admin"}),
        await owner.send("DELETE", membership),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "LAST_OWNER")


async def test_admins_do_not_touch_owners(owner: Caller, admin: Caller, staff: Caller) -> None:
    ways = [
        admin.send("PATCH", f"{team(owner)}/members/{owner.user_id}", json={"role": "viewer"}),
        admin.send("DELETE", f"{team(owner)}/members/{owner.user_id}"),
        admin.send("PATCH", f"{team(owner)}/members/{staff.user_id}", json={"role": "owner"}),
        admin.send("PATCH", f"{team(owner)}/members/{admin.user_id}", json={"role": "owner"}),
        admin.send("POST", f"{team(owner)}/invitations", json={"email": "ja@example.com", "role": "owner"}),
    ]
    assert [(await way).status_code for way in ways] == [403] * 5


@pytest.mark.parametrize("role", [Role.STAFF, Role.VIEWER])
async def test_members_may_leave(app: ASGIApp, owner: Caller, role: Role) -> None:
    member = await clients.person(app, owner.organization_id, role)
    removed = await member.data("DELETE", f"{team(owner)}/members/{member.user_id}")
    assert set(removed) == {"id"}
    assert (await member.send("GET", team(owner))).status_code == 404
    assert (await member.data("GET", "/api/v1/users/me"))["organizationId"] is None


async def test_invitations_from_the_first_email_to_the_answer(owner: Caller, stranger: Caller) -> None:
    response = await owner.send(
        "POST", f"{team(owner)}/invitations", json={"email": "ewa@example.com", "role": "staff"}
    )
    assert response.status_code == 201
    assert "token" not in response.text
    invitation = await owner.data("GET", response.headers["location"])
    assert invitation == response.json()["data"]
    assert invitation["status"] == "pending"
    again = await owner.send("POST", f"{team(owner)}/invitations", json={"email": "EWA@example.com", "role": "viewer"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "DUPLICATE")
    sent = await owner.data("POST", f"{response.headers['location']}/resend")
    assert sent["version"] == 2
    [listed] = await owner.data("GET", f"{team(owner)}/invitations")
    assert listed == sent
    await owner.data("DELETE", response.headers["location"])
    assert (await owner.data("GET", response.headers["location"]))["status"] == "revoked"
    assert await owner.data("GET", f"{team(owner)}/invitations") == []
    token = await token_for(stranger.user_id)
    for caller, status in ((owner, 403), (stranger, 200), (stranger, 410)):
        answer = await caller.send("POST", "/api/v1/invitations/accept", json={"token": token})
        assert answer.status_code == status
    assert len(await stranger.data("GET", "/api/v1/organizations")) == 2


async def test_an_unknown_token_is_no_invitation(owner: Caller) -> None:
    for token in ("0" * 64, "x", "ż" * 64):
        answer = await owner.send("POST", "/api/v1/invitations/accept", json={"token": token})
        assert answer.status_code == 404
    assert (await owner.send("POST", "/api/v1/invitations/accept", json={"token": ""})).status_code == 422


async def test_the_path_says_whose_role_counts(app: ASGIApp, owner: Caller, stranger: Caller) -> None:
    """An owner at home is a viewer here, whichever organisation the session or a header chose."""
    token = await token_for(stranger.user_id, owner.actor, Role.VIEWER)
    await stranger.data("POST", "/api/v1/invitations/accept", json={"token": token})
    for headers in ({}, {"X-Organization-Id": str(owner.organization_id)}):
        for path in (f"{team(owner)}/members", f"{team(owner)}/invitations"):
            assert (await stranger.send("GET", path, headers=headers)).status_code == 403
        assert (await stranger.send("GET", f"{team(stranger)}/members", headers=headers)).status_code == 200
    assert (await stranger.send("GET", f"/api/v1/organizations/{uuid4()}/members")).status_code == 404


async def test_keys_read_the_team_and_change_nothing(owner: Caller, program: Caller, staff: Caller) -> None:
    assert len(await program.data("GET", f"{team(owner)}/members")) == 2
    ways = [
        program.send("PATCH", f"{team(owner)}/members/{staff.user_id}", json={"role": "admin"}),
        program.send("DELETE", f"{team(owner)}/members/{staff.user_id}"),
        program.send("POST", f"{team(owner)}/invitations", json={"email": "ja@example.com", "role": "viewer"}),
        program.send("POST", "/api/v1/invitations/accept", json={"token": "0" * 64}),
    ]
    assert [(await way).status_code for way in ways] == [403] * 4
