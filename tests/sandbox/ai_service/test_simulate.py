"""Load: constant arrivals whatever the receiver does, honest latencies, bounds, and only this machine."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx2
import pytest

from sekretarka.core.runtime import crypto
from sekretarka.sandbox.ai_service import delivery
from sekretarka.sandbox.ai_service.simulate import Load, UnsafeTarget, simulate, webhook_url
from tests.sandbox.ai_service.receiver import Receiver

AGENT = str(UUID(int=7))


@pytest.fixture
def receiver() -> Receiver:
    return Receiver(crypto.new_webhook_secret())


def first_arrivals(receiver: Receiver) -> list[float]:
    """When each call was first heard of, from the first call on."""
    seen: dict[str, float] = {}
    for arrival in receiver.arrivals:
        seen.setdefault(arrival.body["data"]["callId"], arrival.at)
    times = sorted(seen.values())
    return [at - times[0] for at in times]


@asynccontextmanager
async def stalls() -> AsyncIterator[list[float]]:
    """For how long at a time this process did not get its turn, on a machine that is busy with something else."""
    delays: list[float] = []

    async def look() -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(0.01)
            delays.append(loop.time() - began - 0.01)

    looking = asyncio.create_task(look())
    try:
        yield delays
    finally:
        looking.cancel()


async def test_calls_arrive_at_the_rate(receiver: Receiver) -> None:
    async with receiver.listening(), stalls() as stalled:
        report = await simulate(receiver.url, AGENT, receiver.secret, Load(calls=30, rate=20, speed=math.inf))
    assert report.calls == 30
    assert report.all_acknowledged
    assert report.events == len(receiver.accepted) == sum(report.answers.values())
    assert report.p50 is not None
    assert report.p95 is not None
    assert report.p99 is not None
    assert report.slowest is not None
    assert 0 < report.p50 <= report.p95 <= report.p99 <= report.slowest
    starts = first_arrivals(receiver)
    assert len(starts) == 30
    assert 29 / 20 - 0.35 <= starts[-1] <= 29 / 20 + 0.35 + sum(stalled)


async def test_slow_receiver_does_not_slow_arrivals(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "LIMITS", httpx2.Limits(max_connections=4))
    receiver.delay = 0.2
    async with receiver.listening():
        report = await simulate(receiver.url, AGENT, receiver.secret, Load(calls=5, rate=50, speed=math.inf))
    assert report.all_acknowledged
    # Four at a time of 0.2 s each: the last of n events waits n/4 times 0.2 s, and that is what is reported.
    assert report.slowest is not None
    assert report.slowest / 1000 > 0.9 * report.events / 4 * 0.2


async def test_counts_rejections_and_failures(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_DELAY", 0.01)
    receiver.answer = lambda number: (200, 400, 503)[number % 3]
    async with receiver.listening():
        report = await simulate(
            receiver.url, AGENT, receiver.secret, Load(calls=5, rate=50, speed=math.inf, attempts=1)
        )
    assert report.acknowledged + report.refused + report.failed == report.events
    assert report.answers == {"200": report.acknowledged, "400": report.refused, "503": report.failed}
    assert report.failed > 0
    assert not report.all_acknowledged
    assert report.as_json()["failed"] == report.failed


async def test_stops_at_its_time_limit(receiver: Receiver) -> None:
    async with receiver.listening():
        report = await simulate(
            receiver.url, AGENT, receiver.secret, Load(calls=1000, rate=10, speed=1, time_limit=0.6)
        )
    assert 0.5 < report.seconds < 2
    assert 5 <= report.calls <= 8
    assert report.acknowledged + report.unfinished == report.events


async def test_silent_receiver_does_not_exceed_the_time_limit(receiver: Receiver) -> None:
    receiver.delay = 30
    async with receiver.listening():
        report = await simulate(
            receiver.url, AGENT, receiver.secret, Load(calls=2, rate=10, speed=math.inf, time_limit=0.5)
        )
    assert report.acknowledged == 0
    assert report.unfinished == report.events > 0
    assert report.p99 is None
    assert report.seconds < 5


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1:8000/", "http://127.8.9.1", "https://[::1]:8000"]
)
def test_local_targets_are_allowed(url: str) -> None:
    assert webhook_url(url, allow_remote=False) == url.rstrip("/") + "/api/webhooks/ai-service"


def test_whole_webhook_address_stays_as_given() -> None:
    url = f"http://localhost:8000/api/webhooks/ai-service/{AGENT}"
    assert webhook_url(url, allow_remote=False) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://sekretarka.example",
        "http://192.168.1.10:8000",
        "http://0.0.0.0:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost@sekretarka.example",
        "http://127.1",
        "http://[::ffff:8.8.8.8]",
        "//localhost:8000",
        "ftp://localhost",
        "localhost:8000",
        "",
    ],
)
async def test_remote_targets_are_rejected(url: str) -> None:
    with pytest.raises(UnsafeTarget):
        await simulate(url, AGENT, crypto.new_webhook_secret(), Load(calls=1))


def test_remote_targets_are_allowed_on_request() -> None:
    assert webhook_url("https://sekretarka.example", allow_remote=True).startswith("https://sekretarka.example/api/")
    for url in ("ftp://sekretarka.example", "http://user@sekretarka.example", "sekretarka.example"):
        with pytest.raises(UnsafeTarget):
            webhook_url(url, allow_remote=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"calls": 0},
        {"calls": 100_001},
        {"calls": 1, "rate": 0.0},
        {"calls": 1, "rate": 1001.0},
        {"calls": 1, "rate": math.nan},
        {"calls": 1, "speed": 0.5},
        {"calls": 1, "speed": math.nan},
        {"calls": 1, "attempts": 0},
        {"calls": 1, "time_limit": 0.0},
    ],
)
def test_load_has_bounds(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Load(**wrong)  # type: ignore[arg-type]
