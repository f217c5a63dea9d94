"""Processes of the product that start in a moment: forked from one that has it imported, by Python's own fork server.

They are what `sekretarka api` and `sekretarka worker` become; that the commands become it is proved in `tests/cli`.
"""

import multiprocessing
import os
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["pytest", "sekretarka.cli.background", "sekretarka.cli.supervisor", __name__])


class Fork:
    """A process that runs `work`; the part of `subprocess.Popen` that tests use."""

    def __init__(self, work: partial[Any], log: Path, variables: dict[str, str]) -> None:
        self._process = CONTEXT.Process(target=_run, args=(work, log, variables))
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended; `TimeoutExpired`."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._process.exitcode


def _run(work: partial[Any], log: Path, variables: dict[str, str]) -> None:
    """In the new process: leave behind what it has from its parents."""
    os.setsid()
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.chdir(log.parent)
    os.environ.clear()
    os.environ.update(variables)
    multiprocessing.set_start_method("fork", force=True)  # the default, which Granian asks for

    from sekretarka.core.runtime.settings import Settings
    from tests.support import environment

    environment.replace(Settings(_env_file=None))
    work()


def api(port: int) -> None:
    """`sekretarka api` on a port of this machine."""
    from sekretarka.cli import supervisor
    from sekretarka.core.runtime.settings import settings

    supervisor.main("sekretarka.cli.background:create_api", "127.0.0.1", str(port), str(settings.workers))


def worker() -> None:
    """`sekretarka worker`."""
    from sekretarka.cli import background, startup

    startup.load_settings()
    startup.run(background.run_worker())
