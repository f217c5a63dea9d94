"""Wake-up calls between tasks and processes. They carry no data: readers look into the database, and poll as well."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from uuid import UUID

from redis.exceptions import RedisError

from sekretarka.core.runtime import redis
from sekretarka.core.runtime.settings import settings

INBOX = "inbox"
JOBS = "jobs"


def live_channel(organization_id: UUID) -> str:
    """Name of the channel on which one organization's live events are announced."""
    return f"live:{organization_id}"


class Subscription:
    """One reader's flag; however often it is set between two waits, it wakes the reader once."""

    def __init__(self) -> None:
        self._is_set = asyncio.Event()

    def set(self) -> None:
        """Wake the reader now or at its next wait."""
        self._is_set.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - a poll interval, not a cancellation
        """True when set, False when `timeout` seconds passed without."""
        try:
            async with asyncio.timeout(timeout):  # wait_for of Python 3.11 can lose a cancellation
                await self._is_set.wait()
        except TimeoutError:
            return False
        self._is_set.clear()
        return True


class Notifier(Protocol):
    """Wakes subscribers by channel name."""

    async def notify(self, channel: str) -> None:
        """Wake every subscriber of `channel`, in every process; never raises."""
        ...

    def wake_all(self) -> None:
        """Wake every subscriber of this process: something may have been missed, or the process ends."""
        ...

    def listen(self, channel: str) -> contextlib.AbstractAsyncContextManager[Subscription]:
        """A subscription for the time of the `async with`."""
        ...

    async def close(self) -> None:
        """Stop listening."""
        ...


class LocalNotifier:
    """Within one process."""

    def __init__(self) -> None:
        self._waiters: dict[str, set[Subscription]] = defaultdict(set)

    async def notify(self, channel: str) -> None:
        self.wake(channel)

    def wake(self, channel: str) -> None:
        """Wake the subscribers of this process."""
        for waiter in self._waiters.get(channel, ()):
            waiter.set()

    def wake_all(self) -> None:
        for waiters in self._waiters.values():
            for waiter in waiters:
                waiter.set()

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[Subscription]:
        waiter = Subscription()
        self._waiters[channel].add(waiter)
        try:
            yield waiter
        finally:
            self._waiters[channel].discard(waiter)
            if not self._waiters[channel]:
                del self._waiters[channel]

    async def close(self) -> None:
        return None


class RedisNotifier(LocalNotifier):
    """Across processes; when Redis is away a process still wakes its own subscribers and the others' polls catch up."""

    PREFIX = "sekretarka:wake:"

    def __init__(self, client: redis.Client) -> None:
        super().__init__()
        self._redis = client
        self._reader: asyncio.Task[None] | None = None

    async def notify(self, channel: str) -> None:
        self.wake(channel)
        with contextlib.suppress(RedisError):
            await self._redis.publish(self.PREFIX + channel, b"")

    @asynccontextmanager
    async def listen(self, channel: str) -> AsyncIterator[Subscription]:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(), name="bus-reader")
        async with super().listen(channel) as waiter:
            yield waiter

    async def _read(self) -> None:
        while True:
            with contextlib.suppress(RedisError, OSError):
                async with self._redis.pubsub() as pubsub:
                    await pubsub.psubscribe(self.PREFIX + "*")
                    self.wake_all()  # nobody told us anything while we did not listen
                    while True:
                        message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=1.0)
                        if message is not None:
                            self.wake(message["channel"].decode().removeprefix(self.PREFIX))
            await asyncio.sleep(1)

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader


_current: Notifier | None = None


def current() -> Notifier:
    """This process's notifier, chosen on first use: by Redis with REDIS_URL, else within the process."""
    global _current
    if _current is None:
        _current = RedisNotifier(redis.current()) if settings.redis_url else LocalNotifier()
    return _current


async def disconnect() -> None:
    """Close this process's notifier, if open."""
    global _current
    if _current is not None:
        bus, _current = _current, None
        await bus.close()
