"""What the inbox gets done while requests keep the one process busy, without turns and with them."""

import asyncio
import itertools
import logging
import time
from collections.abc import Iterator

from starlette.types import ASGIApp

from sekretarka import asgi
from sekretarka.api.turns import FairShareMiddleware
from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.inbox import service as inbox
from sekretarka.jobs import worker
from tests import calls, clients, factories
from tests.bench import servers
from tests.support import databases

CLIENTS, DELIVERIES = 24, 12


def measure(kind: str) -> Iterator[str]:
    """Both ways in one run and one process, the clients included: what counts is the last column."""
    lines: list[str] = []
    url = servers.database(kind)
    databases.apart(lambda: asyncio.run(_measure(url, lines)))
    yield f"{DELIVERIES} deliveries, {CLIENTS} clients that ask without a pause:"
    yield ""
    yield "| | deliveries per second | requests per second | requests for one delivery |"
    yield "|---|---|---|---|"
    yield from lines


async def _measure(url: str, lines: list[str]) -> None:
    engine.connect(url)
    try:
        app = asgi.create_app()
        assert isinstance(app, FairShareMiddleware)
        logging.getLogger().setLevel(logging.WARNING)  # `create_app` lets everything speak
        for name, entered in (("without turns", app.app), ("in turns", app)):
            began = time.perf_counter()
            answered = await _answered_meanwhile(entered)
            took = time.perf_counter() - began
            per_delivery = answered / DELIVERIES
            lines.append(f"| {name} | {DELIVERIES / took:.1f} | {answered / took:.1f} | {per_delivery:.1f} |")
    finally:
        await databases.disconnect()


async def _answered_meanwhile(app: ASGIApp) -> int:
    """How many requests of `CLIENTS` who ask without a pause are answered until `DELIVERIES` are worked off."""
    organization = await factories.organization()
    agent = await factories.agent(organization.id)
    people = [await clients.person(app, organization.id) for _ in range(CLIENTS)]
    bodies = [calls.event("call_started", agent.id, f"call_{number}") for number in range(DELIVERIES)]
    deliveries = [
        inbox.Delivery("ai-service:busy", f"{agent.id}{number}", body["type"], calls.body(body), organization.id)
        for number, body in enumerate(bodies)
    ]
    answered, stopped = itertools.count(), asyncio.Event()

    async def ask(person: clients.Caller) -> None:
        while not stopped.is_set():
            response = await person.client.get("/api/v1/conversations", params={"page": next(answered) % 1_000 + 1})
            assert response.status_code == 200, response.text
            await asyncio.sleep(0)  # there is no socket here to wait for

    asking = [asyncio.create_task(ask(person)) for person in people]
    try:
        async with begin(actor.system(organization.id), write=True) as uow:
            await inbox.store(uow, deliveries)
        before, done = next(answered), 0
        while done < DELIVERIES:
            done += await worker.drain()
        return next(answered) - before
    finally:
        stopped.set()
        await asyncio.gather(*asking)
