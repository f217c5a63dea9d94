"""A running dashboard without its pages, people of every role in it, and tabs that speak to it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from sekretarka.cli import supervisor
from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import sessions
from tests import factories
from tests.support import databases, secret_leaks
from tests.support.ports import free_port
from tests.support.processes import variables
from tests.support.workspace import ROOT
from tests.ui.tab import Tab


@dataclass
class Dashboard:
    """The server process: real handlers behind the real guard, plus those of `unguarded_app`."""

    url: str
    log: Path
    trace: Path
    database_url: str
    process: subprocess.Popen[bytes] | None = None
    tabs: list[Tab] = field(default_factory=list)
    _seen: dict[Path, int] = field(default_factory=dict)

    async def tab(self, session: str | None = None, **options: Any) -> Tab:
        """A new tab; None is nobody."""
        tab = await Tab.open(self.url, session=session, **options)
        self.tabs.append(tab)
        return tab

    async def reopen(self, token: str, session: str | None, **options: Any) -> Tab:
        """A tab that goes on with the client token of a closed one, once the server has noticed that it is closed."""
        for _ in range(50):
            tab = await self.tab(session, token=token, **options)
            await tab.settle()
            if tab.token == token:
                return tab
            await tab.close()
            await asyncio.sleep(0.1)
        raise AssertionError("the server still holds the closed tab")

    def mark(self) -> None:
        """From here on `ran` and `logged` speak of this test only."""
        self._seen = {path: path.stat().st_size for path in (self.log, self.trace) if path.exists()}

    def _since_mark(self, path: Path) -> str:
        return path.read_bytes()[self._seen.get(path, 0) :].decode() if path.exists() else ""

    def ran(self) -> list[str]:
        """Which of the handlers of `unguarded_app` really ran."""
        return self._since_mark(self.trace).splitlines()

    def logged(self) -> str:
        """Everything the process wrote."""
        return self._since_mark(self.log)

    async def idle(self) -> None:
        """Nothing queued runs any more."""
        before = -1
        for _ in range(20):
            await asyncio.sleep(0.5)
            now = len(self.ran())
            if now == before:
                break
            before = now

    async def quiet(self) -> None:
        """Every tab closed."""
        for tab in self.tabs:
            await tab.close()
        self.tabs.clear()

    def kill(self) -> None:
        """End the process and its workers."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def start(folder: Path, database_url: str, **settings: str) -> Dashboard:
    """Start it as production does, without the built pages."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    running = Dashboard(url, folder / f"dashboard-{port}.log", folder / f"trace-{port}", database_url)
    environment = variables(**{"database_url": database_url, "base_url": url, "port": str(port), **settings})
    environment |= {"__REFLEX_SKIP_COMPILE": "true", "HANDLER_TRACE": str(running.trace), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", supervisor.__name__, "tests.ui.unguarded_app:app", "127.0.0.1", str(port), "1"]
    with running.log.open("ab") as log:
        running.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    until = time.monotonic() + 30
    with httpx2.Client(timeout=1, trust_env=False) as client:  # making one takes longer than asking
        while time.monotonic() < until and running.process.poll() is None:
            with contextlib.suppress(httpx2.HTTPError):
                if client.get(f"{url}/ping").status_code == 200:
                    return running
            time.sleep(0.05)
    running.kill()
    raise AssertionError(f"the dashboard did not start:\n{running.log.read_text()}")


Dashboards = Callable[[str], Dashboard]


@pytest.fixture(scope="session")
def dashboards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboards]:
    """`dashboards("sqlite")` is this test process's dashboard over such a database, started when first asked for: each
    test has an organization of its own, and none meets another."""
    started: dict[str, Dashboard] = {}

    def running(kind: str) -> Dashboard:
        if kind not in started:
            folder = tmp_path_factory.mktemp("dashboard")
            started[kind] = start(folder, databases.lasting(kind, folder))
        return started[kind]

    yield running
    for dashboard in started.values():
        dashboard.kill()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Every test of a dashboard runs over both kinds of database."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
async def running(database_kind: str, dashboards: Dashboards) -> AsyncIterator[Dashboard]:
    """The process; this one speaks to the same database."""
    running = dashboards(database_kind)
    engine.connect(running.database_url)
    yield running
    await engine.disconnect()
    secret_leaks.search(running.log)


@pytest.fixture
async def dashboard(running: Dashboard) -> AsyncIterator[Dashboard]:
    """The running dashboard, with `ran` and `logged` of this test."""
    running.mark()
    yield running
    await running.quiet()


@dataclass(frozen=True)
class Person:
    """Someone signed in: what the browser holds, and who that is."""

    session: str
    actor: Actor


@dataclass(frozen=True)
class People:
    """One business with a person of each role, and a stranger who owns another."""

    organization_id: UUID
    other_organization_id: UUID
    by_name: dict[str, Person]

    def __getitem__(self, name: str) -> Person:
        return self.by_name[name]


async def sign_in(who: Actor) -> Person:
    """A session for a person, as signing in makes it."""
    async with begin(actor.system(), write=True) as uow:
        return _sign_in(uow, who)


def _sign_in(uow: UnitOfWork, who: Actor) -> Person:
    assert who.user_id is not None
    _, token = sessions.start(uow, who.user_id, who.organization_id, None)
    return Person(token, who)


async def sign_out(person: Person) -> None:
    """The session ends, somewhere else than in the tab that uses it."""
    async with begin(actor.system(), write=True) as uow:
        await sessions.end(uow, person.session)


@pytest.fixture
async def people(running: Dashboard) -> People:
    """`people["viewer"].session` is a cookie's value."""
    async with begin(actor.system(), write=True) as uow:
        own = await factories.add_organization(uow)
        other = await factories.add_organization(uow, name="Warsztat Kowalski")
        actors = {role.value: await factories.add_member(uow, own.id, role) for role in Role}
        actors["stranger"] = await factories.add_member(uow, other.id)
        return People(own.id, other.id, {name: _sign_in(uow, who) for name, who in actors.items()})
