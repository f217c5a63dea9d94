"""`kill -9` in a stream of signed events: what was acknowledged is there, once, and nothing else is."""

import asyncio
import random

import pytest

from sekretarka.core import db
from tests.faults.stream import UNLIMITED, Line, nothing_lost_nothing_doubled
from tests.support.processes import Running, Serve


async def kill_again_and_again(victim: Running, rounds: int) -> None:
    for _ in range(rounds):
        await asyncio.sleep(random.uniform(0.05, 0.6))
        victim.kill()
        await asyncio.to_thread(victim.start)


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.soak)])
async def test_killed_servers_lose_nothing_and_double_nothing(
    database: db.Database, database_url: str, serve: Serve, rounds: int
) -> None:
    line = await Line.make()
    served = serve(database_url=database_url, **UNLIMITED)
    async with line.stream(served.url) as stream:
        await kill_again_and_again(served, rounds)
    await nothing_lost_nothing_doubled(stream)


@pytest.mark.parametrize("rounds", [3, pytest.param(100, marks=pytest.mark.soak)])
async def test_killed_workers_lose_nothing_and_double_nothing(
    database: db.Database, database_url: str, serve: Serve, rounds: int
) -> None:
    line = await Line.make()
    served = serve(database_url=database_url, run_worker="false", **UNLIMITED)
    worker = serve.worker(database_url=database_url)
    async with line.stream(served.url) as stream:
        for _ in range(rounds):
            await asyncio.sleep(random.uniform(1.2, 2))  # it needs a second to start before it can be hit at work
            worker.kill()
            await asyncio.to_thread(worker.start)
    await nothing_lost_nothing_doubled(stream)
