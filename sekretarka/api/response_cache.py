"""Responses cached until something of their organization changes, and rendered once for concurrent requests.

Which change an answer belongs to is read from the database with the caller, on every request: an answer is taken from
here only if no change was committed since, by whichever process: a caller reads every committed write (api.md#caching).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sekretarka.core.runtime.settings import settings
from sekretarka.http import conditional

MEGABYTE = 1_000_000
MAX_BODY_BYTES = 256_000


@dataclass(frozen=True)
class CachedResponse:
    """A successful response, ready to be sent again."""

    start: Message
    body: bytes

    async def send(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, or 304 when the caller has it."""
        not_modified = conditional.not_modified(Headers(scope=scope), Headers(raw=self.start["headers"]))
        if not_modified is not None:
            return await not_modified(scope, receive, send)
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body, "more_body": False})
        return None


class ResponseCache:
    """Caches routes that depend on the organization's rows, the caller's permissions and the address alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._cached: OrderedDict[Hashable, CachedResponse] = OrderedDict()
        self._pending: dict[Hashable, asyncio.Future[CachedResponse | None]] = {}
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _cache_key(scope) if scope["type"] == "http" else None
        if key is None:
            return await self.app(scope, receive, send)
        cached = self._cached.get(key)
        if cached is not None:
            self._cached.move_to_end(key)
        elif key in self._pending:
            cached = await asyncio.shield(self._pending[key])
        if cached is not None:
            return await cached.send(scope, receive, send)
        return await self._render(key, scope, receive, send)

    async def _render(self, key: Hashable, scope: Scope, receive: Receive, send: Send) -> None:
        future: asyncio.Future[CachedResponse | None] = asyncio.get_running_loop().create_future()
        self._pending.setdefault(key, future)
        recorder = _Recorder(send)
        try:
            await self.app(scope, receive, recorder)
        finally:
            if self._pending.get(key) is future:
                del self._pending[key]
            response = recorder.response()
            future.set_result(response)
            if response is not None:
                self._store(key, response)

    def _store(self, key: Hashable, response: CachedResponse) -> None:
        previous = self._cached.pop(key, None)
        self._cached[key] = response
        self._size += len(response.body) - (len(previous.body) if previous else 0)
        while self._size > settings.response_cache_megabytes * MEGABYTE:
            _, oldest = self._cached.popitem(last=False)
            self._size -= len(oldest.body)


def _cache_key(scope: Scope) -> Hashable | None:
    """What the answer depends on; None where it may depend on more."""
    state = scope["state"]
    actor = state["caller"].actor
    if scope["method"] != "GET" or not state["cacheable"] or actor.organization_id is None or actor.changes is None:
        return None
    if not settings.response_cache_megabytes:
        return None
    address = (scope["path"], scope["query_string"])
    return (actor.organization_id, actor.changes, actor.kind, actor.permissions, *address)


class _Recorder:
    """Sends on and remembers, up to a size."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body: bytearray | None = bytearray()
        self._complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = {**message, "headers": list(message["headers"])}
        elif self._body is not None:
            self._body += message.get("body", b"")
            self._complete = not message.get("more_body")
            if len(self._body) > MAX_BODY_BYTES:
                self._body = None
        await self._send(message)

    def response(self) -> CachedResponse | None:
        """What can be said again: nothing but whole good answers."""
        if self._start is None or self._start["status"] != 200 or not self._complete or self._body is None:
            return None
        return CachedResponse(self._start, bytes(self._body))
