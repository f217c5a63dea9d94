"""Redis that nobody waits for: a short timeout, and after a failure no more commands until it answers again."""

import asyncio
import contextlib
import logging
import time
from typing import Any

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import TimeoutError as TimedOut

from sekretarka.core.runtime.settings import settings

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1.0
RETRY_SECONDS = 1.0
WARN_EVERY_SECONDS = 60.0


class RedisUnavailable(ConnectionLost):
    """Redis does not answer, or not within `TIMEOUT_SECONDS`. Callers go on without it."""


class Client(redis.asyncio.Redis):
    """One failure or delay makes it `away` at once for everyone; a background task probes until it answers."""

    _asking: asyncio.Task[None] | None = None
    _said_at = -WARN_EVERY_SECONDS

    @property
    def away(self) -> bool:
        """Whether the last command failed and no probe was answered since."""
        return self._asking is not None

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """The reply to any command; `RedisUnavailable` after `TIMEOUT_SECONDS`, and at once while `away`."""
        if self.away:
            raise RedisUnavailable
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except (TimeoutError, TimedOut, ConnectionLost, OSError) as error:
            self._mark_down()
            raise RedisUnavailable from error

    def _mark_down(self) -> None:
        if self._asking is None:
            self._asking = asyncio.create_task(self._probe(), name="redis-ask")
        if time.monotonic() - self._said_at >= WARN_EVERY_SECONDS:
            self._said_at = time.monotonic()
            log.warning("redis lost: limits are counted in the process, readers poll")

    async def _probe(self) -> None:
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            with contextlib.suppress(TimeoutError, TimedOut, ConnectionLost, OSError):
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    await super().execute_command("PING")  # type: ignore[no-untyped-call]
                self._asking = None
                log.warning("redis answers again")
                return

    async def wait_available(self) -> None:
        """Return when Redis answers, at once when it is not `away`; without a time limit."""
        if self._asking is not None:
            await asyncio.shield(self._asking)

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        await super().aclose(close_connection_pool)


def client(url: str) -> Client:
    """A client of the server at `url` (redis://, rediss:// or unix://); it connects with the first command."""
    return Client.from_url(  # type: ignore[return-value]
        url,
        # One more try, with a new connection: the server may have restarted since the last command.
        retry=Retry(NoBackoff(), 1),
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_keepalive=True,
    )


_current: Client | None = None


def current() -> Client:
    """This process's only client of REDIS_URL, which must be set; all its users share `away`."""
    global _current
    if _current is None:
        assert settings.redis_url is not None  # noqa: S101 - callers check that it is set
        _current = client(settings.redis_url.get_secret_value())
    return _current


async def disconnect() -> None:
    """Close this process's client, if open."""
    global _current
    if _current is not None:
        closing, _current = _current, None
        await closing.aclose(close_connection_pool=True)
