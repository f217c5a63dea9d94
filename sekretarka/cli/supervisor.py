"""The process that watches over a server's processes: `python -m sekretarka.cli.supervisor APP HOST PORT WORKERS`.

Granian's, which has to hear that it shall end at every moment of a server's life.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from sekretarka.core.runtime.shutdown import GRACE_SECONDS

OVERLAP_SECONDS = 10  # on SIGHUP the old process goes on for so long beside the new one, which has to start
HEAD_START_SECONDS = 0.5  # in which Granian begins to end its processes, if it does not sleep

_told = threading.Event()  # to end


def main(app: str, host: str, port: str, workers: str) -> None:
    """Serve `app` (`module:factory`) until SIGTERM or SIGINT."""
    server = Granian(
        app,
        address=host,
        port=int(port),
        workers=int(workers),
        interface=Interfaces.ASGI,
        factory=True,
        http=HTTPModes.http1,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=OVERLAP_SECONDS,
        workers_kill_timeout=GRACE_SECONDS,
    )
    os.register_at_fork(after_in_child=_end_when_told)
    server.on_startup(_end_in_time)
    try:
        server.serve()
    except SystemExit:
        # A process that was told before this one was, as when all of a service are, counts for Granian as failed.
        if not _told.is_set():
            raise


def _end_when_told() -> None:
    """In a new process: until it has handlers of its own, it would keep this one's, which do nothing there."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; SIGTERM follows from here


def _end_in_time() -> None:
    """End also while Granian replaces processes one by one: it sleeps between them, whatever signal comes."""
    for number in (signal.SIGTERM, signal.SIGINT):
        before: Any = signal.getsignal(number)

        def on_signal(number: int, frame: Any, before: Any = before) -> None:
            _told.set()
            before(number, frame)
            threading.Thread(target=_end_processes, daemon=True).start()

        signal.signal(number, on_signal)


def _end_processes() -> None:
    time.sleep(HEAD_START_SECONDS)
    processes = multiprocessing.active_children()
    for process in processes:
        process.terminate()
    until = time.monotonic() + GRACE_SECONDS - HEAD_START_SECONDS
    for process in processes:
        process.join(max(0, until - time.monotonic()))
    time.sleep(HEAD_START_SECONDS)
    for process in processes:
        process.kill()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
