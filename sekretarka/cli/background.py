"""The worker's life cycle: inside a server, or as a process of its own until it is stopped."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator

from starlette.types import ASGIApp

from sekretarka import asgi
from sekretarka.core.database import engine
from sekretarka.core.runtime import redis, shutdown, wakeup
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import rate_limiter
from sekretarka.domain.agents.rejected_deliveries import rejected
from sekretarka.domain.auth import api_key_auth
from sekretarka.jobs import worker

log = logging.getLogger(__name__)


def create_api() -> ASGIApp:
    """The ASGI application of `sekretarka api`, with the worker in its lifespan."""
    return asgi.create_app(lambda _app: background_lifespan())


@contextlib.asynccontextmanager
async def background_lifespan() -> AsyncIterator[None]:
    """A server's start and end: the worker unless RUN_WORKER is false; at the end everything open is closed."""
    shutdown.install_handlers(wakeup.current().wake_all)
    task = asyncio.create_task(_run_restarting(), name="worker") if settings.run_worker else None
    try:
        yield
    finally:
        if task is not None:
            await _cancel(task)
        await api_key_auth.flush_uses()
        await rejected.flush()
        await rate_limiter.disconnect()
        await wakeup.disconnect()
        await redis.disconnect()
        await engine.disconnect()


async def _run_restarting() -> None:
    """The worker handles rounds that fail; if it ends all the same, log that and start it again."""
    while True:
        try:
            await worker.run()
        except Exception:
            log.exception("worker: stopped, starting again")
            await asyncio.sleep(1)


async def run_worker() -> None:
    """The worker alone, until SIGTERM or SIGINT; from then on it has `shutdown.GRACE_SECONDS`."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    task = asyncio.create_task(_run_restarting(), name="worker")
    await stopped.wait()
    shutdown.limit()
    await _cancel(task)


async def _cancel(task: asyncio.Task[None]) -> None:
    """Cancel until it ends: a library may swallow one cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=1)
