"""SIGTERM and SIGHUP under load: requests are answered, streams are told, nobody waits long."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import pytest

from sekretarka.cli.serving import OVERLAP_SECONDS
from sekretarka.core.database import engine
from sekretarka.domain.auth import registration
from tests.faults.listening import listening
from tests.faults.stream import UNLIMITED, Line, nothing_lost_nothing_doubled
from tests.support.processes import Serve
from tests.support.redis import Valkey

PASSWORD = "Orchidea-na-parapecie-7"


@dataclass
class Callers:
    """Requests one after the other, each on a connection of its own."""

    url: str
    answered: int = 0
    refused: int = 0
    unheard: int = 0
    broken: list[str] = field(default_factory=list)
    stopping: bool = False

    async def run(self) -> None:
        while not self.stopping:
            try:
                async with httpx2.AsyncClient(timeout=20, trust_env=False) as client:
                    answer = await client.get(f"{self.url}/api/auth/providers")
                assert answer.status_code in (200, 429)
                self.answered += 1
            except httpx2.ConnectError:
                self.refused += 1
            except httpx2.HTTPError as error:
                if "without sending a response" in str(error) or isinstance(error, httpx2.ReadError):
                    self.unheard += 1  # the connection was closed before the server read a request: a proxy asks again
                else:
                    self.broken.append(repr(error))
            await asyncio.sleep(0.01)


async def tell_slowly(url: str, half_told: asyncio.Event, go_on: asyncio.Event) -> str:
    """One request whose body comes in two halves; the status line of its answer."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = ["POST /api/auth/signout HTTP/1.1", "Host: x", "Content-Type: application/x-www-form-urlencoded"]
    writer.write("\r\n".join([*lines, "Content-Length: 10", "Connection: close", "", "csrfT"]).encode())
    await writer.drain()
    await asyncio.sleep(0.5)
    half_told.set()
    await go_on.wait()
    writer.write(b"oken=")
    await writer.drain()
    answer = await reader.read()
    writer.close()
    return answer.decode().partition("\r\n")[0]


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[Callers]:
    callers = Callers(url)
    tasks = [asyncio.create_task(callers.run()) for _ in range(4)]
    try:
        yield callers
    finally:
        callers.stopping = True
        await asyncio.wait(tasks, timeout=20)


async def test_a_server_that_is_asked_to_end_says_bye_and_drops_nothing(
    database: engine.Database, database_url: str, serve: Serve
) -> None:
    owner = await registration.create_owner("iga@kwiaty.example", PASSWORD, "Kwiaciarnia")
    line = await Line.make(owner.organization_id)
    served = serve(database_url=database_url, **UNLIMITED)
    assert served.process is not None
    async with (
        listening(served.url, owner.api_key) as stream,
        calling(served.url) as callers,
        line.stream(served.url) as events,
    ):
        half_told, go_on = asyncio.Event(), asyncio.Event()
        slow = asyncio.create_task(tell_slowly(served.url, half_told, go_on))
        await half_told.wait()
        began = time.monotonic()
        os.kill(served.process.pid, signal.SIGTERM)
        await stream.until("bye")
        go_on.set()
        assert (await slow).startswith("HTTP/1.1 "), "a request under way is answered"
        assert await asyncio.to_thread(served.process.wait, 20) == 0
        took = time.monotonic() - began
        callers.stopping = True
        await asyncio.to_thread(served.start)
    assert stream.named("bye")[0]["reason"] == "restart"
    assert took < 10, "nothing had to be killed"
    assert "Killing" not in served.log.read_text()
    assert callers.answered > 0
    assert callers.broken == []
    await nothing_lost_nothing_doubled(events)


@pytest.mark.soak
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_processes_change_one_by_one_on_sighup(
    database: engine.Database, database_url: str, serve: Serve, valkey: Valkey
) -> None:
    valkey.start()
    served = serve(database_url=database_url, redis_url=valkey.url, workers="2")
    assert served.process is not None
    async with calling(served.url) as callers:
        await asyncio.sleep(0.5)
        before = callers.answered
        os.kill(served.process.pid, signal.SIGHUP)
        await asyncio.sleep(2 * OVERLAP_SECONDS + 5)
    assert callers.answered > before > 0
    assert (callers.refused, callers.broken) == (0, [])
