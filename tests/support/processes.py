"""The product as it really runs: its own commands in processes of their own, ended with the test."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support import forked, secret_leaks, workspace
from tests.support.ports import free_port

COMMAND = Path(sys.executable).with_name("sekretarka")
PATIENCE = 300
Command = list[str] | partial[Any]
Done = subprocess.CompletedProcess[str]


class Running:
    """A process of ours, a program or a fork; `kill` is kill -9, `start` the restart with the same data."""

    def __init__(self, log: Path, command: Command, variables: dict[str, str]) -> None:
        self.log = log
        self._command, self._variables = command, variables
        self.process: subprocess.Popen[bytes] | forked.Fork | None = None

    def start(self) -> None:
        """Start it."""
        if isinstance(self._command, partial):
            self.process = forked.Fork(self._command, self._variables, self.log.parent, self.log)
        else:
            with self.log.open("ab") as log:
                options: dict[str, Any] = {"stdout": log, "stderr": log, "start_new_session": True}
                self.process = subprocess.Popen(self._command, cwd=self.log.parent, env=self._variables, **options)
        workspace.remember(self.process.pid)

    def stop(self, timeout: float = 15) -> int:
        """Ask it to end and wait; its exit code."""
        assert self.process is not None
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self) -> None:
        """End it and what it started at once, without a last word."""
        if self.process is not None:
            self.signal(signal.SIGKILL)
            self.process.wait()

    def children(self) -> list[int]:
        """The ids of the processes that it started and that have not ended."""
        assert self.process is not None
        listed = subprocess.run(["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
        rows = (line.split() for line in listed.splitlines())
        return [int(pid) for pid, parent, state in rows if int(parent) == self.process.pid and state[0] != "Z"]

    def signal(self, number: signal.Signals) -> None:
        """Send it to the process and what it started."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:  # a fork that does not lead its group yet
                os.kill(self.process.pid, number)


class Served(Running):
    """A running server, always on the same port."""

    def __init__(self, log: Path, command: Command, variables: dict[str, str], port: int) -> None:
        super().__init__(log, command, variables)
        self.port, self.url = port, f"http://127.0.0.1:{port}"

    def start(self, timeout: float = 60) -> None:
        """Start and wait until it reports alive."""
        super().start()
        assert self.process is not None
        until = time.monotonic() + timeout
        with httpx2.Client(timeout=5, trust_env=False) as client:  # making one takes longer than asking
            while time.monotonic() < until and self.process.poll() is None:
                with contextlib.suppress(httpx2.HTTPError):
                    if client.get(f"{self.url}/api/health/live").status_code == 200:
                        return
                time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")


def variables(**settings: str) -> dict[str, str]:
    """This process's environment with settings on top: `variables(database_url=…)`."""
    return {**os.environ, "ENV": "test", **{name.upper(): value for name, value in settings.items()}}


def fork(work: partial[Any], cwd: Path | None = None, stdin: str = "", **settings: str) -> Done:
    """Do some work in a process to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out, errors = Path(folder) / "out", Path(folder) / "errors"
        process = forked.Fork(work, variables(**settings), cwd or Path.cwd(), out, errors, stdin)
        workspace.remember(process.pid)
        return Done(work.args, process.wait(PATIENCE), out.read_text(), errors.read_text())


def run(*arguments: str, cwd: Path | None = None, stdin: str = "", **settings: str) -> Done:
    """Run one `sekretarka` command to its end; `stdin` is what it reads."""
    return fork(partial(forked.command, *arguments), cwd, stdin, **settings)


def run_program(*arguments: str, cwd: Path | None = None, **settings: str) -> Done:
    """The same from its first start on, with the seconds that it takes."""
    options: dict[str, Any] = {"capture_output": True, "text": True, "timeout": PATIENCE}
    return subprocess.run([COMMAND, *arguments], env=variables(**settings), cwd=cwd, check=False, **options)


class Serve:
    """Starts servers and workers for one test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.started: list[Running] = []

    def __call__(self, **settings: str) -> Served:
        """What `sekretarka api` becomes with these settings on a free port, up and answering."""
        port = free_port()
        return self._serve(partial(forked.api, port), port, settings)

    def program(self, **settings: str) -> Served:
        """The same from its first start on, with the seconds that it takes."""
        port = free_port()
        return self._serve([str(COMMAND), "api", "--host", "127.0.0.1", "--port", str(port)], port, settings)

    def _serve(self, command: Command, port: int, settings: dict[str, str]) -> Served:
        settings = {"base_url": f"http://127.0.0.1:{port}", "port": str(port), **settings}
        served = Served(self._folder / f"server-{port}.log", command, variables(**settings), port)
        self.started.append(served)
        served.start()
        return served

    def worker(self, **settings: str) -> Running:
        """What `sekretarka worker` becomes with these settings."""
        return self._work(partial(forked.worker), settings)

    def worker_program(self, **settings: str) -> Running:
        """The same from its first start on."""
        return self._work([str(COMMAND), "worker"], settings)

    def _work(self, command: Command, settings: dict[str, str]) -> Running:
        log = self._folder / f"worker-{len(self.started)}.log"
        running = Running(log, command, variables(**settings))
        self.started.append(running)
        running.start()
        return running


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(database_url=…)` runs the API and its worker as a process; ended with the test."""
    serving = Serve(tmp_path)
    yield serving
    for running in serving.started:
        running.kill()
    for running in serving.started:
        secret_leaks.search(running.log)
