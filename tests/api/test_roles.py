"""Who may do what over REST (security.md#t2): every route for every role and for keys, by the one table."""

from pathlib import Path
from uuid import uuid4

import pytest
from starlette.types import ASGIApp

from sekretarka.api.route import PERMISSION
from sekretarka.core.permissions import KEY_SCOPES, ROLE_PERMISSIONS, Permission, Role
from tests import clients
from tests.api.routes import ACCEPT, BODIES, FROM_CALLS, QUERIES, ROUTES, body_at, filled, rows
from tests.clients import Caller
from tests.support import bookings
from tests.support.accounts import PASSWORD
from tests.support.invitations import token_for

pytestmark = pytest.mark.usefixtures("light_hashes")

REVIEWED = Path(__file__).with_name("roles.txt")
# Everybody has oneself and may found a business; the rest of the routes name what they need.
NEEDS_NOTHING = {
    "GET /api/v1/users/me",
    "PATCH /api/v1/users/me",
    "GET /api/v1/users/me/identities",
    "DELETE /api/v1/users/me/identities/{identity_id}",
    "POST /api/v1/users/me/password",
    "GET /api/v1/users/me/sessions",
    "DELETE /api/v1/users/me/sessions",
    "DELETE /api/v1/users/me/sessions/{session_id}",
    "POST /api/v1/organizations",
    ACCEPT,
}
# For programs only: a browser's session alone tells of no calls and uses no tools.
NOT_FOR_PEOPLE = FROM_CALLS
# Staff keep notes of clients and visits of their own, but do not say who is who.
NOT_FOR_STAFF = {"POST /api/v1/clients", "POST /api/v1/clients/{client_id}/merge"}
NOT_FOR_KEYS = {*NEEDS_NOTHING, "POST /api/v1/organizations/{organization_id}/select"}


def needed(name: str) -> Permission | None:
    need = ROUTES[name][2].get(PERMISSION)
    return Permission(need) if need else None


def may(name: str, role: Role) -> bool:
    """Whether a person of this role gets an answer."""
    need = needed(name)
    refused = name in NOT_FOR_PEOPLE or (name in NOT_FOR_STAFF and role is Role.STAFF)
    return not refused and (need is None or need in ROLE_PERMISSIONS[role])


def may_key(name: str) -> bool:
    """Whether a key with the scope that the route needs gets an answer."""
    return name not in NOT_FOR_KEYS and needed(name) in KEY_SCOPES


def test_every_route_says_what_it_needs() -> None:
    undeclared = {name for name in ROUTES if needed(name) is None}
    assert undeclared == NEEDS_NOTHING, "at the route: openapi_extra=requires(Permission…); or list it in NEEDS_NOTHING"


def test_the_table_of_roles_is_the_one_that_was_reviewed() -> None:
    assert REVIEWED.read_text(encoding="utf-8") == table(), "if meant: make regenerate, then review its diff"


def table() -> str:
    """Who may call what, for people to read: every route, every role, and the scope that a key needs."""
    lines = [("", *Role, "key")]
    lines += [
        (name, *("yes" if may(name, role) else "-" for role in Role), str(needed(name)) if may_key(name) else "-")
        for name in sorted(ROUTES, key=lambda name: (ROUTES[name][1], name))
    ]
    width = max(len(line[0]) for line in lines)
    rows = (f"{name:<{width}}  {'  '.join(f'{cell:<6}' for cell in cells)}".rstrip() for name, *cells in lines)
    return "\n".join(rows) + "\n"


async def attempt(caller: Caller, owner: Caller, name: str) -> int:
    method, path, _ = ROUTES[name]
    own_rows = await rows(owner)
    if "/users/me" in path and caller.actor.kind == "user":
        own_rows = await rows(caller)  # what is a person's own is nobody else's, whatever the role
        await clients.give_password(caller, PASSWORD)
    path = filled(path, own_rows.ids)
    body = body_at(path, BODIES.get(name))
    if caller.actor.role is Role.STAFF:
        await bookings.works_as(caller.user_id, owner.organization_id, own_rows.ids["staff"])
        await bookings.hold_for(owner.organization_id, own_rows.ids["hold"], own_rows.ids["staff"])
    if body and "email" in body:
        body = {**body, "email": f"{uuid4()}@example.com"}  # nobody is invited twice
    if name == "POST /api/v1/clients":
        body = {"phone": f"+48601{uuid4().int % 1_000_000:06}"}  # nobody has one twice
    if name == ACCEPT and caller.actor.kind == "user":
        body = {"token": await token_for(caller.user_id)}
    if name == "POST /api/v1/conversations":
        body = {"agentId": own_rows.ids["agent"], "callId": "call_9"}
    elif body and name in NOT_FOR_PEOPLE:
        body = {**body, "agentId": own_rows.ids["agent"]}
    send = "HEAD" if path.endswith("/stream") else method  # a stream never ends by itself
    what = {"params": QUERIES.get(name, {}), **({"json": body} if body else {})}
    return (await caller.send(send, path, **what)).status_code


@pytest.mark.parametrize("name", sorted(ROUTES))
async def test_each_role_may_do_what_the_table_says(app: ASGIApp, owner: Caller, name: str) -> None:
    for role in Role:
        caller = await clients.person(app, owner.organization_id, role)
        status = await attempt(caller, owner, name)
        assert (status < 400) == may(name, role), f"{role} {status}: the service and the route's requires(…) must agree"
        assert status < 400 or status == 403
        if name.startswith("DELETE /api/v1/organizations") and may(name, role):
            return  # with the business its other members are gone


@pytest.mark.parametrize("name", sorted(ROUTES))
async def test_keys_may_do_what_their_scopes_say(app: ASGIApp, owner: Caller, name: str) -> None:
    every = await clients.program(app, owner.actor)
    lacking = await clients.program(app, owner.actor, *(scope for scope in KEY_SCOPES if scope != needed(name)))
    assert await attempt(lacking, owner, name) == 403
    status = await attempt(every, owner, name)
    assert (status < 400) == may_key(name), status
    assert status < 400 or status == 403
