"""The outermost layer: request ids, headers of every answer, HEAD, and an envelope whatever happens inside."""

import logging
import re
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sekretarka.api import cors
from sekretarka.core.errors import AppError
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.http import errors

log = logging.getLogger(__name__)
access = logging.getLogger("sekretarka.access")
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
EVENT_STREAM = "text/event-stream"
TOOLS = "/tools/"  # whose errors can be said to whoever is on the line
# Unless the inside says otherwise; encoded once, as headers travel.
DEFAULTS = (
    (b"x-api-version", b"1"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
)


class EnvelopeMiddleware:
    """Wraps everything under `/api`: nothing is raised into the server's log, nothing leaves without an envelope."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Exchange(scope, send).run(self.app, receive)
        else:
            await self.app(scope, receive, send)


class _HeadComplete(Exception):
    """Stops a stream whose headers answered a HEAD."""


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        headers = Headers(scope=scope)
        requested_id = headers.get("x-request-id", "")
        self.id = requested_id if REQUEST_ID.fullmatch(requested_id) else str(uuid.uuid4())
        self.origin = headers.get("origin")
        self.is_head = scope["method"] == "HEAD"
        # What inner layers know and the answer should say.
        self.extra_headers: dict[str, str] = {}
        self.state: dict[str, Any] = {"request_id": self.id, "headers": self.extra_headers, "template": "-"}
        self.scope = {**scope, "method": "GET" if self.is_head else scope["method"], "state": self.state}
        self.headers = headers
        self._send = send
        self.status = 0
        self._replacing = False

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        began = time.perf_counter()
        try:
            if cors.is_preflight(self.scope["method"], self.headers):
                await cors.preflight(self.headers)(self.scope, receive, self.send)
            else:
                await app(self.scope, receive, self.send)
        except AppError as error:
            await self._fail(error)
        except (ClientDisconnect, _HeadComplete):
            pass
        except Exception as error:
            if not _is_head_complete(error):
                log.exception("request %s failed", self.id)
                await self._fail(AppError())
        if not self.status:
            await self._fail(AppError())
        milliseconds = (time.perf_counter() - began) * 1000
        access.info(
            "%s %s %s %.1f ms %s", self.scope["method"], self.state["template"], self.status, milliseconds, self.id
        )

    async def _fail(self, error: AppError) -> None:
        """Answer with the error, unless an answer has begun."""
        if not self.status:
            if TOOLS in self.scope["path"] and error.spoken is None:
                error.spoken = receptionist.sentence(error)
            await errors.to_response(error)(self.scope, _nothing, self.send)

    async def send(self, message: Message) -> None:
        """Hand on what the inside sends, with our headers and without what does not belong."""
        if message["type"] == "http.response.start":
            await self._start(message)
        elif message["type"] == "http.response.body" and not self._replacing:
            await self._body(message)

    async def _start(self, message: Message) -> None:
        status, headers = message["status"], MutableHeaders(raw=list(message["headers"]))
        if status >= 400 and headers.get("content-type") != errors.JSON:
            error = errors.from_status(status, {"Allow": headers["allow"]} if "allow" in headers else None)
            await errors.to_response(error)(self.scope, _nothing, self.send)
            self._replacing = True
            return
        self.status = status
        self._finish(headers)
        await self._send({**message, "headers": headers.raw})
        if self.is_head and headers.get("content-type", "").startswith(EVENT_STREAM):
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            raise _HeadComplete

    async def _body(self, message: Message) -> None:
        if not self.is_head:
            await self._send(message)
        elif not message.get("more_body"):
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def _finish(self, headers: MutableHeaders) -> None:
        """The headers that every answer carries (api.md#envelope, #cross-origin-requests, #caching)."""
        headers["X-Request-Id"] = self.id
        for name, value in self.extra_headers.items():
            headers[name] = value
        if settings.secure_cookies:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if self.status >= 400 or (self.status >= 300 and self.status != 304):
            headers["Cache-Control"] = "no-store"
        headers.setdefault("Cache-Control", "private, no-store")
        cors.expose(self.origin, headers)
        is_public = headers["Cache-Control"].startswith("public")
        headers.add_vary_header("Origin" if is_public else "Origin, Cookie, Authorization")
        present = {name for name, _ in headers.raw}
        headers.raw.extend(default for default in DEFAULTS if default[0] not in present)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _is_head_complete(error: Exception) -> bool:
    return isinstance(error, ExceptionGroup) and error.subgroup(_HeadComplete) is not None
