"""Requests per second and their latencies."""

import asyncio
import contextlib
from collections.abc import Iterator

from sekretarka.core.runtime import clock
from tests.bench import servers, world
from tests.bench.client import Plan, Result
from tests.bench.world import World
from tests.support import databases

CONNECTIONS = 32


def measure(kind: str, processes: int, seconds: float) -> Iterator[str]:
    """One line per request, ours beside the yardstick."""
    url = servers.database(kind)
    place: list[World] = []
    databases.apart(lambda: place.append(asyncio.run(world.build(url))))
    yield "| request | per second | p50 ms | p95 ms | p99 ms | bytes | bare per second | bare / ours | statuses |"
    yield "|---|---|---|---|---|---|---|---|---|"
    with contextlib.ExitStack() as stack:
        settings = {"database_url": url}
        if processes > 1:
            settings["redis_url"] = stack.enter_context(servers.valkey())
        served = stack.enter_context(servers.api_server(processes, **settings))
        for name, plan in plans(place[0], served.port, seconds):
            servers.load(
                Plan(plan.port, plan.connections, 0.5, plan.requests, plan.webhook and {**plan.webhook, "run": "warm"})
            )
            result = servers.load(plan)
            with servers.yardstick(processes, result.size) as bare:
                method = "POST / HTTP/1.1\r\ncontent-length: 0" if plan.webhook else "GET / HTTP/1.1"
                ruler = servers.load(
                    Plan(bare.port, CONNECTIONS, seconds / 2, (f"{method}\r\nhost: localhost\r\n\r\n",))
                )
            yield _line(name, result, ruler)


def plans(place: World, port: int, seconds: float) -> Iterator[tuple[str, Plan]]:
    """The requests that are measured."""

    def asking(*paths: str) -> Plan:
        head = f"host: localhost\r\nauthorization: Bearer {place.key}\r\n\r\n"
        return Plan(port, CONNECTIONS, seconds, tuple(f"GET {path} HTTP/1.1\r\n{head}" for path in paths))

    calls = [f"/api/v1/conversations/{call}" for call in place.calls]
    yield "list, page 1", asking("/api/v1/conversations")
    yield "list, pages 1-100", asking(*(f"/api/v1/conversations?page={page}" for page in range(1, 101)))
    yield "get", asking(*calls)
    yield "transcript", asking(*(f"{call}/transcript" for call in calls))
    yield "search", asking(*(f"/api/v1/conversations?search=keratyna%20{hour}" for hour in range(9, 18)))
    to = {
        "path": f"/api/webhooks/ai-service/{place.endpoint_id}",
        "secret": place.secret,
        "agent_id": str(place.agent_id),
        "at": clock.to_json(clock.now()),
        "run": "load",
    }
    yield "webhook intake", Plan(port, CONNECTIONS, seconds, webhook=to)


def _line(name: str, result: Result, bare: Result) -> str:
    statuses = " ".join(f"{status}x{count}" for status, count in sorted(result.statuses.items()))
    numbers = (result.per_second, result.p50, result.p95, result.p99, result.size, bare.per_second)
    ratio = bare.per_second / max(result.per_second, 0.1)
    return f"| {name} | {' | '.join(f'{number:g}' for number in numbers)} | {ratio:.1f} | {statuses} |"
