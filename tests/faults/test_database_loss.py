"""PostgreSQL stopped, killed and started in a stream of events: 503 meanwhile, then well again by itself."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx2
import pytest

from tests.faults.stream import UNLIMITED, Line, nothing_lost_nothing_doubled
from tests.support.postgres import Postgres
from tests.support.processes import Serve

READY = "/api/health/ready"


async def restarted(postgres: Postgres, look: Callable[[], Awaitable[None]]) -> None:
    await asyncio.to_thread(postgres.stop)
    await look()
    await asyncio.to_thread(postgres.start)


async def killed(postgres: Postgres, _look: Callable[[], Awaitable[None]]) -> None:
    await asyncio.to_thread(postgres.kill_backend)


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.soak)])
async def test_the_database_goes_and_comes_back(own_postgres: Postgres, serve: Serve, rounds: int) -> None:
    line = await Line.make()
    served = serve(database_url=own_postgres.url, run_worker="false", **UNLIMITED)
    worker = serve.worker(database_url=own_postgres.url)
    async with httpx2.AsyncClient(base_url=served.url, timeout=20, trust_env=False) as client:

        async def look() -> None:
            cookie = {"Cookie": "authjs.session-token=" + "a" * 64}
            for answer in (await client.get(READY), await client.get("/api/v1/agents", headers=cookie)):
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
                assert int(answer.headers["Retry-After"]) >= 1
            assert (await client.get("/api/health/live")).status_code == 200

        async with line.stream(served.url) as stream:
            async with asyncio.timeout(30):
                while not await line.live_cursor():  # noqa: ASYNC110 - the worker is another process
                    await asyncio.sleep(0.1)
            for loss in (restarted, killed) * rounds:
                await asyncio.sleep(1)
                await loss(own_postgres, look)
                async with asyncio.timeout(15):
                    while (await client.get(READY)).status_code != 200:  # noqa: ASYNC110 - it is another process
                        await asyncio.sleep(0.1)
    assert worker.process is not None
    assert worker.process.poll() is None, "the worker went on"
    assert {answer.status_code for answer in stream.refused} == {503}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in stream.refused)
    await nothing_lost_nothing_doubled(stream)
