"""Processes of the product that start in a moment: forked from one that has it imported, by Python's own fork server.

They are what the program `sekretarka` becomes; that it becomes it is proved in `tests/cli`.
"""

import io
import multiprocessing
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
PRODUCT = ("sekretarka.cli", "sekretarka.cli.background", "sekretarka.cli.supervisor", "alembic.command")
CONTEXT.set_forkserver_preload(["pytest", *PRODUCT, "tests.support.routes_made", __name__])


class Fork:
    """A process that runs `work` in a folder; the part of `subprocess.Popen` that tests use. It appends to `log`, or
    what it says of errors to `errors`."""

    def __init__(
        self,
        work: partial[Any],
        variables: dict[str, str],
        folder: Path,
        log: Path,
        errors: Path | None = None,
        stdin: str = "",
    ) -> None:
        outputs = {1: log, 2: errors or log}
        self._process = CONTEXT.Process(target=_run, args=(work, variables, folder, outputs, stdin))
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


def _run(work: partial[Any], variables: dict[str, str], folder: Path, outputs: dict[int, Path], stdin: str) -> None:
    """In the new process: leave behind what it has from its parents."""
    os.setsid()
    for number, path in outputs.items():
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), number)
    sys.stdin = io.StringIO(stdin)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    multiprocessing.set_start_method("fork", force=True)  # the default, which Granian asks for

    from sekretarka.core.runtime.settings import Settings
    from tests.support import environment

    environment.replace(Settings(_env_file=None))
    work()


def command(*arguments: str) -> None:
    """`sekretarka` with these arguments."""
    from sekretarka.cli import main

    main(list(arguments), prog_name="sekretarka")


def api(port: int) -> None:
    """What `sekretarka api` becomes on a port of this machine."""
    from sekretarka.cli import supervisor
    from sekretarka.core.runtime.settings import settings

    supervisor.main("sekretarka.cli.background:create_api", "127.0.0.1", str(port), str(settings.workers))


def worker() -> None:
    """What `sekretarka worker` becomes."""
    from sekretarka.cli import background, startup

    startup.load_settings()
    startup.run(background.run_worker())


def seed(days: int) -> None:
    """`sekretarka seed --demo`, with less history."""
    from sekretarka.cli import schema, startup
    from sekretarka.sandbox import demo_seed

    schema.ensure_migrated(startup.load_settings())
    startup.run(demo_seed.seed(days))
