"""Where the dashboard's states live: in Redis while it answers, else in the process that has the tab's socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import reflex as rx
from redis.exceptions import RedisError

from sekretarka.core.runtime import redis
from sekretarka.core.runtime.settings import settings
from sekretarka.ui.reflex_internals import EventSocket, RedisStates, StateManagerMemory, mark_touched, use_redis

RELEASE_LOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


class ResilientStateManager(RedisStates):
    """Reflex's states in Redis, and in this process while it is away.

    An event never waits for Redis: without it, it gets a fresh state in this process. Reflex fills a fresh state as it
    does for a new tab, so the page goes on with what the database says. When Redis is back, so is the state.
    """

    def __init__(self, client: redis.Client) -> None:
        super().__init__(client)
        self._client = client
        self._local = StateManagerMemory(token_expiration=self.token_expiration)  # type: ignore[abstract]
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def modify_state(self, token: Any, **context: Any) -> AsyncIterator[Any]:
        token = self.as_token(token)
        done = False
        try:
            async with AsyncExitStack() as stack:
                try:
                    await self._restore(token)
                    state = await stack.enter_async_context(super().modify_state(token, **context))
                except RedisError:
                    state = await stack.enter_async_context(self._local.modify_state(token, **context))
                yield state
                done = True
        except RedisError:
            if not done:
                raise
            await self._local.get_state(token)  # Redis has an older one than the page: begin afresh

    async def _restore(self, token: Any) -> None:
        """Move a state that was held here into Redis; `RedisUnavailable` when it still is."""
        if token.cache_key not in self._local.states:
            return
        async with self._local.modify_state(token) as state:
            if token.cache_key not in self._local.states:
                return
            mark_touched(state)
            if self._client.away:
                raise redis.RedisUnavailable
            try:
                async with asyncio.timeout(redis.TIMEOUT_SECONDS):
                    await self.set_state(token, state)
            except TimeoutError as error:
                raise redis.RedisUnavailable from error
            self._local.states.pop(token.cache_key, None)

    def release_lock(self, lock_key: bytes, lock_id: bytes) -> None:
        """Delete the lock in Redis as soon as that answers: one that nobody holds would keep its tab waiting for ten
        seconds."""
        task = asyncio.create_task(self._delete(lock_key, lock_id), name="state-lock-release")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _delete(self, lock_key: bytes, lock_id: bytes) -> None:
        await self._client.wait_available()
        await self._client.execute_command("EVAL", RELEASE_LOCK, 1, lock_key, lock_id)


def install(app: rx.App, socket: EventSocket) -> None:
    """Use Redis for states, if it is set up, through our client: Reflex's own would wait for it."""
    if settings.redis_url is not None:
        client = redis.current()
        use_redis(app, socket, ResilientStateManager(client), client)  # type: ignore[abstract]
