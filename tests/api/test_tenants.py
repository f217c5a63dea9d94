"""What belongs to another organization does not exist (security.md#t1): every route, every place an id can stand.

The routes come from the document and the places from their parameters and bodies (tests/api/routes.py).
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from starlette.types import ASGIApp

from sekretarka.core.permissions import Role
from tests import clients
from tests.api.routes import (
    BODIES,
    FROM_CALLS,
    PATH_IDS,
    QUERIES,
    ROUTES,
    VENDOR_IDS,
    body_at,
    filled,
    fingerprint,
    row_of,
    rows,
    schema_ids,
)
from tests.clients import Caller

BY_ID = sorted(name for name in ROUTES if any(f"{{{key}}}" in name for key in PATH_IDS))
# Only a program says for which agent or call it acts.
PROGRAM_FIELDS = {"agentId", "conversationId"}


def slots() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Route and field of every id in a body, and of every id in a filter."""
    bodies, queries = set(), set()
    for name, (_, _, operation) in ROUTES.items():
        content = operation.get("requestBody", {}).get("content", {})
        for media in content.values():
            bodies |= {(name, field) for field in schema_ids(media["schema"])}
        for parameter in operation.get("parameters", []):
            schema = parameter["schema"]
            is_id = any(option.get("format") == "uuid" for option in (schema, *schema.get("anyOf", [])))
            if parameter["in"] == "query" and is_id:
                queries.add((name, parameter["name"]))
    return sorted(slot for slot in bodies if slot[1].rpartition(".")[2] not in VENDOR_IDS), sorted(queries)


BODY_SLOTS, QUERY_SLOTS = slots()


async def test_every_id_has_a_row(owner: Caller) -> None:
    expected = {*PATH_IDS.values(), *(row_of(field.rpartition(".")[2]) for _, field in (*BODY_SLOTS, *QUERY_SLOTS))}
    missing = expected - set((await rows(owner)).ids)
    assert missing == set(), "make these in tests/api/routes.py: rows, or say in VENDOR_IDS that they are no rows"


def same(first: httpx2.Response, second: httpx2.Response) -> bool:
    """Nothing but the request's id and the counted limit may tell two answers apart."""
    changing = ("x-request-id", "ratelimit", "date")
    heads = [{k: v for k, v in answer.headers.items() if k not in changing} for answer in (first, second)]
    return (first.status_code, first.content, heads[0]) == (second.status_code, second.content, heads[1])


async def callers(app: ASGIApp, owner: Caller) -> list[Caller]:
    others = [await clients.person(app, owner.organization_id, role) for role in Role if role is not Role.OWNER]
    return [owner, *others, await clients.program(app, owner.actor)]


async def test_foreign_id_in_the_path_is_like_a_random_one(
    app: ASGIApp, owner: Caller, stranger: Caller, configure: Callable[..., None]
) -> None:
    """That the same requests are fine with one's own ids is what test_roles.py says of an owner."""
    configure(rate_limit_session="1000/1seconds")
    own_rows, foreign_rows = await rows(owner), await rows(stranger)
    before = await fingerprint(stranger.organization_id)

    async def ask(caller: Caller, name: str, **other: str) -> httpx2.Response:
        method, path, _ = ROUTES[name]
        body = body_at(filled(path, own_rows.ids), BODIES.get(name))
        return await caller.send(method, filled(path, own_rows.ids | other), **({"json": body} if body else {}))

    for caller in await callers(app, owner):
        for name in BY_ID:
            for slot in (slot for key, slot in PATH_IDS.items() if f"{{{key}}}" in name):
                foreign = await ask(caller, name, **{slot: foreign_rows.ids[slot]})
                random = await ask(caller, name, **{slot: str(uuid4())})
                assert same(foreign, random), f"{name}: {foreign.text} {random.text}"
                assert foreign.status_code in ((404,) if caller is owner else (403, 404)), name
    assert await fingerprint(stranger.organization_id) == before


@pytest.mark.parametrize(("name", "field"), BODY_SLOTS)
async def test_foreign_id_in_a_body_is_like_a_random_one(
    app: ASGIApp, owner: Caller, stranger: Caller, name: str, field: str
) -> None:
    method, path, _ = ROUTES[name]
    own_rows, foreign_rows = await rows(owner), await rows(stranger)
    before = await fingerprint(stranger.organization_id)
    by_program = name in FROM_CALLS or field in PROGRAM_FIELDS
    caller = await clients.program(app, owner.actor) if by_program else owner
    where = filled(path, own_rows.ids)
    slot = row_of(field.rpartition(".")[2])

    async def ask(row_id: str) -> httpx2.Response:
        value: Any = [row_id] if field.endswith("Ids") else row_id
        for part in reversed(field.split(".")):
            value = {part: value}
        return await caller.send(method, where, json={**BODIES.get(name, {}), **value})

    foreign, random = await ask(foreign_rows.ids[slot]), await ask(str(uuid4()))
    assert same(foreign, random), f"{foreign.text} {random.text}"
    assert foreign.status_code == 422
    assert (await ask(own_rows.ids[slot])).status_code < 400
    assert await fingerprint(stranger.organization_id) == before


@pytest.mark.parametrize(("name", "field"), QUERY_SLOTS)
async def test_a_foreign_id_in_a_filter_finds_nothing(owner: Caller, stranger: Caller, name: str, field: str) -> None:
    _, path, _ = ROUTES[name]
    own_rows, foreign_rows = await rows(owner), await rows(stranger)
    slot = "client" if field == "clientId" else row_of(field)

    async def ask(row_id: str) -> httpx2.Response:
        return await owner.send("GET", path, params={**QUERIES.get(name, {}), field: row_id})

    foreign, random, own = await ask(foreign_rows.ids[slot]), await ask(str(uuid4())), await ask(own_rows.ids[slot])
    assert same(foreign, random)
    if name not in LISTS:  # who is asked for has to exist
        assert (foreign.status_code, own.status_code) == (422, 200)
        return
    assert foreign.json()["data"] == []
    assert own.json()["metadata"]["total"] == 1


LISTS = sorted(
    name for name, (method, path, op) in ROUTES.items() if method == "GET" and "cursor" in str(op.get("parameters"))
)


def rows_of(page: httpx2.Response) -> list[Any]:
    """What is listed: the data itself, or its only list."""
    data = page.json()["data"]
    return data if isinstance(data, list) else next(value for value in data.values() if isinstance(value, list))


@pytest.mark.parametrize("name", LISTS)
async def test_lists_and_cursors_are_per_organization(owner: Caller, stranger: Caller, name: str) -> None:
    _, path, _ = ROUTES[name]
    paths = []
    for caller in (owner, stranger):
        await rows(caller)
        paths.append(filled(path, (await rows(caller)).ids))
    own_page = await owner.send("GET", paths[0], params={"limit": 1})
    foreign_page = await stranger.send("GET", paths[1], params={"limit": 1})
    assert own_page.json()["metadata"]["total"] == foreign_page.json()["metadata"]["total"]
    [own, *_], [other, *_] = (rows_of(page) for page in (own_page, foreign_page))
    assert own["id"] != other["id"]
    cursor = foreign_page.json()["metadata"].get("nextCursor")
    if cursor is None:
        assert path == "/api/v1/organizations"
        return
    assert (await stranger.send("GET", paths[1], params={"cursor": cursor})).status_code == 200
    foreign = await owner.send("GET", paths[0], params={"cursor": cursor})
    assert foreign.json()["error"]["details"][0]["code"] == "invalid_cursor"


async def test_anonymous_requests_are_rejected_everywhere(app: ASGIApp, owner: Caller) -> None:
    ids = (await rows(owner)).ids
    before = await fingerprint(owner.organization_id)
    for name, (method, path, _) in ROUTES.items():
        body = BODIES.get(name) if method != "GET" else None
        async with clients.client_of(app) as nobody:
            assert (await nobody.request(method, filled(path, ids), json=body)).status_code == 401, name
    assert await fingerprint(owner.organization_id) == before
