"""The product as it really runs: its own commands in processes of their own, ended with the test."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support import workspace
from tests.support.redis import free_port

COMMAND = Path(sys.executable).with_name("sekretarka")
PATIENCE = 300


class Served:
    """A running server; `kill` is kill -9, `start` the restart on the same port with the same data."""

    def __init__(self, folder: Path, command: list[str], port: int, variables: dict[str, str]) -> None:
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        self.log = folder / f"server-{port}.log"
        self._command, self._folder, self._variables = command, folder, variables
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 20) -> None:
        """Start and wait until it reports alive."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._variables, stdout=log, stderr=log, start_new_session=True
            )
        workspace.remember(self.process.pid)
        until = time.monotonic() + timeout
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.url}/api/health/live", timeout=1).status_code == 200:
                    return
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def stop(self, timeout: float = 15) -> int:
        """Ask it to end and wait; its exit code."""
        assert self.process is not None
        self._signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self) -> None:
        """End it and what it started at once, without a last word."""
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def variables(**settings: str) -> dict[str, str]:
    """This process's environment with settings on top: `variables(database_url=…)`."""
    return {**os.environ, "ENV": "test", **{name.upper(): value for name, value in settings.items()}}


def run(*arguments: str, cwd: Path | None = None, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one `sekretarka` command to its end; `given` is what it reads."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=variables(**settings),
        cwd=cwd,
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Serve:
    """Starts servers for one test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.started: list[Served] = []

    def __call__(self, **settings: str) -> Served:
        """`sekretarka api` with these settings on a free port, up and answering."""
        port = free_port()
        settings = {"base_url": f"http://127.0.0.1:{port}", "port": str(port), **settings}
        command = [str(COMMAND), "api", "--host", "127.0.0.1", "--port", str(port)]
        served = Served(self._folder, command, port, variables(**settings))
        self.started.append(served)
        served.start()
        return served


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(database_url=…)` runs the API, its doors and worker, as a process; ended with the test."""
    serving = Serve(tmp_path)
    yield serving
    for served in serving.started:
        served.kill()
