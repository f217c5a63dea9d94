"""Redis slow, cut off, killed and empty again in a stream of events: nobody waits for it and nothing is lost."""

import asyncio
import time
from collections import Counter

import httpx2
import pytest

from sekretarka.core.database import engine
from sekretarka.domain.accounts import login_throttling
from sekretarka.domain.auth import registration
from tests.faults.listening import listening
from tests.faults.proxy import Proxy
from tests.faults.stream import UNLIMITED, Line, nothing_lost_nothing_doubled
from tests.support.processes import Serve, Served
from tests.support.redis import PASSWORD, Valkey
from tests.support.waiting import until

SIGN_IN = {"email": "iga@kwiaty.example", "password": "Orchidea-na-parapecie-7"}
DELAY = 5.0
ROUNDS = [1, pytest.param(20, marks=pytest.mark.soak)]


class Visitor:
    """Reads, asks whether the server is ready, and guesses a password, again and again."""

    def __init__(self, served: Served, api_key: str) -> None:
        self.slowest = 0.0
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._served, self._key = served, api_key

    async def look(self) -> None:
        """Once at everything, as a caller of its own each time."""
        async with httpx2.AsyncClient(base_url=self._served.url, timeout=30, trust_env=False) as client:
            key = {"Authorization": f"Bearer {self._key}"}
            await self._one(client, "read", "GET", "/api/v1/agents", headers=key)
            await self._one(client, "ready", "GET", "/api/health/ready")
            csrf = (await client.get("/api/auth/csrf")).json()["csrfToken"]
            wrong = {"csrfToken": csrf, "email": SIGN_IN["email"], "password": "Nie-to-haslo-9"}
            await self._one(client, "sign-in", "POST", "/api/auth/callback/credentials", data=wrong)

    async def _one(self, client: httpx2.AsyncClient, what: str, method: str, path: str, **more: object) -> None:
        began = time.monotonic()
        answer = await client.request(method, path, **more)  # type: ignore[arg-type]
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.statuses[what, answer.status_code] += 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("rounds", ROUNDS)
async def test_nobody_waits_for_redis(
    database: engine.Database, database_url: str, serve: Serve, valkey: Valkey, rounds: int
) -> None:
    valkey.start()
    owner = await registration.create_owner(SIGN_IN["email"], SIGN_IN["password"], "Kwiaciarnia")
    line = await Line.make(owner.organization_id)
    async with Proxy(valkey.port) as proxy:
        redis_url = f"redis://:{PASSWORD}@127.0.0.1:{proxy.port}/0"
        served = serve(database_url=database_url, redis_url=redis_url, **UNLIMITED)
        visitor = Visitor(served, owner.api_key)
        async with listening(served.url, owner.api_key) as listener:
            async with line.stream(served.url) as stream:
                for _ in range(rounds):
                    await visitor.look()
                    proxy.delay = DELAY
                    for _ in range(4):
                        await visitor.look()
                    proxy.delay = 0
                    await proxy.cut()
                    for _ in range(4):
                        await visitor.look()
                    valkey.stop()
                    valkey.start()
                    await proxy.mend()
                    await asyncio.sleep(2.5)
                    await visitor.look()
            await nothing_lost_nothing_doubled(stream)
            newest = await line.live_cursor()
            await until(lambda: listener.numbers[-1] == newest)
    assert listener.numbers == list(range(1, newest + 1)), "each once, in order"
    assert max(visitor.slowest, stream.slowest) < DELAY
    assert {status for (what, status) in visitor.statuses if what != "sign-in"} == {200}
    assert served.log.read_text().count("redis lost") <= 1 + rounds
    # Guesses are counted in the database: the account waits, whatever became of Redis.
    assert (
        sum(count for (what, _), count in visitor.statuses.items() if what == "sign-in")
        > login_throttling.FREE_FAILURES
    )
    async with httpx2.AsyncClient(base_url=served.url, timeout=30, trust_env=False) as client:
        csrf = (await client.get("/api/auth/csrf")).json()["csrfToken"]
        for guess in [*(f"wrong {n}" for n in range(8)), SIGN_IN["password"]]:  # a long wait, however slow the machine
            tried = {"csrfToken": csrf, **SIGN_IN, "password": guess}
            await client.post("/api/auth/callback/credentials", data=tried)
        assert (await client.get("/api/auth/session")).json() is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_streams_poll_without_redis_and_hear_at_once_when_it_is_back(
    database: engine.Database, database_url: str, serve: Serve, valkey: Valkey
) -> None:
    """Two servers: what one is told, listeners of the other hear by their polls, then by wake-ups again."""
    valkey.start()
    owner = await registration.create_owner(SIGN_IN["email"], SIGN_IN["password"], "Kwiaciarnia")
    line = await Line.make(owner.organization_id)
    first = serve(database_url=database_url, redis_url=valkey.url, **UNLIMITED)
    other = serve(database_url=database_url, redis_url=valkey.url, run_worker="false", **UNLIMITED)
    async with listening(other.url, owner.api_key) as listener:
        valkey.stop()
        async with line.stream(first.url) as stream:
            await asyncio.sleep(0.2)
        await listener.until("conversation.updated", 1, seconds=20)
        valkey.start()
        await asyncio.sleep(3)
        count, began = len(listener.numbers), time.monotonic()
        async with line.stream(first.url, "again") as stream:
            await until(lambda: len(listener.numbers) > count)
        assert time.monotonic() - began < 4, "a wake-up, not the poll"
        assert stream.acknowledged
