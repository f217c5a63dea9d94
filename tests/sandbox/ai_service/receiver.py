"""A webhook receiver on a real loopback socket: verifies signatures, and answers or fails as a test tells it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sekretarka.core.errors import InvalidSignature
from sekretarka.core.runtime import clock
from sekretarka.core.web import standard_webhooks

Reply = int | Literal["drop"]


@dataclass(frozen=True)
class Arrival:
    """One request: when it came, its headers, and its body if the signature was right."""

    at: float
    path: str
    headers: dict[str, str]
    raw: bytes
    reply: Reply

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.raw)
        return body


@dataclass
class Receiver:
    """`answer` decides on each verified arrival by its number: a status, or "drop" to cut the line."""

    secret: str
    answer: Callable[[int], Reply] = lambda _number: 200
    extra_headers: str = ""
    delay: float = 0.0
    port: int = 0
    arrivals: list[Arrival] = field(default_factory=list)
    forged: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/webhooks/ai-service"

    @property
    def accepted(self) -> list[Arrival]:
        """What was answered with 2xx, in order of arrival."""
        return [arrival for arrival in self.arrivals if arrival.reply != "drop" and 200 <= arrival.reply < 300]

    @contextlib.asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator["Receiver"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._one(reader, writer):
                pass
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
        raw = await reader.readexactly(int(headers["content-length"]))
        await asyncio.sleep(self.delay)
        reply = self._judge(head[0].split()[1], headers, raw)
        if reply == "drop":
            return False
        writer.write(f"HTTP/1.1 {reply} x\r\ncontent-length: 2\r\n{self.extra_headers}\r\n{{}}".encode())
        await writer.drain()
        return True

    def _judge(self, path: str, headers: dict[str, str], raw: bytes) -> Reply:
        try:
            standard_webhooks.verify([self.secret], headers, raw, clock.now())
        except InvalidSignature:
            self.forged += 1
            return 400
        reply = self.answer(len(self.arrivals))
        self.arrivals.append(Arrival(asyncio.get_running_loop().time(), path, headers, raw, reply))
        return reply
