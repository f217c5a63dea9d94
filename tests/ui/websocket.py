"""A websocket over a plain stream: enough for a tab, and it closes what it opened."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import ProtocolError


class Closed(Exception):
    """The other side ended the connection."""


class WebSocket:
    """Text messages both ways."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._messages: deque[str] = deque()
        self._part = ""
        self.status = 0

    @classmethod
    async def open(cls, url: str, headers: Mapping[str, str]) -> Self:
        """Connect; `status` is 101, or what the server answered instead."""
        parts = urlsplit(url)
        socket = cls(*await asyncio.open_connection(parts.hostname, parts.port))
        extra = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        request = Request(host=parts.netloc, target=f"{parts.path}?{parts.query}", extra_headers=extra)
        await socket._write(socket._protocol.send(request))
        while socket.status == 0:
            await socket._take()
        if socket.status != 101:
            await socket.close()
        return socket

    async def send(self, text: str) -> None:
        """One text message; silently nothing when the other side is gone."""
        with contextlib.suppress(ProtocolError, ConnectionError):
            await self._write(self._protocol.send(TextMessage(text)))

    async def receive(self) -> str:
        """The next message, or `Closed`."""
        while not self._messages:
            await self._take()
        return self._messages.popleft()

    async def close(self) -> None:
        """End the connection and let go of it."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _take(self) -> None:
        try:
            data = await self._reader.read(65_536)
        except ConnectionError:
            raise Closed from None
        if not data:
            raise Closed
        self._protocol.receive_data(data)
        for event in self._protocol.events():
            if isinstance(event, AcceptConnection):
                self.status = 101
            elif isinstance(event, RejectConnection):
                self.status = event.status_code
            elif isinstance(event, Ping):
                await self._write(self._protocol.send(event.response()))
            elif isinstance(event, TextMessage):
                self._part += event.data
                if event.message_finished:
                    self._messages.append(self._part)
                    self._part = ""
            elif isinstance(event, CloseConnection):
                raise Closed
