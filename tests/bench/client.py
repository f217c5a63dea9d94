"""A load generator small enough to leave the processors to the server: `python -m tests.bench.client < plan.json`.

Closed loop: each connection sends its next request when the last one is answered. The plan and the result are JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sekretarka.core.web import standard_webhooks


@dataclass(frozen=True)
class Plan:
    """`requests` are sent in turn as they are; `webhook` makes a fresh signed delivery for each instead."""

    port: int
    connections: int
    seconds: float
    requests: tuple[str, ...] = ()
    webhook: dict[str, str] | None = None


@dataclass(frozen=True)
class Result:
    """Answers per second, milliseconds, how often each status was answered, and the size of the last answer."""

    per_second: float
    p50: float
    p95: float
    p99: float
    statuses: dict[str, int]
    size: int


class Connection(asyncio.Protocol):
    """Keeps one request running until stopped."""

    def __init__(self, run: "Run") -> None:
        self.run = run
        self._received = b""
        self._wanted = 0
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.send()

    def send(self) -> None:
        """The next request, unless time is up."""
        if time.perf_counter() >= self.run.until:
            return self._transport.close()
        self._sent_at = time.perf_counter()
        self._transport.write(next(self.run.requests))
        return None

    def data_received(self, data: bytes) -> None:
        self._received = self._received + data if self._received else data
        if not self._wanted:
            head = self._received.find(b"\r\n\r\n")
            if head < 0:
                return
            self._wanted = head + 4 + _content_length(self._received[:head])
        if len(self._received) < self._wanted:
            return
        self.run.took.append(time.perf_counter() - self._sent_at)
        self.run.statuses[self._received[9:12]] += 1
        self.run.size = self._wanted
        self._received, self._wanted = b"", 0
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        self.run.closed()


class Run:
    """All connections together."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.requests = webhooks(plan.webhook) if plan.webhook else _repeated(plan.requests)
        self.took: list[float] = []
        self.statuses: Counter[bytes] = Counter()
        self.size = 0
        self.until = 0.0
        self._left = plan.connections
        self._ended = asyncio.Event()

    def closed(self) -> None:
        """One connection has ended."""
        self._left -= 1
        if not self._left:
            self._ended.set()

    async def go(self) -> Result:
        """Run for the planned time."""
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        self.until = began + self.plan.seconds
        for _ in range(self.plan.connections):
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", self.plan.port)
        await asyncio.wait_for(self._ended.wait(), self.plan.seconds + 30)
        elapsed = time.perf_counter() - began
        ordered = sorted(self.took)
        p50, p95, p99 = (round(quantile(ordered, part) * 1000, 2) for part in (0.5, 0.95, 0.99))
        statuses = {status.decode(): count for status, count in self.statuses.items()}
        return Result(round(len(ordered) / elapsed, 1), p50, p95, p99, statuses, self.size)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def quantile(ordered: list[float], part: float) -> float:
    """What so much of the values is not above; they are in order."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def _repeated(requests: tuple[str, ...]) -> Iterator[bytes]:
    ready = [request.encode() for request in requests]
    while True:
        yield from ready


def webhooks(to: dict[str, str]) -> Iterator[bytes]:
    """Signed deliveries of one endpoint, each about a call of its own."""
    for number in range(10**9):
        body = json.dumps(
            {
                "type": "call_started",
                "timestamp": to["at"],
                "data": {
                    "agentId": to["agent_id"],
                    "callId": f"{to['run']}-{number}",
                    "direction": "inbound",
                    "callerNumber": "+48601000111",
                    "callerName": "Łucja Żak",
                    "startedAt": to["at"],
                },
            }
        ).encode()
        message_id, now = f"{to['run']}_{number}", int(time.time())
        head = (
            f"POST {to['path']} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"webhook-id: {message_id}\r\nwebhook-timestamp: {now}\r\n"
            f"webhook-signature: {standard_webhooks.sign(to['secret'], message_id, now, body)}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


def main() -> None:
    """Read the plan, run it, print the result."""
    plan: dict[str, Any] = json.load(sys.stdin)
    plan["requests"] = tuple(plan.get("requests") or ())
    sys.stdout.write(json.dumps(asdict(asyncio.run(Run(Plan(**plan)).go()))))


if __name__ == "__main__":
    main()
