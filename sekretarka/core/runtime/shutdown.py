"""Whether this process was asked to end: what would go on for hours asks here, so that an end takes seconds."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

log = logging.getLogger(__name__)

GRACE_SECONDS = 4  # what has not ended by then is cut: an end lasts five seconds at most
AGAIN_SECONDS = 0.05

_asked = False


def is_requested() -> bool:
    """Whether SIGTERM or SIGINT came since `install_handlers`; False if that was never called."""
    return _asked


def install_handlers(wake: Callable[[], None]) -> None:
    """In the main thread, at a server's start: from the signal on `is_requested()` is true, and `wake` is called once.

    The handlers that the loop has are called once, too. asyncio learns of a signal by a byte in a pipe, which is lost
    when a busy loop's wake-ups fill it (278 do), and Granian hangs at the third signal: so the byte is written here.
    """
    global _asked
    _asked = False
    loop = asyncio.get_running_loop()
    pipe = signal.set_wakeup_fd(-1)

    def ask(number: int) -> None:
        global _asked
        if not _asked:
            _asked = True
            wake()
            if pipe != -1:
                tell(number)

    def tell(number: int) -> None:
        try:
            os.write(pipe, bytes([number]))
        except BlockingIOError:
            loop.call_later(AGAIN_SECONDS, tell, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        before: Any = signal.getsignal(number)

        def on_signal(number: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(ask, number)
            if callable(before):
                before(number, frame)

        signal.signal(number, on_signal)


def limit() -> None:
    """Give this process `GRACE_SECONDS` from now; then it ends, whatever it waits for (a database that hangs)."""
    timer = threading.Timer(GRACE_SECONDS, _cut)
    timer.daemon = True
    timer.start()


def _cut() -> None:
    log.warning("shutdown: cut what had not ended")
    os._exit(0)
