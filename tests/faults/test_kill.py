"""`kill -9` in a stream of signed events: what was acknowledged is there, once, and nothing else is."""

import asyncio
import contextlib
import random

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Permission
from sekretarka.domain.inbox.models import InboxState, WebhookEvent
from sekretarka.domain.organizations import api_keys
from tests import factories
from tests.faults.listening import listening
from tests.faults.stream import UNLIMITED, Line, Stream, nothing_lost_nothing_doubled
from tests.support.processes import Running, Serve
from tests.support.waiting import until


async def kill_again_and_again(victim: Running, stream: Stream, rounds: int) -> None:
    """Each time in the middle of its work: it has taken something since it started."""
    for _ in range(rounds):
        before = len(stream.acknowledged)
        await until(lambda before=before: len(stream.acknowledged) > before)  # type: ignore[misc]
        await asyncio.sleep(random.uniform(0, 0.4))
        victim.kill()
        await asyncio.to_thread(victim.start)


async def key_of(line: Line) -> str:
    """A program of the line's business that may listen."""
    owner = await factories.member(line.agent.organization_id)
    assert owner.user_id is not None
    async with begin(actor.system(), write=True) as uow:
        may = [Permission.CONVERSATIONS_READ]
        return api_keys.issue(uow, line.agent.organization_id, owner.user_id, "listener", may)[1]


@pytest.mark.parametrize("rounds", [8, pytest.param(200, marks=pytest.mark.soak)])
async def test_killed_servers_lose_nothing_and_double_nothing(
    database: engine.Database, database_url: str, serve: Serve, rounds: int
) -> None:
    """Nor does who listens: from its last number on it misses nothing and hears nothing twice (api.md#live-events)."""
    line = await Line.make()
    served = serve(database_url=database_url, **UNLIMITED, rate_limit_api_key="100000/1seconds")
    async with listening(served.url, await key_of(line)) as listener:
        async with line.stream(served.url) as stream:
            await kill_again_and_again(served, stream, rounds)
        await nothing_lost_nothing_doubled(stream)
        head = await line.live_cursor()
        with contextlib.suppress(TimeoutError):  # what it did not hear by then, it missed
            await until(lambda: listener.numbers[-1:] == [head])
    assert listener.numbers == list(range(1, head + 1))
    assert listener.named("reset") == []
    assert len(listener.statuses) > rounds // 10, "cut off again and again; some kills found it on its way back"


async def done() -> int:
    """How many deliveries have been worked off."""
    counted = sa.select(sa.func.count()).where(col(WebhookEvent.state) == InboxState.DONE)
    async with begin(actor.system()) as uow:
        return int((await uow.execute(counted)).scalar_one())


@pytest.mark.parametrize("rounds", [8, pytest.param(200, marks=pytest.mark.soak)])
async def test_killed_workers_lose_nothing_and_double_nothing(
    database: engine.Database, database_url: str, serve: Serve, rounds: int
) -> None:
    line = await Line.make()
    served = serve(database_url=database_url, run_worker="false", **UNLIMITED)
    worker = serve.worker(database_url=database_url)
    async with line.stream(served.url) as stream:
        for _ in range(rounds):
            before = await done()
            async with asyncio.timeout(15):
                while await done() == before:  # noqa: ASYNC110 - it is killed when it is seen at work
                    await asyncio.sleep(random.uniform(0.01, 0.1))
            worker.kill()
            await asyncio.to_thread(worker.start)
    await nothing_lost_nothing_doubled(stream)
