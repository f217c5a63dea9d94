"""Whether this process was asked to end: what would go on for hours asks here, so that an end takes seconds."""

import asyncio
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

_asked = False


def is_requested() -> bool:
    """Whether SIGTERM or SIGINT came since `install_handlers`; False if that was never called."""
    return _asked


def install_handlers(wake: Callable[[], None]) -> None:
    """In the main thread, at a server's start: from the signal on `is_requested()` is true, and `wake` is called once.

    The server's own handler keeps its turn: asyncio learns of signals independently of the handler replaced here.
    """
    global _asked
    _asked = False
    loop = asyncio.get_running_loop()

    def ask() -> None:
        global _asked
        if not _asked:
            _asked = True
            wake()

    for number in (signal.SIGTERM, signal.SIGINT):
        before: Any = signal.getsignal(number)

        def on_signal(number: int, frame: FrameType | None, before: Any = before) -> None:
            loop.call_soon_threadsafe(ask)
            if callable(before):
                before(number, frame)

        signal.signal(number, on_signal)
