"""However busy the entry points are, background work has its share of the process."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from sekretarka import asgi
from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import fair_share
from sekretarka.core.runtime.fair_share import FairShare
from sekretarka.domain import event_handlers
from sekretarka.domain.inbox import service as inbox
from sekretarka.jobs import worker
from tests import calls, clients, factories

REQUESTS, STEPS = 24, 100


async def test_work_takes_its_steps_alone() -> None:
    """Without a turn each step of a delivery waits for one of every request: that is what made the inbox crawl."""
    share, steps, stopped = FairShare(), 0, False

    async def ask() -> None:
        nonlocal steps
        while not stopped:
            await share.admit()
            with share.request():
                for _ in range(10):
                    steps += 1
                    await asyncio.sleep(0)

    async def work() -> int:
        before = steps
        for _ in range(STEPS):
            await asyncio.sleep(0)
        return steps - before

    asking = [asyncio.create_task(ask()) for _ in range(REQUESTS)]
    await asyncio.sleep(0)
    assert await work() >= REQUESTS * (STEPS - 10)
    async with share.turn():
        assert await work() == 0
    stopped = True
    await asyncio.gather(*asking)


async def test_the_inbox_is_worked_off_in_turns(database: engine.Database) -> None:
    organization = await factories.organization()
    agent = await factories.agent(organization.id)
    body = calls.event("call_started", agent.id)
    delivery = inbox.Delivery("ai-service:x", "m1", "call_started", calls.body(body), organization.id)
    inside: list[bool] = []

    def note(*_: Any) -> None:
        inside.append(fair_share.share._opened is not None)

    event_handlers.register()
    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    assert await worker.drain() == 0
    asked = len(inside)
    assert not any(inside), "without anything to work off there is no turn"
    async with begin(actor.system(organization.id), write=True) as uow:
        await inbox.store(uow, [delivery])
    inside.clear()
    assert await worker.drain() == 1
    sa.event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    assert not any(inside[:asked])
    assert len(inside) > asked
    assert all(inside[asked:])


async def test_no_request_of_the_api_begins_in_a_turn() -> None:
    client = clients.client_of(asgi.create_app())
    async with fair_share.share.turn():
        asking = asyncio.create_task(client.get("/api/health/live"))
        for _ in range(STEPS):
            await asyncio.sleep(0)
        assert not asking.done()
    assert (await asking).status_code == 200
    await client.aclose()


async def test_who_comes_in_a_turn_begins_after_it() -> None:
    share, order = FairShare(), []

    async def come() -> None:
        await share.admit()
        order.append("request")

    async with share.turn():
        coming = asyncio.create_task(come())
        for _ in range(5):
            await asyncio.sleep(0)
        order.append("work")
    await coming
    assert order == ["work", "request"]


async def test_a_turn_comes_after_what_is_under_way_and_before_who_comes_then() -> None:
    share, order = FairShare(), []

    async def work() -> None:
        async with share.turn():
            await asyncio.sleep(0)
            order.append("work")

    async def come() -> None:
        await share.admit()
        order.append("later request")

    with share.request():
        tasks = []
        for each in (work(), come()):
            tasks.append(asyncio.create_task(each))
            for _ in range(5):
                await asyncio.sleep(0)
        order.append("request")
    await asyncio.gather(*tasks)
    assert order == ["request", "work", "later request"]


async def test_an_answer_that_has_begun_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_share, "DRAIN_SECONDS", 60)
    share = FairShare()
    with share.request() as begun:
        begun()
        begun()
        async with asyncio.timeout(5), share.turn():
            pass
    with share.request():
        assert share._under_way == 1


async def test_a_request_that_waits_for_something_holds_no_turn_up_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_share, "DRAIN_SECONDS", 0)
    share = FairShare()
    with share.request():
        async with share.turn():
            pass


async def test_a_turn_without_end_lets_requests_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_share, "LONGEST_TURN_SECONDS", 0)
    share = FairShare()
    async with share.turn():
        await share.admit()


async def test_requests_get_their_turn_after_those_that_waited() -> None:
    share = FairShare()
    async with share.turn():
        pass
    assert share._work_from == 0, "nobody waited, so work may go on"
    async with share.turn():
        coming = asyncio.create_task(share.admit())
        await asyncio.sleep(0)
    assert share._work_from > asyncio.get_running_loop().time() - fair_share.LONGEST_TURN_SECONDS
    await coming
