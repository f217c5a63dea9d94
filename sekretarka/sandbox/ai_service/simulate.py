"""Load with believable calls: a constant arrival rate, latencies from the instant an event was due."""

import asyncio
import ipaddress
import math
from dataclasses import asdict, dataclass
from random import Random
from typing import Any
from urllib.parse import urlsplit

from sekretarka.core.runtime import clock
from sekretarka.sandbox.ai_service import personas, scenarios
from sekretarka.sandbox.ai_service.calls import make_call
from sekretarka.sandbox.ai_service.delivery import Sender, Tally, Target, open_client
from sekretarka.sandbox.ai_service.runner import run_call

WEBHOOK_PATH = "/api/webhooks/ai-service"
MOST_CALLS = 100_000
FASTEST_RATE = 1_000.0


class UnsafeTarget(ValueError):
    """The address is not of this machine."""


@dataclass(frozen=True)
class Load:
    """How many calls, `rate` of them a second, told `speed` times as fast as real talk, stopped after `time_limit`
    seconds; `attempts` for each event. `ValueError` for values out of range."""

    calls: int
    rate: float = 1.0
    speed: float = 20.0
    attempts: int = 3
    time_limit: float = 600.0

    def __post_init__(self) -> None:
        if not 1 <= self.calls <= MOST_CALLS:
            raise ValueError(f"calls must be between 1 and {MOST_CALLS}")
        if not 0 < self.rate <= FASTEST_RATE:
            raise ValueError(f"rate must be above 0 and at most {FASTEST_RATE:g} calls a second")
        if not self.speed >= 1:
            raise ValueError("speed must be at least 1")
        if not 1 <= self.attempts <= 20 or not 0 < self.time_limit <= 86_400:
            raise ValueError("attempts must be 1 to 20 and the time limit at most a day")


@dataclass(frozen=True)
class Report:
    """The counts and latencies of a run; p50 to `slowest` in milliseconds, None when nothing was acknowledged."""

    calls: int
    events: int
    acknowledged: int
    refused: int
    failed: int
    unfinished: int
    attempts: int
    seconds: float
    events_per_second: float
    p50: float | None
    p95: float | None
    p99: float | None
    slowest: float | None
    answers: dict[str, int]

    @property
    def all_acknowledged(self) -> bool:
        """Whether every event reached its receiver."""
        return self.events > 0 and self.acknowledged == self.events

    def as_json(self) -> dict[str, Any]:
        """The fields by their names, for `--json`."""
        return asdict(self)


async def simulate(url: str, agent_id: str, secret: str, load: Load, *, allow_remote: bool = False) -> Report:
    """Call the agent at `url` (an origin or a whole webhook address) and report.

    Open loop: a slow receiver does not slow the arrivals, it only makes the latencies longer.
    """
    target = Target(webhook_url(url, allow_remote=allow_remote), agent_id, secret)
    loop = asyncio.get_running_loop()
    async with open_client() as client:
        sender = Sender(client, target, attempts=load.attempts)
        begin = loop.time()
        started = await _run(sender, load)
        return _report(sender.tally, started, loop.time() - begin)


def webhook_url(url: str, *, allow_remote: bool) -> str:
    """The address to post to; `UnsafeTarget` unless it is this machine's own or the caller insists."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise UnsafeTarget("the address must be http(s)://host without a user")
    if not allow_remote and not _is_loopback(parts.hostname):
        raise UnsafeTarget("simulated calls go to this machine only unless remote targets are allowed")
    return url if parts.path.strip("/") else f"{parts.scheme}://{parts.netloc}{WEBHOOK_PATH}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _run(sender: Sender, load: Load) -> int:
    """Start calls at the rate until the number or the time is up; returns how many were started."""
    loop = asyncio.get_running_loop()
    rng = Random()
    clients = personas.clients(rng)
    begin, started = loop.time(), 0
    try:
        async with asyncio.timeout(load.time_limit), asyncio.TaskGroup() as calls:
            for number in range(load.calls):
                due = begin + number / load.rate
                await asyncio.sleep(max(0.0, due - loop.time()))
                call = make_call(rng, scenarios.choose(rng), clock.now(), clients)
                calls.create_task(run_call(sender, call, rng, speed=load.speed, due=due))
                started += 1
    except TimeoutError:
        pass
    return started


def _report(tally: Tally, calls: int, seconds: float) -> Report:
    ordered = sorted(tally.latencies)
    settled = tally.verdicts.total()
    return Report(
        calls=calls,
        events=tally.events,
        acknowledged=tally.verdicts["acknowledged"],
        refused=tally.verdicts["refused"],
        failed=tally.verdicts["failed"],
        unfinished=tally.events - settled,
        attempts=tally.attempts,
        seconds=round(seconds, 3),
        events_per_second=round(settled / seconds, 2) if seconds else 0.0,
        p50=_percentile(ordered, 0.50),
        p95=_percentile(ordered, 0.95),
        p99=_percentile(ordered, 0.99),
        slowest=_percentile(ordered, 1.0),
        answers=dict(tally.statuses),
    )


def _percentile(ordered: list[float], share: float) -> float | None:
    """Nearest rank, in milliseconds."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1000, 2)
