"""A process that is busy with requests while its inbox is worked off."""

import asyncio
import itertools

from starlette.types import ASGIApp

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.inbox import service as inbox
from sekretarka.jobs import worker
from tests import calls, clients, factories

CLIENTS, DELIVERIES = 24, 12


async def answered_meanwhile(app: ASGIApp) -> int:
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
