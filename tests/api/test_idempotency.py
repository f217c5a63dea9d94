"""A POST with a key has one effect and one answer, however often and however many at once (api.md#idempotency)."""

import asyncio
import contextvars
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from httpx2 import AsyncClient, Response
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from sekretarka import asgi
from sekretarka.api import openapi_headers
from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Conflict, Invalid
from sekretarka.core.permissions import Role
from sekretarka.core.web import idempotency, rate_limiter
from sekretarka.core.web.idempotency import StoredResponse
from sekretarka.domain.accounts.models import User
from sekretarka.domain.agents import service as agents
from sekretarka.domain.auth import api_key_auth
from sekretarka.jobs import schedule
from tests import clients, factories
from tests.api.routes import ACCEPT, BODIES, ROUTES, body_at, fingerprint, rows
from tests.api.test_versions import place
from tests.clients import Caller
from tests.support import databases
from tests.support.invitations import token_for

AGENTS = "/api/v1/agents"
OLA = {"name": "Ola", "language": "pl"}
POSTS = sorted(
    name for name in ROUTES if name.startswith("POST") and ROUTES[name][1] not in openapi_headers.NOT_REPEATABLE
)
JSON = {"Content-Type": "application/json"}
FOR_PROGRAMS = {"POST /api/v1/conversations", "POST /api/v1/tools/{tool}"}


async def post(caller: Caller, key: str, body: Any = None, path: str = AGENTS) -> Response:
    return await caller.send("POST", path, json=OLA if body is None else body, headers={"Idempotency-Key": key})


async def count(caller: Caller) -> int:
    total: int = (await caller.send("GET", AGENTS)).json()["metadata"]["total"]
    return total


async def stored() -> list[StoredResponse]:
    async with begin(actor.system()) as uow:
        return list((await uow.execute(sa.select(StoredResponse))).scalars())


@pytest.mark.parametrize("name", POSTS)
async def test_every_post_is_answered_again_byte_by_byte(owner: Caller, program: Caller, name: str) -> None:
    path = await place(owner, name)
    body = body_at(path, BODIES.get(name))
    caller = program if name in FOR_PROGRAMS else owner
    if name in FOR_PROGRAMS:
        body = {**(body or {}), "agentId": (await rows(owner)).ids["agent"]}
    if name == ACCEPT:
        body = {"token": await token_for(owner.user_id)}
    what = {"json": body} if body else {}
    first = await caller.send("POST", path, headers={"Idempotency-Key": "k"}, **what)
    assert first.status_code < 300, first.text
    assert "idempotency-replayed" not in first.headers
    await api_key_auth.flush_uses()  # a key notes its use once a minute
    before = await fingerprint(owner.organization_id)
    if "set-cookie" in first.headers:  # the session has a new token now
        token = first.headers["set-cookie"].partition("=")[2].partition(";")[0]
        caller.client.headers.update(clients.browser_headers(token))
    again = await caller.send("POST", path, headers={"Idempotency-Key": '"k"'}, **what)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    same = ("location", "etag", "cache-control", "content-type")
    assert [again.headers.get(header) for header in same] == [first.headers.get(header) for header in same]
    assert "set-cookie" not in again.headers
    assert await fingerprint(owner.organization_id) == before, "the second time nothing happens"


async def test_another_payload_under_the_same_key_is_refused(owner: Caller) -> None:
    assert (await post(owner, "k")).status_code == 201
    same = await owner.send(
        *("POST", AGENTS), content=b'{ "language":"pl" , "name":"Ola" }', headers={"Idempotency-Key": "k", **JSON}
    )
    assert same.headers["idempotency-replayed"] == "true", "order and blanks are no other payload"
    other = await post(owner, "k", {**OLA, "name": "Ewa"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert await count(owner) == 1


async def test_a_key_is_good_for_one_caller_and_one_path(app: ASGIApp, owner: Caller, stranger: Caller) -> None:
    admin = await clients.person(app, owner.organization_id, Role.ADMIN)
    answers = [await post(caller, "k") for caller in (owner, admin, stranger)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["data"]["id"] for answer in answers}) == 3
    [first, second] = [answer.json()["data"]["id"] for answer in answers[:2]]
    for agent_id in (first, second):
        done = await owner.send("POST", f"{AGENTS}/{agent_id}/activate", headers={"Idempotency-Key": "k"})
        assert (done.json()["data"]["id"], done.json()["data"]["status"]) == (agent_id, "active")
    alias = await post(owner, "k", path="/api/agents")
    assert alias.headers["idempotency-replayed"] == "true", "the alias is the same route"


@pytest.mark.parametrize("key", ["", " ", "a b", '"', '"a', 'a"', "é", "a" * 256, '""', '"a"b"'])
async def test_invalid_keys_are_rejected(owner: Caller, key: str) -> None:
    answer = await owner.send(
        *("POST", AGENTS), json=OLA, headers=[("Idempotency-Key", key.encode()), *owner.client.headers.items()]
    )
    if key == 'a"':  # bare keys may hold any visible character
        assert answer.status_code == 201
        return
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "IDEMPOTENCY_KEY_INVALID")
    assert await count(owner) == 0


async def test_the_longest_key_and_two_keys(owner: Caller) -> None:
    assert (await post(owner, "~" * 255)).status_code == 201
    two = [("Idempotency-Key", "a"), ("Idempotency-Key", "b"), *owner.client.headers.items()]
    assert (await owner.send("POST", AGENTS, json=OLA, headers=two)).status_code == 400


async def test_forbidden_and_invalid_requests_are_not_stored(owner: Caller, viewer: Caller) -> None:
    assert (await post(viewer, "k")).status_code == 403
    assert (await post(owner, "k", {"name": "Ola"})).status_code == 422
    assert (await owner.send("POST", AGENTS, content=b"{", headers={"Idempotency-Key": "k", **JSON})).status_code == 400
    stale = {"Idempotency-Key": "k", "If-Match": '"x"'}
    assert (await owner.send("POST", AGENTS, json=OLA, headers=stale)).status_code == 412
    assert await stored() == []
    assert (await post(owner, "k")).status_code == 201


async def test_deterministic_rejection_is_stored(owner: Caller) -> None:
    nowhere = f"{AGENTS}/{uuid4()}/activate"
    first, again = [await owner.send("POST", nowhere, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert (first.status_code, again.status_code, again.content) == (404, 404, first.content)
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(("refusal", "is_stored"), [(Conflict, True), (Invalid, False), (RuntimeError, False)])
async def test_rejection_after_writes_stores_only_the_rejection(
    owner: Caller, monkeypatch: pytest.MonkeyPatch, refusal: type[Exception], *, is_stored: bool
) -> None:
    create = agents.create

    async def fail_after(*args: Any) -> Any:
        await create(*args)
        raise refusal

    monkeypatch.setattr(agents, "create", fail_after)
    first = await post(owner, "k")
    assert first.status_code >= 400
    monkeypatch.setattr(agents, "create", create)
    assert await count(owner) == 0
    again = await post(owner, "k")
    assert (again.status_code == first.status_code) == is_stored
    assert await count(owner) == (0 if is_stored else 1)


async def test_a_day_later_it_is_a_new_request(owner: Caller, program: Caller) -> None:
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False) as clock:
        first = await post(program, "k")
        clock.shift(timedelta(hours=23, minutes=59, seconds=59))
        assert (await post(program, "k")).content == first.content
        clock.shift(timedelta(seconds=1))
        second = await post(program, "k")
        assert second.json()["data"]["id"] != first.json()["data"]["id"]
        assert (await post(program, "k")).content == second.content
        clock.shift(timedelta(days=1))
        await schedule.purge_expired()
    assert await stored() == []


async def test_stored_responses_are_encrypted(owner: Caller) -> None:
    """A secret that was shown once, and the names in bodies, are encrypted; the keys are hashed."""
    agent = (await post(owner, "very-guessable", {**OLA, "name": "Kornelia"})).json()["data"]["id"]
    path = f"{AGENTS}/{agent}/connection/rotate"
    secret = (await owner.send("POST", path, headers={"Idempotency-Key": "k"})).json()["data"]["secret"]
    text = " ".join(f"{row.name} {row.fingerprint} {row.headers} {row.body}" for row in await stored())
    assert len(await stored()) == 2
    for canary in (secret, "whsec_", "Kornelia", "very-guessable", str(owner.user_id), '"success"'):
        assert canary not in text


@pytest.mark.parametrize("refuses", [False, True])
async def test_two_hundred_concurrent_repeats_have_one_effect(owner: Caller, program: Caller, *, refuses: bool) -> None:
    path = f"{AGENTS}/{uuid4()}/activate" if refuses else AGENTS
    answers = await asyncio.gather(*(post(program, "k", {} if refuses else OLA, path) for _ in range(200)))
    statuses = Counter(answer.status_code for answer in answers)
    # A machine busy with other things may run out of patience for its database; who is told so may ask again.
    good = [answer for answer in answers if answer.status_code not in (409, 503)]
    assert len({answer.content for answer in good}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in good) == 1
    assert set(statuses) <= {404 if refuses else 201, 409, 503}
    for busy in (answer for answer in answers if answer.status_code == 409):
        assert busy.json()["error"]["code"] == "IDEMPOTENCY_IN_PROGRESS"
        assert busy.headers["retry-after"] == "1"
    assert await count(owner) == (0 if refuses else 1)
    assert len(await stored()) == 1


async def test_repeat_in_flight_waits_or_conflicts(owner: Caller, database: Any) -> None:
    """PostgreSQL tells the second at once; on SQLite writers queue, so it waits and gets the first one's answer."""
    caller = map(str, ("user", owner.organization_id, owner.user_id, None))
    request = idempotency.request(["k"], [*caller, "POST", AGENTS, ""], OLA)
    assert request is not None
    elsewhere = contextvars.copy_context()  # where no transaction is open
    async with begin(actor.system(), write=True) as uow:
        assert await idempotency.acquire(uow, request) is None
        second = asyncio.create_task(post(owner, "k"), context=elsewhere)
        done, _ = await asyncio.wait({second}, timeout=1 if database.is_sqlite else 20)
        assert bool(done) is not database.is_sqlite
        await idempotency.store(
            uow, request, idempotency.ReplayableResponse(201, b'{"success":true,"data":{"id":"1"}}', LOCATED)
        )
    answer = await second
    if database.is_sqlite:
        assert answer.headers["idempotency-replayed"] == "true"
    else:
        assert answer.json()["error"]["code"] == "IDEMPOTENCY_IN_PROGRESS"


LOCATED = {"location": "/api/v1/agents/1"}
IGA = {"email": "iga@example.com", "name": "Iga", "password": "osiem-slow-ktore-pamietam"}
REGISTER = "/api/auth/register"


@pytest.mark.usefixtures("light_hashes")
async def test_registering_again_is_answered_again(nobody: AsyncClient) -> None:
    key = {"Idempotency-Key": "k"}
    first = await nobody.post(REGISTER, json=IGA, headers=key)
    again = await nobody.post(REGISTER, json=IGA, headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    other = await nobody.post(REGISTER, json={**IGA, "name": "Ewa"}, headers=key)
    assert other.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    ewa: dict[str, Any] = {"json": {**IGA, "email": "e@example.com"}, "headers": {"Idempotency-Key": "e"}}
    answers = await asyncio.gather(*(nobody.post(REGISTER, **ewa) for _ in range(3)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    async with begin(actor.system()) as uow:
        assert len((await uow.execute(sa.select(User))).all()) == 2
    assert all("osiem" not in f"{row.fingerprint}{row.body}" for row in await stored())


STEP = st.tuples(
    st.sampled_from(["one", "two", '"one"']),  # keys
    st.sampled_from(["Ola", "Ewa"]),  # payloads
    st.sampled_from(["first", "second"]),  # callers
    st.booleans(),  # three at once
)


def keys_follow_their_model(url: str, examples: int) -> None:
    @hypothesis_settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEP, min_size=2, max_size=8))
    def tried(steps: list[tuple[str, str, str, bool]]) -> None:
        asyncio.run(go(steps))

    async def go(steps: list[tuple[str, str, str, bool]]) -> None:
        engine.connect(url)
        try:
            await _walk(app, steps)
        finally:
            await rate_limiter.disconnect()
            await databases.disconnect()

    app = asgi.create_app()
    tried()


async def _walk(app: ASGIApp, steps: list[tuple[str, str, str, bool]]) -> None:
    """Plain dictionaries beside the API: what each caller's key was first used for, and the answer to it."""
    home = (await factories.organization()).id
    callers = {name: await clients.program(app, await factories.member(home)) for name in ("first", "second")}
    first_uses: dict[tuple[str, str], tuple[str, bytes]] = {}
    for key, name, who, at_once in steps:
        requests = [post(callers[who], key, {**OLA, "name": name}) for _ in range(3 if at_once else 1)]
        answers = [response for response in await asyncio.gather(*requests) if not is_busy(response)]
        for answer in answers:
            payload, body = first_uses.setdefault((who, key.strip('"')), (name, answer.content))
            if payload == name:
                assert (answer.status_code, answer.content) == (201, body)
            else:
                assert answer.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
        assert answers, "of those at once one is always answered"
    assert await count(callers["first"]) == len(first_uses)


def is_busy(answer: Response) -> bool:
    return answer.status_code == 409 and answer.json()["error"]["code"] == "IDEMPOTENCY_IN_PROGRESS"


@pytest.mark.parametrize("examples", [12, pytest.param(3_000, marks=pytest.mark.soak)])
async def test_keys_follow_their_model(database_url: str, examples: int) -> None:
    await asyncio.to_thread(keys_follow_their_model, database_url, examples)
