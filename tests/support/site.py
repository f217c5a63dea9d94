"""The whole product as `sekretarka serve` runs it in production, once per test run, for tests with a browser."""

import contextlib
import subprocess
import time
from dataclasses import dataclass

import httpx2
import pytest

from tests.support import workspace
from tests.support.processes import COMMAND, variables

# Baked into the built pages: a fixed port lets the next run use them again.
PORT = 18652
START_SECONDS = 180


@dataclass(frozen=True)
class Site:
    """Where it is and what its database is; tests make their own people and business in it."""

    url: str
    database_url: str


@pytest.fixture(scope="session")
def site() -> Site:
    """The running product, shared by all test processes; the first one that needs it starts it."""
    folder = workspace.folder()
    found = Site(f"http://localhost:{PORT}", f"sqlite:///{folder / 'site.db'}")
    with workspace.locked("site"):
        if not (folder / "site.pid").exists():
            start(found)
    return found


def start(site: Site, **more: str) -> None:
    """Start it and wait until it is ready; the end of the run stops it."""
    settings = {"base_url": site.url, "port": str(PORT), "database_url": site.database_url, **more}
    environment = {**variables(**settings), "REFLEX_WEB_WORKDIR": ".build/web"}
    log = workspace.folder() / "site.log"
    with log.open("ab") as output:
        server = subprocess.Popen(
            [COMMAND, "serve"],
            cwd=workspace.folder(),
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(httpx2.HTTPError):
            if httpx2.get(f"{site.url}/api/health/ready", timeout=2).status_code == 200:
                (workspace.folder() / "site.pid").write_text(str(server.pid))
                server.returncode = 0  # no longer ours to wait for: the run's end stops it by its pid
                return
        time.sleep(0.1)
    server.kill()
    server.wait()
    raise AssertionError(f"the site did not start:\n{log.read_text()}")
