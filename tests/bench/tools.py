"""What the AI waits for: the tools over HTTP and MCP while several callers are on the line, and many for one time."""

import asyncio
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.domain.agents.models import Capability
from tests import factories
from tests.bench import servers, world
from tests.bench.client import quantile
from tests.bench.world import World
from tests.support import databases

PEOPLE, DAYS, BOOKED_HOURS = 10, 20, ("09:00", "10:15", "11:30")
LINES, CYCLES = 8, 25
RIVALS, ROUNDS = 32, 20


@dataclass
class Times:
    """Seconds by tool, and rejections."""

    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def line(self, name: str) -> str:
        """One row of the table."""
        ordered = sorted(self.took[name])
        p50, p95, p99 = (quantile(ordered, part) * 1_000 for part in (0.5, 0.95, 0.99))
        counts = " ".join(f"{answer}x{count}" for answer, count in self.answers[name].most_common())
        return f"| {name} | {len(ordered)} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {counts} |"


@dataclass
class Service:
    """A voice service: one client, its key, the agent it speaks for."""

    client: httpx2.AsyncClient
    agent_id: UUID
    times: Times = field(default_factory=Times)
    _uses: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def use(self, name: str, tool: str, call_id: str, **arguments: Any) -> dict[str, Any]:
        """One use of a tool over REST."""
        body = {"agentId": str(self.agent_id), "callId": call_id, "toolCallId": f"t{next(self._uses)}"}
        return await self._ask(name, f"/api/v1/tools/{tool}", {**body, "arguments": arguments})

    async def speak(self, name: str, tool: str, call_id: str, **arguments: Any) -> dict[str, Any]:
        """The same over MCP."""
        arguments = {"agentId": str(self.agent_id), "callId": call_id, **arguments}
        message = {"jsonrpc": "2.0", "id": next(self._uses), "method": "tools/call"}
        return await self._ask(name, "/mcp", {**message, "params": {"name": tool, "arguments": arguments}})

    async def _ask(self, name: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        began = time.perf_counter()
        answer = await self.client.post(path, json=body)
        self.times.took[name].append(time.perf_counter() - began)
        body = answer.json()
        result: dict[str, Any] = body.get("data") or body.get("result", {}).get("structuredContent") or {"data": {}}
        code = result["data"].get("code", "done") if answer.status_code == 200 else str(answer.status_code)
        self.times.answers[name][code] += 1
        return result


def measure(kind: str, processes: int) -> Iterator[str]:
    """Lines about one database; product.md#tools allows a p95 of 300 ms."""
    url = servers.database(kind)
    lines: list[str] = []
    databases.apart(lambda: asyncio.run(_measure(url, processes, lines)))
    yield from lines


async def _measure(url: str, processes: int, lines: list[str]) -> None:
    engine.connect(url)
    try:
        place, agent_id = await _organization()
    finally:
        await engine.disconnect()
    settings = {"database_url": url, "tool_timeout_seconds": "60"}  # no answer is deferred: the whole time is shown
    with servers.valkey() as redis_url, servers.api_server(processes, **settings, redis_url=redis_url) as served:
        headers = {"Authorization": f"Bearer {place.key}", "Accept": "application/json, text/event-stream"}
        limits = httpx2.Limits(max_connections=RIVALS)
        async with httpx2.AsyncClient(base_url=served.url, headers=headers, limits=limits, timeout=30) as client:
            await _calls(Service(client, agent_id), "warm", 2)
            calls, race = Service(client, agent_id), Service(client, agent_id)
            await _calls(calls, "call", CYCLES)
            lines += [
                f"{LINES} callers at once, {PEOPLE} staff members, {PEOPLE * DAYS * len(BOOKED_HOURS)} appointments:",
                "",
            ]
            lines += ["| tool | uses | p50 ms | p95 ms | p99 ms | answers |", "|---|---|---|---|---|---|"]
            lines += [calls.times.line(name) for name in calls.times.took]
            began = time.perf_counter()
            await _race(race)
            took = time.perf_counter() - began
            lines += [race.times.line(name) for name in race.times.took]
            per_second = RIVALS * ROUNDS / took
            lines.append(f"\n{ROUNDS} times requested by {RIVALS} callers each: {per_second:.0f} answers per second")


async def _organization() -> tuple[World, UUID]:
    """A busy organization: mornings are booked."""
    place = await world.people(1)
    await factories.service(place.organization_id)
    agent = await factories.agent(place.organization_id, capabilities=list(Capability))
    by = actor.system(place.organization_id)
    for number in range(PEOPLE):
        person = await factories.staff(place.organization_id, name=f"Osoba {number}")
        for day, hour in itertools.product(range(DAYS), BOOKED_HOURS):
            await factories.appointment(
                by, factories.at(hour, day), staffId=person.id, clientPhone=f"+48602{number:06}"
            )
    return place, agent.id


async def _calls(service: Service, name: str, cycles: int) -> None:
    """Every caller asks, books, moves and cancels, again and again."""
    await asyncio.gather(*(_caller(service, f"{name}-{number}", number, cycles) for number in range(LINES)))


async def _caller(service: Service, name: str, number: int, cycles: int) -> None:
    anna = {"clientName": "Anna Kowalska", "clientPhone": f"+48603{number:06}"}
    for cycle in range(cycles):
        day, call_id = (number + cycle) % DAYS, f"{name}-{cycle}"
        query = {"serviceType": "Strzyżenie", "date": str(factories.open_day(day))}
        start, later = (f"{factories.open_day(day)}T{wall_time}:00" for wall_time in ("13:00", "15:30"))
        await service.use("check_availability", "check_availability", call_id, **query)
        await service.speak("check_availability, MCP", "check_availability", call_id, **query)
        await service.use("book", "book", call_id, serviceType="Strzyżenie", scheduledAt=start, **anna)
        await service.use("reschedule", "reschedule", call_id, scheduledAt=later, **anna)
        await service.use("cancel", "cancel", call_id, **anna)


async def _race(service: Service) -> None:
    """Many callers for one time of one person."""
    for number in range(ROUNDS):
        start = f"{factories.open_day(number % DAYS)}T{14 + number // DAYS}:00:00"
        booking = {"serviceType": "Strzyżenie", "staff": "Osoba 3", "scheduledAt": start, "clientName": "Anna"}
        rivals = [
            service.use("book, one time", "book", f"race-{number}-{rival}", **booking, clientPhone=f"+48604{rival:06}")
            for rival in range(RIVALS)
        ]
        await asyncio.gather(*rivals)
