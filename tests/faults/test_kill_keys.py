"""`kill -9` between a request and its answer: with an idempotency key it happened once or not at all, never twice."""

import asyncio
import random
from collections import Counter

import httpx2
import pytest

from sekretarka.core.actor import system
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import KEY_SCOPES
from sekretarka.domain.agents import service as agents
from sekretarka.domain.organizations import api_keys
from tests import factories
from tests.support.processes import Serve
from tests.support.waiting import until

UNLIMITED = {"rate_limit_api_key": "1000000/1seconds"}
CALLERS = 4


async def ask(client: httpx2.AsyncClient, key: str) -> httpx2.Response:
    """The same request with the same key until there is an answer."""
    while True:
        try:
            answer = await client.post("/api/v1/agents", json=body(key), headers={"Idempotency-Key": key})
        except httpx2.TransportError:
            await asyncio.sleep(0.02)
            continue
        if answer.status_code not in (409, 503):
            return answer
        await asyncio.sleep(0.02)


def body(key: str) -> dict[str, str]:
    return {"name": key, "language": "pl"}


@pytest.mark.parametrize("rounds", [4, pytest.param(100, marks=pytest.mark.soak)])
async def test_killed_servers_do_once_what_was_asked_often(
    database: engine.Database, database_url: str, serve: Serve, rounds: int
) -> None:
    owner = await factories.member((await factories.organization()).id)
    assert owner.organization_id is not None
    assert owner.user_id is not None
    async with begin(system(), write=True) as uow:
        _, key = api_keys.issue(uow, owner.organization_id, owner.user_id, "test", KEY_SCOPES)
    served = serve(database_url=database_url, **UNLIMITED)
    answers: dict[str, httpx2.Response] = {}
    stopping = False

    async def call(number: int, client: httpx2.AsyncClient) -> None:
        count = 0
        while not stopping:
            count += 1
            name = f"k{number}-{count}"
            answers[name] = await ask(client, name)

    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=served.url, headers=headers, timeout=15, trust_env=False) as client:
        callers = [asyncio.create_task(call(number, client)) for number in range(CALLERS)]
        for _ in range(rounds):
            before = len(answers)
            await until(lambda before=before: len(answers) > before, 30)  # type: ignore[misc]
            await asyncio.sleep(random.uniform(0, 0.4))
            served.kill()
            await asyncio.to_thread(served.start)
        stopping = True
        await asyncio.gather(*callers)
        again = {name: await ask(client, name) for name in random.sample(sorted(answers), min(50, len(answers)))}
    async with begin(owner) as uow:
        created = await agents.find(uow)
    assert Counter(agent.name for agent in created) == Counter(list(answers)), "each asked for once, each there once"
    assert {answer.json()["data"]["id"] for answer in answers.values()} == {str(agent.id) for agent in created}
    for name, answer in again.items():
        assert (answer.status_code, answer.content) == (201, answers[name].content)
        assert answer.headers["idempotency-replayed"] == "true"
