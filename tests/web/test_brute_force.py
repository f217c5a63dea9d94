"""Ten thousand guesses of five hundred networks at one account, with hashes as strong as they are (security.md#t7)."""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import time_machine

from sekretarka.core.database import engine
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import rate_limiter
from tests import factories
from tests.bench.client import quantile
from tests.support.accounts import joins, person
from tests.web.browser import Browser

NETWORKS, EACH, AT_ONCE, PAUSE = 500, 20, 50, 0.12
REPORT = (
    "\n{guesses} guesses of {networks} networks in {seconds:.0f} s on {database}: {verified} looked at; "
    "meanwhile {asked} GET /api/v1/agents, p50 {p50:.0f} ms, p99 {p99:.0f} ms, slowest {slowest:.0f} ms"
)


def browser(app: Any, network: str) -> Browser:
    return Browser(transport=httpx2.ASGITransport(app, client=(network, 50_000)), base_url=settings.base_url)


async def guesses(app: Any, number: int, gate: asyncio.Semaphore) -> set[str]:
    """All that one network may try."""
    seen = set()
    async with browser(app, f"198.18.{number // 250}.{number % 250 + 1}") as visitor:
        token = await visitor.token()
        for guess in range(EACH):
            fields = {"csrfToken": token, "email": "iga@example.com", "password": f"hasło {number} {guess}"}
            async with gate:
                answer = await visitor.post("/api/auth/callback/credentials", data=fields)
            seen.add(answer.headers["location"].partition("?")[2])
    return seen


async def watch(visitor: Browser, ended: asyncio.Event) -> list[float]:
    """How long somebody at work waits meanwhile, in milliseconds."""
    waits = []
    while not ended.is_set():
        began = time.perf_counter()
        answer = await visitor.get("/api/v1/agents")
        waits.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200
        await asyncio.sleep(PAUSE)
    return waits


@pytest.mark.soak
async def test_a_storm_of_guesses(
    app: Any, database: engine.Database, verified: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "sekretarka.access")  # ten thousand lines
    user = await person()
    await joins(user, (await factories.organization()).id)
    await rate_limiter.disconnect()
    async with browser(app, "203.0.113.7") as victim, browser(app, "203.0.113.8") as elsewhere:
        await victim.sign_in()
        verified.clear()
        gate, ended, began = asyncio.Semaphore(AT_ONCE), asyncio.Event(), time.perf_counter()
        watching = asyncio.create_task(watch(victim, ended))
        seen = await asyncio.gather(*(guesses(app, number, gate) for number in range(NETWORKS)))
        seconds = time.perf_counter() - began
        ended.set()
        waits = sorted(await watching)
        assert set.union(*seen) == {"error=CredentialsSignin&code=credentials"}, "nobody learns which were looked at"
        assert 5 <= len(verified) <= 20
        looked_at = len(verified)
        await victim.send_form("/api/auth/signout")
        await victim.sign_in()
        assert await victim.who(), "a known browser does not wait"
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=15)):
            await elsewhere.sign_in()
            assert await elsewhere.who(), "nor does anybody after a quarter of an hour"
    await rate_limiter.disconnect()
    timings = {"p50": quantile(waits, 0.5), "p99": quantile(waits, 0.99), "slowest": waits[-1], "asked": len(waits)}
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    whole = {"guesses": NETWORKS * EACH, "networks": NETWORKS, "seconds": seconds, "database": kind}
    print(REPORT.format(**whole, **timings, verified=looked_at))  # noqa: T201 - a campaign's report
