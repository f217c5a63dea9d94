"""How soon a webhook is on the screen, how many streams one process holds, what an open dashboard costs, start-up."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.agents.models import Agent
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.bench import servers, world
from tests.bench.world import World
from tests.support import databases, site
from tests.ui import signed_calls as ringing
from tests.ui.tab import Tab

ROUNDS, STREAMS, PEOPLE, DASHBOARDS = 30, 500, 100, 20
SESSION = f"{ROOT}.sekretarka___ui___session____session_state"
LIVE_CALLS = "live_calls_rx_state_"


def measure(kind: str) -> Iterator[str]:
    """Lines about one database."""
    lines: list[str] = []
    url = servers.database(kind)
    databases.apart(lambda: asyncio.run(_measure(url, lines)))
    yield from lines


async def _measure(url: str, lines: list[str]) -> None:
    engine.connect(url)
    try:
        place = await world.people(PEOPLE)
        began = time.perf_counter()
        with servers.api_server(1, database_url=url) as served:
            lines.append(f"- `api` ready after {time.perf_counter() - began:.2f} s")
            line = await _line(served.url, place)
            lines.append(await _to_stream(served.port, line, place))
            lines.append(await _streams(served.port, servers.pid_of(served), line, place))
        began = time.perf_counter()
        running = site.start(url, rate_limit_webhook=servers.FREELY)
        lines.append(f"- `serve` ready after {time.perf_counter() - began:.2f} s")
        lines += await _dashboards(running, await _line(running.url, place), place)
    finally:
        await engine.disconnect()


async def _line(url: str, place: World) -> ringing.Line:
    async with begin(actor.system(place.organization_id)) as uow:
        agent = await uow.get(Agent, place.agent_id)
    return await ringing.of_agent(url, agent, await factories.connection(agent))


class Stream:
    """One `EventSource`: what matters is when each call was heard of."""

    def __init__(self, port: int, session: str) -> None:
        self._port, self._session = port, session
        self.heard = asyncio.Event()
        self.at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Connect and wait until the server is ready."""
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        cookie = f"authjs.session-token={self._session}"
        head = f"GET /api/v1/conversations/stream HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\r\n"
        self._writer.write(head.encode())
        text = await reader.readuntil(b"event: ready")
        assert text.startswith(b"HTTP/1.1 200"), text[:200]
        self._task = asyncio.create_task(self._listen(reader))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            await reader.readuntil(b"event: conversation.created")
            self.at = time.perf_counter()
            self.heard.set()

    async def close(self) -> None:
        """Hang up."""
        if self._task:
            self._task.cancel()
        if self._writer:
            self._writer.close()


async def _timed(ring: Callable[[int], Awaitable[Any]], arrival: Callable[[int], Awaitable[float]]) -> list[float]:
    """Milliseconds from just before each delivery to its arrival."""
    took = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        waiter = asyncio.ensure_future(arrival(number))
        await ring(number)
        took.append((await asyncio.wait_for(waiter, 30) - began) * 1000)
        await asyncio.sleep(0.02)
    return took


def _told(what: str, took: list[float]) -> str:
    ordered = sorted(took)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return f"- {what}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, slowest {ordered[-1]:.0f} ms of {len(ordered)}"


async def _to_stream(port: int, line: ringing.Line, place: World) -> str:
    stream = Stream(port, place.sessions[0])
    await stream.open()

    async def arrival(_number: int) -> float:
        await stream.heard.wait()
        stream.heard.clear()
        return stream.at

    took = await _timed(lambda number: line.ring(f"stream_{number}"), arrival)
    await stream.close()
    return _told("webhook sent to event on a stream", took)


async def _streams(port: int, pid: int, line: ringing.Line, place: World) -> str:
    before = servers.resident_megabytes(pid)
    streams = [Stream(port, place.sessions[number % PEOPLE]) for number in range(STREAMS)]
    for stream in streams:
        await stream.open()
    took: list[float] = []
    for number in range(5):
        began = time.perf_counter()
        await line.ring(f"crowd_{number}")
        await asyncio.gather(*(asyncio.wait_for(stream.heard.wait(), 30) for stream in streams))
        took += [(stream.at - began) * 1000 for stream in streams]
        for stream in streams:
            stream.heard.clear()
    each = (servers.resident_megabytes(pid) - before) / STREAMS * 1000
    for stream in streams:
        await stream.close()
    return f"{_told(f'webhook sent to event on each of {STREAMS} streams', took)}; {each:.0f} kB a stream"


async def _dashboards(running: site.Site, line: ringing.Line, place: World) -> list[str]:
    tabs = [await _open(running.url, place.sessions[0])]
    before = servers.resident_megabytes(running.pid)
    tabs += [await _open(running.url, place.sessions[number % PEOPLE]) for number in range(1, DASHBOARDS + 1)]
    each = (servers.resident_megabytes(running.pid) - before) / DASHBOARDS
    for tab in tabs[1:]:
        await tab.close()
    tab, calls = tabs[0], [0]

    async def arrival(number: int) -> float:
        expected = calls[0] + number + 1
        await tab.until(lambda: expected in _live_calls(tab))
        return time.perf_counter()

    tab.deltas.clear()
    await line.ring("first")
    await tab.until(lambda: bool(_live_calls(tab)))
    calls[0] = max(_live_calls(tab))
    took = await _timed(lambda number: line.ring(f"screen_{number}"), arrival)
    await tab.close()
    return [_told("webhook sent to change on an open dashboard", took), f"- memory of an open dashboard: {each:.2f} MB"]


def _live_calls(tab: Tab) -> list[int]:
    return [delta[SESSION][LIVE_CALLS] for delta in tab.deltas if LIVE_CALLS in delta.get(SESSION, {})]


async def _open(url: str, session: str) -> Tab:
    boot = {
        "name": f"{ROOT}.hydrate_and_load",
        "payload": {},
        "router_data": {"pathname": "/dashboard", "asPath": "/dashboard"},
    }
    tab = await Tab.open(url, session=session, boot=boot)
    await tab.until(lambda: any(delta.get(SESSION, {}).get("email_rx_state_") for delta in tab.deltas))
    return tab
