"""One temporary folder per test run, shared by its processes and gone at the end with the servers started in it."""

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
VARIABLE = "SEKRETARKA_TEST_RUN"


def start() -> None:
    """Make the folder; worker processes inherit its name."""
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="sekretarka-tests-")


def folder() -> Path:
    """The run's folder."""
    return Path(os.environ[VARIABLE])


@contextlib.contextmanager
def locked(name: str, place: Path | None = None) -> Iterator[None]:
    """Only one process of the run at a time; `place` is for what outlives the run."""
    place = place or folder()
    place.mkdir(parents=True, exist_ok=True)
    with (place / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def end() -> None:
    """Stop the shared servers by their pids and remove the folder."""
    if VARIABLE not in os.environ:
        return
    for pid_file in [*folder().glob("*.pid"), *folder().glob("*/postmaster.pid")]:
        stop(int(pid_file.read_text().splitlines()[0]))
    shutil.rmtree(folder(), ignore_errors=True)
    del os.environ[VARIABLE]


def stop(pid: int) -> None:
    """Ask a server to end now; insist after five seconds."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
        for _ in range(100):
            os.kill(pid, 0)
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
