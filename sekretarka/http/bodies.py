"""What may be sent: how many bytes, in which media type, and strictly decoded JSON."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, NoReturn

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sekretarka.core.errors import (
    Detail,
    Invalid,
    MalformedJson,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)
from sekretarka.core.web import json

LIMIT = 1_000_000
LIMITS = {"/api/webhooks/": 512 * 1024, "/api/auth/": 64 * 1024}
READ_TIMEOUT_SECONDS = 30
MAX_DISCARDED_BYTES, DISCARD_TIMEOUT_SECONDS = 32_000_000, 10
JSON, MERGE_PATCH = "application/json", "application/merge-patch+json"


class BodyLimitMiddleware:
    """Counts the bytes of a body as they arrive and raises `PayloadTooLarge` above `LIMIT` or the path's of `LIMITS`.

    `on_too_large` is called with the path.
    """

    def __init__(self, app: ASGIApp, on_too_large: Callable[[str], None]) -> None:
        self.app = app
        self._on_too_large = on_too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = next((size for prefix, size in LIMITS.items() if scope["path"].startswith(prefix)), LIMIT)
        announced = Headers(scope=scope).get("content-length", "")
        counted = _CountedExchange(limit, receive, send)
        try:
            if announced.isdecimal() and int(announced) > limit:
                await counted.reject()
            await counted.run(self.app, scope)
        except PayloadTooLarge:
            self._on_too_large(scope["path"])
            raise
        return None


class _CountedExchange:
    def __init__(self, limit: int, receive: Receive, send: Send) -> None:
        self.remaining = limit
        self._receive = receive
        self._send = send
        self._ended = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self.receive, self.send)
        except Exception:
            if self.remaining >= 0:
                raise
        if self.remaining < 0:
            await self.reject()

    async def reject(self) -> NoReturn:
        """Read and discard the rest for a while: a client that is cut off while sending never sees a 413."""
        rest = MAX_DISCARDED_BYTES
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DISCARD_TIMEOUT_SECONDS):
                while rest > 0 and not self._ended:
                    rest -= len((await self._next()).get("body", b""))
        raise PayloadTooLarge

    async def receive(self) -> Message:
        message = await self._next()
        self.remaining -= len(message.get("body", b""))
        if self.remaining < 0:
            raise PayloadTooLarge
        return message

    async def _next(self) -> Message:
        message = await self._receive()
        self._ended = not message.get("more_body")
        return message

    async def send(self, message: Message) -> None:
        if self.remaining >= 0:
            await self._send(message)


async def read_body(request: Request) -> bytes:
    """The raw bytes; `RequestTimeout` after `READ_TIMEOUT_SECONDS`, `PayloadTooLarge` by `BodyLimitMiddleware`."""
    try:
        async with asyncio.timeout(READ_TIMEOUT_SECONDS):
            return await request.body()
    except TimeoutError:
        raise RequestTimeout from None


class JsonRequest(Request):
    """A request whose body is read and decoded (`decoded`) before a unit of work begins."""

    decoded: Any = None

    async def json(self) -> Any:
        return self.decoded

    async def read(self, *, expects_body: bool) -> None:
        """Read, check and decode the body into `decoded`, before a transaction begins: a slow sender must not hold one.
        Raises `RequestTimeout`, `UnsupportedMediaType`, `MalformedJson`, or `Invalid` for fields where none are
        expected.
        """
        body = await read_body(self)
        if not expects_body and not body:
            self._check_form_post()
            return
        self._check_media_type()
        if not body:
            raise MalformedJson("The body is empty")
        self.decoded = json.decode(body)
        if not expects_body:
            self._reject_fields()

    def _check_form_post(self) -> None:
        """An action without a body may leave the media type out, but not claim to be a form."""
        if self.headers.get("content-type"):
            self._check_media_type()

    def _check_media_type(self) -> None:
        allowed = (JSON, MERGE_PATCH) if self.method == "PATCH" else (JSON,)
        media_type, *parameters = (part.strip().lower() for part in self.headers.get("content-type", "").split(";"))
        charset = [part for part in parameters if part and part.replace('"', "") != "charset=utf-8"]
        if media_type not in allowed or charset or self.headers.get("content-encoding", "identity") != "identity":
            name = "Accept-Patch" if self.method == "PATCH" else "Accept"
            raise UnsupportedMediaType(headers={name: ", ".join(allowed)})

    def _reject_fields(self) -> None:
        """Where nothing is expected, `{}` is as good as nothing and anything else is unknown."""
        if isinstance(self.decoded, dict):
            details = [Detail(("body", key), "unknown_field", "This field is not known here") for key in self.decoded]
        else:
            details = [Detail(("body",), "object_expected", "This must be an object")]
        if details:
            raise Invalid(details=details)
