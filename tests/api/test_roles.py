"""Who may do what over REST (security.md#t2): every route for every role and for keys, by the one table."""

from collections.abc import Callable
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
    "GET /api/v1/users/me/notification-preferences",
    "PATCH /api/v1/users/me/notification-preferences",
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


async def attempt(caller: Caller, name: str, ids: dict[str, str]) -> int:
    method, path, _ = ROUTES[name]
    path = filled(path, ids)
    body = body_at(path, BODIES.get(name))
    is_person = caller.actor.kind == "user"
    if body and "email" in body:
        body = {**body, "email": f"{uuid4()}@example.com"}  # nobody is invited twice
    if body and "currentPassword" in body and is_person:
        await clients.give_password(caller, PASSWORD)
    if name == "POST /api/v1/clients":
        body = {"phone": f"+48601{uuid4().int % 1_000_000:06}"}  # nobody has one twice
    if name == ACCEPT and is_person:
        body = {"token": await token_for(caller.user_id)}
    if name == "POST /api/v1/conversations":
        body = {"agentId": ids["agent"], "callId": "call_9"}
    elif body and name in NOT_FOR_PEOPLE:
        body = {**body, "agentId": ids["agent"]}
    send = "HEAD" if path.endswith("/stream") else method  # a stream never ends by itself
    what = {"params": QUERIES.get(name, {}), **({"json": body} if body else {})}
    return (await caller.send(send, path, **what)).status_code


async def joined(app: ASGIApp, owner: Caller, role: Role) -> tuple[Caller, dict[str, str]]:
    """Another member of that role, and rows: what is a person's own is nobody else's, whatever the role."""
    caller = await clients.person(app, owner.organization_id, role)
    ids = (await rows(caller)).ids
    if role is Role.STAFF:
        await bookings.works_as(caller.user_id, owner.organization_id, ids["staff"])
        await bookings.hold_for(owner.organization_id, ids["hold"], ids["staff"])
    return caller, ids


def uses_up(name: str, allowed: bool) -> bool:
    """Whether rows, session or business may be others afterwards; what is refused or only read leaves them."""
    return allowed and not name.startswith("GET")


def those_against(statuses: dict[str, int], allowed: set[str]) -> dict[str, int]:
    """What was not answered as the table says: well, or by 403."""
    return {name: status for name, status in statuses.items() if (status >= 400 if name in allowed else status != 403)}


@pytest.mark.parametrize("role", Role)
async def test_each_role_may_do_what_the_table_says(
    app: ASGIApp, owner: Caller, role: Role, configure: Callable[..., None]
) -> None:
    configure(rate_limit_session="1000/1seconds")
    shared = await joined(app, owner, role)
    statuses = {}
    for name in sorted(ROUTES):
        caller, ids = await joined(app, await clients.founder(app), role) if uses_up(name, may(name, role)) else shared
        statuses[name] = await attempt(caller, name, ids)
    wrong = those_against(statuses, {name for name in ROUTES if may(name, role)})
    assert not wrong, "the service and the route's requires(…) must agree"


async def test_keys_may_do_what_their_scopes_say(app: ASGIApp, owner: Caller) -> None:
    shared = await clients.program(app, owner.actor), (await rows(owner)).ids
    statuses = {}
    for name in sorted(ROUTES):
        caller, ids = shared
        if uses_up(name, may_key(name)):
            founder = await clients.founder(app)
            caller, ids = await clients.program(app, founder.actor), (await rows(founder)).ids
        statuses[name] = await attempt(caller, name, ids)
    assert not those_against(statuses, {name for name in ROUTES if may_key(name)})


async def test_keys_without_the_scope_may_not(app: ASGIApp, owner: Caller) -> None:
    ids = (await rows(owner)).ids
    statuses: dict[str, int] = {}
    for need in {needed(name) for name in ROUTES}:
        lacking = await clients.program(app, owner.actor, *(scope for scope in KEY_SCOPES if scope != need))
        statuses |= {name: await attempt(lacking, name, ids) for name in ROUTES if needed(name) == need}
    assert not those_against(statuses, set())
