"""Ports for the servers of tests: each test process has some of its own, so that no other takes one that was chosen."""

import contextlib
import fcntl
import functools
import itertools
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

EACH = 50
FIRST_PORTS = range(20_000, 30_000, EACH)  # below those that systems give to clients


def claim(port: int) -> int | None:
    """The descriptor of a lock that is held as long as it is open, here or in a process it was handed to; None when
    another run on this machine, or process of this one, has it."""
    lock = os.open(Path(tempfile.gettempdir()) / f"sekretarka-port-{port}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def free_port() -> int:
    """A port of this process's own on which nobody listens."""
    for port in itertools.islice(_own_ports(), EACH):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("every port of this process is in use")


@functools.cache
def _own_ports() -> Iterator[int]:
    for first in FIRST_PORTS:
        if claim(first) is not None:  # as long as this process lives
            return itertools.cycle(range(first, first + EACH))
    raise AssertionError(f"ports {FIRST_PORTS} are all in use by other test runs")
