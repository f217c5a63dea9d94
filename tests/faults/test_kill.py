"""`kill -9` in a stream of signed events: what was acknowledged is there, once, and nothing else is."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Permission
from sekretarka.domain.inbox.models import InboxState, WebhookEvent
from sekretarka.domain.organizations import api_keys
from tests import factories
from tests.faults import stream as streaming
from tests.faults.listening import listening
from tests.faults.stream import UNLIMITED, Line, nothing_lost_nothing_doubled
from tests.support import workspace
from tests.support.processes import Running, Serve, variables
from tests.support.waiting import until


async def kill_again_and_again(victim: Running, rounds: int) -> None:
    for _ in range(rounds):
        await asyncio.sleep(random.uniform(0.05, 0.6))
        victim.kill()
        await asyncio.to_thread(victim.start)


async def key_of(line: Line) -> str:
    """A program of the line's business that may listen."""
    owner = await factories.member(line.agent.organization_id)
    assert owner.user_id is not None
    async with begin(actor.system(), write=True) as uow:
        may = [Permission.CONVERSATIONS_READ]
        return api_keys.issue(uow, line.agent.organization_id, owner.user_id, "listener", may)[1]


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.soak)])
async def test_killed_servers_lose_nothing_and_double_nothing(
    database: engine.Database, database_url: str, serve: Serve, rounds: int
) -> None:
    """Nor does who listens: from its last number on it misses nothing and hears nothing twice (api.md#live-events)."""
    line = await Line.make()
    served = serve(database_url=database_url, **UNLIMITED, rate_limit_api_key="100000/1seconds")
    async with listening(served.url, await key_of(line)) as listener:
        async with line.stream(served.url) as stream:
            await kill_again_and_again(served, rounds)
        await nothing_lost_nothing_doubled(stream)
        head = await line.live_cursor()
        with contextlib.suppress(TimeoutError):  # what it did not hear by then, it missed
            await until(lambda: listener.numbers[-1:] == [head])
    assert listener.numbers == list(range(1, head + 1))
    assert listener.named("reset") == []
    assert len(listener.statuses) > rounds // 10, "cut off again and again; some kills found it on its way back"


@contextmanager
def forks(database_url: str) -> Iterator["Forks"]:
    """Workers that start at once; the last one goes with the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.processes"],
        cwd=workspace.ROOT,
        env=variables(database_url=database_url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    workspace.remember(process.pid)
    try:
        yield Forks(process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


class Forks:
    """One worker at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self) -> int:
        """Its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


async def done() -> int:
    """How many deliveries have been worked off."""
    counted = sa.select(sa.func.count()).where(col(WebhookEvent.state) == InboxState.DONE)
    async with begin(actor.system()) as uow:
        return int((await uow.execute(counted)).scalar_one())


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.soak)])
async def test_killed_workers_lose_nothing_and_double_nothing(
    database: engine.Database, database_url: str, serve: Serve, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PAUSE_SECONDS", 0.15)  # what piles up behind dead workers is waited for at the end
    line = await Line.make()
    served = serve(database_url=database_url, run_worker="false", **UNLIMITED)
    with forks(database_url) as workers:
        worker = await asyncio.to_thread(workers.start)
        async with line.stream(served.url) as stream:
            for _ in range(rounds):
                before = await done()
                async with asyncio.timeout(15):
                    while await done() == before:  # noqa: ASYNC110 - it is killed when it is seen at work
                        await asyncio.sleep(random.uniform(0.01, 0.1))
                os.kill(worker, signal.SIGKILL)
                worker = await asyncio.to_thread(workers.start)
        await nothing_lost_nothing_doubled(stream)
