"""What belongs to another organisation does not exist (security.md#t1): every route, every place an id can stand.

The routes come from the document and the places from their parameters and bodies, so a new one without an entry fails.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import col
from starlette.types import ASGIApp

from sekretarka import asgi
from sekretarka.api.openapi import operations
from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.runtime import clock
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.models import User
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.tables import metadata
from sekretarka.providers.call_events import CallEvent
from tests import calls
from tests import clients as people
from tests import factories as make
from tests.clients import Caller
from tests.support import bookings

DOCUMENT = asgi.openapi()
PUBLIC = ("/api/auth/", "/api/health/", "/api/webhooks/")
# What stands in for each parameter of a path, and a body that would pass if everything were one's own where the example
# of the document (sekretarka/api/examples.py) would not.
PATH_IDS = {
    "agent_id": "agent",
    "api_key_id": "api_key",
    "appointment_id": "appointment",
    "client_id": "client",
    "conversation_id": "conversation",
    "hold_id": "hold",
    "identity_id": "identity",
    "invitation_id": "invitation",
    "organization_id": "organization",
    "session_id": "session",
    "service_id": "service",
    "staff_id": "staff",
    "time_off_id": "time_off",
    "user_id": "member",
}
TWIN = "the other one of the same rows"
# Parameters of paths that are words, not ids.
WORDS = {"tool": "answer"}
BODIES: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/agents/{agent_id}": {"name": "Zmieniona"},
    "PATCH /api/v1/api-keys/{api_key_id}": {"name": "Zmieniony"},
    "PATCH /api/v1/appointments/{appointment_id}": {"notes": "Zmieniona"},
    "PATCH /api/v1/clients/{client_id}": {"notes": "Zmieniona"},
    "PATCH /api/v1/conversations/{conversation_id}": {"notes": "Zmieniona"},
    "PATCH /api/v1/organizations/{organization_id}": {"name": "Zmieniona"},
    "PATCH /api/v1/organizations/{organization_id}/members/{user_id}": {"role": "viewer"},
    "POST /api/v1/organizations/{organization_id}/invitations": {"email": "ola@example.com", "role": "viewer"},
    "PATCH /api/v1/services/{service_id}": {"description": "Zmieniona"},
    "PATCH /api/v1/staff/{staff_id}": {"role": "Zmieniona"},
    "POST /api/v1/appointments": {
        "clientName": "Anna",
        "clientPhone": "+48601000111",
        "serviceType": "Strzyżenie",
        "scheduledAt": clock.to_json(make.at("14:00")),
    },
    "POST /api/v1/appointments/holds": {
        "serviceType": "Strzyżenie",
        "scheduledAt": clock.to_json(make.at("14:00")),
    },
    "POST /api/v1/clients": {"phone": "+48601000999"},
    "POST /api/v1/clients/{client_id}/merge": {"clientId": TWIN},
    "POST /api/v1/conversations": {"callId": "call_2"},
    "POST /api/v1/services": {"name": "Strzyżenie", "duration": 60, "price": {"amount": 0, "currency": "pln"}},
    "POST /api/v1/staff": {"name": "Kasia"},
    "POST /api/v1/tools/{tool}": {
        "callId": "call_1",
        "toolCallId": "t1",
        "arguments": {"question": "Czy jest parking?"},
    },
    "POST /api/v1/staff/{staff_id}/time-off": {"startsAt": "2027-01-04", "endsAt": "2027-01-05"},
}
QUERIES = {
    "GET /api/v1/appointments/outside": {},
    "GET /api/v1/appointments/availability": {"date": str(make.open_day()), "serviceType": "Strzyżenie"},
}
# Ids inside bodies and filters, by the name of the field.
FIELD_IDS = {
    "agentId": "agent",
    "agentIds": "agent",
    "assigneeId": "user",
    "clientId": "other_client",
    "conversationId": "conversation",
    "holdId": "hold",
    "staffId": "staff",
    "staffIds": "staff",
    "userId": "member",
}
BODY_SLOTS = {
    ("PATCH /api/v1/appointments/{appointment_id}", "staffId"): "person",
    ("PATCH /api/v1/services/{service_id}", "staffIds"): "person",
    ("PATCH /api/v1/staff/{staff_id}", "userId"): "person",
    ("POST /api/v1/appointments", "agentId"): "program",
    ("POST /api/v1/appointments", "conversationId"): "program",
    ("POST /api/v1/appointments", "holdId"): "person",
    ("POST /api/v1/appointments", "staffId"): "person",
    ("POST /api/v1/appointments/holds", "staffId"): "person",
    ("POST /api/v1/clients/{client_id}/merge", "clientId"): "person",
    ("POST /api/v1/services", "staffIds"): "person",
    ("POST /api/v1/staff", "userId"): "person",
    ("POST /api/v1/conversations", "agentId"): "program",
    ("POST /api/v1/tools/{tool}", "agentId"): "program",
    ("PATCH /api/v1/conversations/{conversation_id}", "followUp.assigneeId"): "person",
}
QUERY_SLOTS = {
    ("GET /api/v1/appointments", "clientId"),
    ("GET /api/v1/appointments", "staffId"),
    ("GET /api/v1/appointments/availability", "staffId"),
    ("GET /api/v1/appointments/outside", "staffId"),
    ("GET /api/v1/conversations", "agentId"),
}
# A vendor's names, not ids of rows.
FOREIGN_NAMES = {"callId", "toolCallId", "voiceId"}


@dataclass
class Rows:
    """One row of each kind in one organisation."""

    ids: dict[str, str]


async def rows(owner: Caller) -> Rows:
    agent = await make.agent(owner.organization_id, capabilities=list(Capability))
    booked = await bookings.rows(owner.organization_id)
    body = calls.event("call_started", agent.id, callerNumber="+48601000111")
    async with begin(actor.system(owner.organization_id), write=True) as uow:
        call, _ = await conversations.apply(uow, CallEvent.model_validate(body), "m1")
        call.client_id = booked["client"]  # her timeline has a visit and a call
        mine = (col(User.id) == owner.user_id) & col(User.password_hash).is_(None)
        await uow.execute(sa.update(User).where(mine).values(password_hash="$argon2id$"))  # an identity is not all
        key, _ = api_keys.issue(uow, owner.organization_id, owner.user_id, "test", [Permission.AGENTS_READ])
        session, _ = sessions.start(uow, owner.user_id, owner.organization_id, None)
    ids = {
        "agent": agent.id,
        "api_key": key.id,
        "conversation": call.id,
        "invitation": (await make.invitation(owner.organization_id)).id,
        "member": (await make.member(owner.organization_id, Role.STAFF)).user_id,
        "identity": (await make.identity(owner.user_id)).id,
        "organization": owner.organization_id,
        "session": session.id,
        "user": owner.user_id,
        **booked,
    }
    return Rows({name: str(value) for name, value in ids.items()})


def filled(path: str, ids: dict[str, str]) -> str:
    """The path with rows in place of its parameters."""
    for name, slot in PATH_IDS.items():
        path = path.replace(f"{{{name}}}", ids[slot])
    for name, word in WORDS.items():
        path = path.replace(f"{{{name}}}", word)
    return path


def body_at(path: str, body: dict[str, Any] | None) -> dict[str, Any] | None:
    """A body that would pass at that path: what depends on the path is filled in."""
    if body and body.get("clientId") == TWIN:
        return {**body, "clientId": str(bookings.twin(UUID(path.split("/")[-2])))}
    return body


def schema_ids(schema: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Dotted names of the fields of a body that hold ids."""
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    schema = DOCUMENT["components"]["schemas"][reference] if reference else schema
    for name, field in schema.get("properties", {}).items():
        options = [field, *field.get("anyOf", []), field.get("items", {})]
        if any(option.get("format") == "uuid" for option in options) or name.endswith(("Id", "Ids")):
            yield f"{prefix}{name}"
        for option in options:
            if "$ref" in option:
                yield from schema_ids(option, f"{prefix}{name}.")


def protected() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for path, method, operation in operations(DOCUMENT):
        if not path.startswith(PUBLIC):
            yield f"{method.upper()} {path}", method.upper(), path, operation


ROUTES = {name: (method, path, operation) for name, method, path, operation in protected()}


def example(operation: dict[str, Any]) -> dict[str, Any]:
    """The body that the document shows, without ids: no row has those."""
    content = operation["requestBody"]["content"]["application/json"]
    assert content["example"], f"sekretarka/api/examples.py has none of {content['schema']['$ref']}"
    ids = set(schema_ids(content["schema"]))
    return {field: value for field, value in content["example"].items() if field not in ids}


BODIES |= {
    name: example(operation)
    for name, (_, _, operation) in ROUTES.items()
    if name not in BODIES and "requestBody" in operation
}
BY_ID = sorted(name for name in ROUTES if any(f"{{{key}}}" in name for key in PATH_IDS))


def slots() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    bodies, queries = set(), set()
    for name, (_, _, operation) in ROUTES.items():
        content = operation.get("requestBody", {}).get("content", {})
        for shown in content.values():
            bodies |= {(name, field) for field in schema_ids(shown["schema"])}
        for parameter in operation.get("parameters", []):
            schema = parameter["schema"]
            is_id = any(option.get("format") == "uuid" for option in (schema, *schema.get("anyOf", [])))
            if parameter["in"] == "query" and is_id:
                queries.add((name, parameter["name"]))
    return {slot for slot in bodies if slot[1].rpartition(".")[2] not in FOREIGN_NAMES}, queries


def test_every_place_for_an_id_is_tried() -> None:
    parameters = {p["name"] for _, _, op in ROUTES.values() for p in op.get("parameters", []) if p["in"] == "path"}
    assert parameters == {*PATH_IDS, *WORDS}, "say in PATH_IDS which of `rows` stands in for each new parameter"
    bodies, queries = slots()
    assert bodies == set(BODY_SLOTS), "say in BODY_SLOTS who sends each new id, in FIELD_IDS which of `rows` it names"
    assert queries == QUERY_SLOTS, "list each new filter by an id in QUERY_SLOTS, its row in FIELD_IDS"


async def fingerprint(organization_id: Any) -> str:
    """Every row of one organisation, in every table."""
    digest = hashlib.sha256()
    async with begin(actor.system()) as uow:
        for table in metadata.sorted_tables:
            if "organization_id" in table.c:
                found = await uow.execute(sa.select(table).where(table.c.organization_id == organization_id))
                digest.update(repr(sorted(map(repr, found))).encode())
            elif table.name == "organizations":
                digest.update(
                    repr((await uow.execute(sa.select(table).where(table.c.id == organization_id))).all()).encode()
                )
    return digest.hexdigest()


def same(one: httpx2.Response, other: httpx2.Response) -> bool:
    """Nothing but the request's id and the counted limit may tell two answers apart."""
    changing = ("x-request-id", "ratelimit", "date")
    heads = [{k: v for k, v in answer.headers.items() if k not in changing} for answer in (one, other)]
    return (one.status_code, one.content, heads[0]) == (other.status_code, other.content, heads[1])


async def callers(app: ASGIApp, owner: Caller) -> list[Caller]:
    others = [await people.person(app, owner.organization_id, role) for role in Role if role is not Role.OWNER]
    return [owner, *others, await people.program(app, owner.actor)]


@pytest.mark.parametrize("name", BY_ID)
async def test_a_foreign_id_in_the_path_is_like_one_that_never_was(
    app: ASGIApp, owner: Caller, stranger: Caller, name: str
) -> None:
    method, path, _ = ROUTES[name]
    mine, theirs = await rows(owner), await rows(stranger)
    before = await fingerprint(stranger.organization_id)
    body = body_at(filled(path, mine.ids), BODIES.get(name))

    async def ask(caller: Caller, **other: str) -> httpx2.Response:
        where = filled(path, mine.ids | other)
        return await caller.send(method, where, **({"json": body} if body else {}))

    for caller in await callers(app, owner):
        for slot in (slot for key, slot in PATH_IDS.items() if f"{{{key}}}" in path):
            foreign, random = await ask(caller, **{slot: theirs.ids[slot]}), await ask(caller, **{slot: str(uuid4())})
            assert same(foreign, random), f"{name}: {foreign.text} {random.text}"
            assert foreign.status_code in ((404,) if caller is owner else (403, 404))
    assert await fingerprint(stranger.organization_id) == before
    assert (await ask(owner)).status_code < 400, f"{name} fails for one's own row: give it a body in BODIES"


@pytest.mark.parametrize(("name", "field"), sorted(BODY_SLOTS))
async def test_a_foreign_id_in_a_body_is_like_one_that_never_was(
    app: ASGIApp, owner: Caller, stranger: Caller, name: str, field: str
) -> None:
    method, path, _ = ROUTES[name]
    mine, theirs = await rows(owner), await rows(stranger)
    before = await fingerprint(stranger.organization_id)
    caller = owner if BODY_SLOTS[name, field] == "person" else await people.program(app, owner.actor)
    where = filled(path, mine.ids)
    slot = FIELD_IDS[field.rpartition(".")[2]]

    async def ask(row_id: str) -> httpx2.Response:
        value: Any = [row_id] if field.endswith("Ids") else row_id
        for part in reversed(field.split(".")):
            value = {part: value}
        return await caller.send(method, where, json={**BODIES.get(name, {}), **value})

    foreign, random = await ask(theirs.ids[slot]), await ask(str(uuid4()))
    assert same(foreign, random), f"{foreign.text} {random.text}"
    assert foreign.status_code == 422
    assert (await ask(mine.ids[slot])).status_code < 400
    assert await fingerprint(stranger.organization_id) == before


@pytest.mark.parametrize(("name", "field"), sorted(QUERY_SLOTS))
async def test_a_foreign_id_in_a_filter_finds_nothing(owner: Caller, stranger: Caller, name: str, field: str) -> None:
    _, path, _ = ROUTES[name]
    mine, theirs = await rows(owner), await rows(stranger)
    slot = "client" if field == "clientId" else FIELD_IDS[field]

    async def ask(row_id: str) -> httpx2.Response:
        return await owner.send("GET", path, params={**QUERIES.get(name, {}), field: row_id})

    foreign, random, own = await ask(theirs.ids[slot]), await ask(str(uuid4())), await ask(mine.ids[slot])
    assert same(foreign, random)
    if name in QUERIES:  # no list: who is asked for has to exist
        assert (foreign.status_code, own.status_code) == (422, 200)
        return
    assert foreign.json()["data"] == []
    assert own.json()["metadata"]["total"] == 1


LISTS = sorted(
    name for name, (method, path, op) in ROUTES.items() if method == "GET" and "cursor" in str(op.get("parameters"))
)


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_and_its_cursor_stay_at_home(owner: Caller, stranger: Caller, name: str) -> None:
    _, path, _ = ROUTES[name]
    at_home = []
    for caller in (owner, stranger):
        await rows(caller)
        at_home.append(filled(path, (await rows(caller)).ids))
    mine = await owner.send("GET", at_home[0], params={"limit": 1})
    theirs = await stranger.send("GET", at_home[1], params={"limit": 1})
    assert mine.json()["metadata"]["total"] == theirs.json()["metadata"]["total"]
    assert mine.json()["data"][0]["id"] != theirs.json()["data"][0]["id"]
    cursor = theirs.json()["metadata"].get("nextCursor")
    if cursor is None:
        assert path == "/api/v1/organizations"
        return
    assert (await stranger.send("GET", at_home[1], params={"cursor": cursor})).status_code == 200
    foreign = await owner.send("GET", at_home[0], params={"cursor": cursor})
    assert foreign.json()["error"]["details"][0]["code"] == "invalid_cursor"


@pytest.mark.parametrize("name", sorted(ROUTES))
async def test_nobody_gets_in_anywhere(owner: Caller, nobody: httpx2.AsyncClient, name: str) -> None:
    method, path, _ = ROUTES[name]
    path = filled(path, (await rows(owner)).ids)
    before = await fingerprint(owner.organization_id)
    response = await nobody.request(method, path, json=BODIES.get(name) if method != "GET" else None)
    assert response.status_code == 401
    assert await fingerprint(owner.organization_id) == before
