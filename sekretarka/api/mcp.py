"""`/mcp`: the tools of `/tools` for services that speak the Model Context Protocol (0015-tools-and-mcp.md)."""

import asyncio
import importlib
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Message

from sekretarka.api import authentication
from sekretarka.api.route import check_query
from sekretarka.core.errors import Forbidden
from sekretarka.core.permissions import Permission
from sekretarka.http.bodies import JsonRequest

router = APIRouter()
LIBRARY = "sekretarka.api.mcp_server"


@router.post(authentication.MCP, include_in_schema=False)
async def handle_message(request: Request) -> Response:
    """One message and its answer, both JSON, without sessions and streams, so that any process may answer.
    `Forbidden` for callers other than an API key with `tools:use`, `Invalid` for a query.
    """
    checked = JsonRequest(request.scope, request.receive)
    actor = authentication.require_caller(checked)
    if actor.kind != "api_key" or Permission.TOOLS_USE not in actor.permissions:
        raise Forbidden  # a browser's session is never enough, so that no page can make one speak
    check_query(checked, set())
    await checked.read(expects_body=True)
    # It takes two thirds of a second to load, so it is loaded by the first request that needs it.
    library = await asyncio.to_thread(importlib.import_module, LIBRARY)
    answer = _CapturedExchange(checked, await checked.body())
    await library.respond(checked.scope, answer.receive, answer.send)
    return answer.response()


class _CapturedExchange:
    """The two ends of an exchange that takes place inside a route: what was read before, what is answered after."""

    def __init__(self, request: Request, body: bytes) -> None:
        self._request, self._body = request, body
        self._is_read = False
        self._start: dict[str, Any] = {}
        self._content = bytearray()

    async def receive(self) -> Message:
        """The whole body, then whatever the server has to tell."""
        if self._is_read:
            return await self._request.receive()
        self._is_read = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: Message) -> None:
        """Collect the response."""
        if message["type"] == "http.response.start":
            self._start = dict(message)
        self._content += message.get("body", b"")

    def response(self) -> Response:
        """All of it as one answer."""
        response = Response(bytes(self._content), self._start["status"])
        length = [(b"content-length", str(len(self._content)).encode())]
        headers = [(name, value) for name, value in self._start["headers"] if name.lower() != b"content-length"]
        response.raw_headers = [*headers, *length]
        return response
