"""Requests and background work take turns in a process, so that neither waits for the other's end.

A busy loop hands each of its tasks one step in a round. A delivery takes twenty steps, one for each statement, and each
of them waited for a step of every request under way: with thirty of those the inbox got on by one or two deliveries a
second. So work is given turns, in which no request begins, and requests get as long again after each.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

DRAIN_SECONDS = 0.1  # most have ended by then, also of many; a slow one shall not hold up all the others
LONGEST_TURN_SECONDS = 3.0


class FairShare:
    """Which of the two may begin now, in one process."""

    def __init__(self) -> None:
        self._turns = 0
        self._under_way = 0
        self._someone_waited = False
        self._work_from = 0.0
        self._opened: asyncio.Event | None = None
        self._drained: asyncio.Event | None = None

    async def admit(self) -> None:
        """Wait while it is the turn of background work, `LONGEST_TURN_SECONDS` at most."""
        if self._opened is not None:
            self._someone_waited = True
            await self._opened.wait()

    @contextmanager
    def request(self) -> Iterator[Callable[[], None]]:
        """A request that was admitted is under way until its end, or until what this gives is called."""
        self._under_way += 1
        ended = False

        def end() -> None:
            nonlocal ended
            if not ended:
                ended = True
                self._under_way -= 1
                if self._drained is not None and not self._under_way:
                    self._drained.set()

        try:
            yield end
        finally:
            end()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The turn of background work: none of the requests that come meanwhile begins, those under way are waited for
        `DRAIN_SECONDS` at most. If any had to wait, the next turn comes after as long a time as this one took."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._work_from - loop.time()))
        if not self._turns:
            self._opened, self._someone_waited = asyncio.Event(), False
        self._turns += 1
        late = loop.call_later(LONGEST_TURN_SECONDS, self._open)
        began = loop.time()
        try:
            await self._drain()
            began = loop.time()
            yield
        finally:
            late.cancel()
            self._turns -= 1
            if not self._turns:
                self._open()
            if self._someone_waited:
                self._work_from = 2 * loop.time() - began

    def _open(self) -> None:
        if self._opened is not None:
            self._opened.set()
            self._opened = None

    async def _drain(self) -> None:
        if not self._under_way:
            return
        self._drained = self._drained or asyncio.Event()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._drained.wait()
        except TimeoutError:
            pass  # it waits for something itself, or is long
        finally:
            self._drained = None


share = FairShare()
