"""One temporary folder per test run, shared by its processes and gone at the end with the servers started in it."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
VARIABLE = "SEKRETARKA_TEST_RUN"
PREFIX = "sekretarka-tests-"
OWNER = "owner"


def start() -> None:
    """Make the folder; worker processes inherit its name. Runs that were killed left theirs: they go now."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = left / OWNER
        if owner.exists() and _born(int(owner.read_text().split("\n")[0])) is None:
            _remove(left)
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix=PREFIX)
    (folder() / OWNER).write_text(f"{os.getpid()}\n")


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


def remember(pid: int) -> None:
    """A process that must not outlive the run, whatever becomes of the test that started it."""
    (folder() / f"{pid}.pid").write_text(f"{pid}\n{_born(pid)}\n")


def end() -> None:
    """Stop what still runs, by its pid, and remove the folder."""
    if VARIABLE in os.environ:
        _remove(folder())
        del os.environ[VARIABLE]


def _remove(run: Path) -> None:
    for pid_file in run.glob("*.pid"):
        pid, born = pid_file.read_text().split("\n")[:2]
        if _born(int(pid)) == born:  # else the number is another process's by now
            _stop(int(pid))
    for pid_file in run.glob("*/postmaster.pid"):
        pid = pid_file.read_text().split("\n")[0]
        if str(run) in _ps(int(pid), "args"):
            _stop(int(pid))
    shutil.rmtree(run, ignore_errors=True)


def _born(pid: int) -> str | None:
    """When a process started; None when it does not run."""
    return _ps(pid, "lstart") or None


def _ps(pid: int, what: str) -> str:
    done = subprocess.run(["ps", "-ww", "-o", f"{what}=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _stop(pid: int) -> None:
    """Ask a server to end now; insist after five seconds, then with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
        for _ in range(100):
            os.kill(pid, 0)
            time.sleep(0.05)
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
