"""The same dashboard with its states in Redis and two server processes: tabs move between them and lose nothing."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from sekretarka.core.database import engine
from tests.support import databases
from tests.support.redis import Valkey
from tests.ui import signed_calls as ringing
from tests.ui.conftest import Dashboard, People, sign_out, start
from tests.ui.pages import BOOT, SESSION, open_page, shows
from tests.ui.tab import unguarded


@dataclass(frozen=True)
class Pair:
    """Two processes over one database and one Redis."""

    first: Dashboard
    second: Dashboard


@pytest.fixture(scope="module", params=["postgresql", pytest.param("sqlite", marks=pytest.mark.soak)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """States, wake-ups and limits are in Redis: which database is beside it is for the campaign."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
async def running(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, valkey: Valkey
) -> AsyncIterator[Dashboard]:
    """The first process; it stands for `running` in the other fixtures."""
    valkey.start()
    folder = tmp_path_factory.mktemp("redis")
    first = start(folder, databases.lasting(database_kind, folder), redis_url=valkey.url)
    engine.connect(first.database_url)
    yield first
    first.kill()
    await engine.disconnect()


@pytest.fixture(scope="module")
def second(running: Dashboard, tmp_path_factory: pytest.TempPathFactory, valkey: Valkey) -> Iterator[Dashboard]:
    """The second one; origins are the first one's, as behind one address."""
    folder: Path = tmp_path_factory.mktemp("redis")
    second = start(folder, running.database_url, redis_url=valkey.url, base_url=running.url, run_worker="false")
    yield second
    second.kill()


@pytest.fixture
async def pair(dashboard: Dashboard, second: Dashboard) -> AsyncIterator[Pair]:
    """Both, with what they ran and logged in this test."""
    second.mark()
    yield Pair(dashboard, second)
    await second.quiet()


async def test_a_tab_goes_on_at_another_process(pair: Pair, people: People) -> None:
    person = people["owner"].session
    tab = await pair.first.tab(person)
    await tab.call(unguarded("hold"), {"word": "kept-in-redis"})
    await tab.close()
    again = await pair.second.reopen(tab.token, person, origin=pair.first.url)
    await again.call(BOOT)
    assert "kept-in-redis" in again.text()


async def test_a_leaked_client_token_hands_over_nothing(pair: Pair, people: People) -> None:
    tab = await pair.first.tab(people["owner"].session)
    await tab.call(f"{SESSION}.load")
    await tab.call(unguarded("hold"), {"word": "victims-canary"})
    await tab.close()
    for thief in (None, people["stranger"].session):
        stolen = await pair.second.reopen(tab.token, thief, origin=pair.first.url, boot={"name": BOOT})
        await stolen.call(BOOT)
        assert "victims-canary" not in stolen.text()
        assert str(people["owner"].actor.user_id) not in stolen.text()
        await stolen.close()


async def test_a_revoked_session_leaves_nothing_in_redis(pair: Pair, people: People, valkey: Valkey) -> None:
    tab = await pair.first.tab(people["owner"].session)
    await tab.call(unguarded("hold"), {"word": "word-of-the-owner"})
    await sign_out(people["owner"])
    await tab.call(unguarded("hold"), {"word": "after"})
    await tab.until_script("/login")
    await tab.close()
    await asyncio.sleep(0.5)
    with contextlib.closing(redis.Redis.from_url(valkey.url)) as client:
        keys = [key for key in client.scan_iter(f"*{tab.token}*") if client.type(key) == b"string"]
        states = [str(client.get(key)) for key in keys]
    assert states
    assert [state for state in states if "word-of-the-owner" in state] == []


async def test_a_call_received_by_one_process_shows_on_tabs_of_the_other(pair: Pair, people: People) -> None:
    line = await ringing.line(pair.first.url, people.organization_id)
    tab = await open_page(pair.second, people["viewer"].session, origin=pair.first.url)
    await line.ring("call_1")
    await tab.until(shows(tab, 1), 2)


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_pages_go_on_without_redis_and_when_it_is_back(
    dashboard: Dashboard, people: People, valkey: Valkey, how: str
) -> None:
    line = await ringing.line(dashboard.url, people.organization_id)
    person = people["viewer"].session
    tab = await open_page(dashboard, person)
    (valkey.stop if how == "killed" else valkey.freeze)()
    try:
        await line.ring("call_1")
        await tab.until_script(
            "reload"
        )  # the poll found that the state is gone: the page loads itself anew, as a browser does
        await tab.close()
        began = time.monotonic()
        tab = await open_page(dashboard, person, token=tab.token)
        await tab.until(shows(tab, 1))
        await tab.call(unguarded("hold"), {"word": "kept-in-the-process"})
        assert time.monotonic() - began < 5, "nobody waits for Redis"
        await line.ring("call_2")
        await tab.until(shows(tab, 2))
    finally:
        (valkey.start if how == "killed" else valkey.thaw)()
    await asyncio.sleep(3)
    await line.ring("call_3")
    await tab.until(shows(tab, 3))
    with contextlib.closing(redis.Redis.from_url(valkey.url)) as client:
        same_tab = [client.get(key) for key in client.scan_iter(f"{tab.token}*") if client.type(key) == b"string"]
    assert "kept-in-the-process" in str(same_tab)


async def test_pages_begin_afresh_when_redis_forgot_them(dashboard: Dashboard, people: People, valkey: Valkey) -> None:
    line = await ringing.line(dashboard.url, people.organization_id)
    tab = await open_page(dashboard, people["viewer"].session)
    valkey.stop()
    valkey.start()
    await line.ring("call_1")
    await tab.until_script("reload")
    tab.deltas.clear()
    await tab.call(unguarded("hold"), {"word": "x"})  # a click that comes before the reload fills the new state first
    await tab.until(shows(tab, 1))
