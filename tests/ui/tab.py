"""A browser tab reduced to its socket: speaks Engine.IO by hand, so that a probe can say anything at all."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

from sekretarka.ui.reflex_internals import FIELD_MARKER, ROOT
from tests.ui.websocket import Closed, WebSocket

NAMESPACE = "/_event"
FLAG = f"{ROOT}.set_is_hydrated"
URL = f"rx_router_url{FIELD_MARKER}"
_marks = itertools.count(1)


class Refused(Exception):
    """The server did not let the socket in."""


class Tab:
    """One connection. `deltas` and `events` hold whatever the server sent, `pongs` counts its answers to `ping`."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.deltas: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.token = ""
        self.pongs = 0
        self.closed = asyncio.Event()
        self._arrived = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        session: str | None = None,
        token: str | None = None,
        origin: str | None = "same",
        headers: dict[str, str] | None = None,
        boot: dict[str, Any] | None = None,
    ) -> Self:
        """Connect as a browser would: with its cookie, its origin and the tab's own client token."""
        token = token if token is not None else str(uuid4())
        fields = dict(headers or {})
        if session is not None:
            fields["Cookie"] = f"lang=pl; authjs.session-token={session}"
        if origin is not None:
            fields["Origin"] = url if origin == "same" else origin
        address = url.replace("http", "ws", 1) + f"/_event/?EIO=4&transport=websocket&token={token}"
        socket = await WebSocket.open(address, fields)
        if socket.status != 101:
            raise Refused(socket.status)
        tab = cls(socket)
        tab.token = token
        auth = json.dumps({"event": boot}) if boot else ""
        await socket.send(f"40{NAMESPACE},{auth}")
        try:
            await asyncio.wait_for(tab._admitted.wait(), 5)
        except TimeoutError:
            await tab.close()
            raise Refused("no answer") from None
        if tab._refusal is not None:
            await tab.close()
            raise Refused(tab._refusal)
        return tab

    _refusal: str | None = None

    @property
    def _admitted(self) -> asyncio.Event:
        return self.__dict__.setdefault("_admitted_event", asyncio.Event())

    async def _read(self) -> None:
        with contextlib.suppress(Closed, asyncio.CancelledError):
            while True:
                await self._take(await self.socket.receive())
        self.closed.set()
        async with self._arrived:
            self._arrived.notify_all()

    async def _take(self, frame: str) -> None:
        if frame == "2":
            await self.socket.send("3")
        elif frame == "1":
            raise Closed  # browsers take the server at its word
        elif frame.startswith(f"40{NAMESPACE}"):
            self._admitted.set()
        elif frame.startswith(f"44{NAMESPACE}"):
            self._refusal = frame
            self._admitted.set()
        elif frame.startswith(f"42{NAMESPACE},"):
            name, *values = json.loads(frame.partition(",")[2])
            async with self._arrived:
                if name == "event":
                    self.deltas.append(values[0].get("delta") or {})
                    self.events += values[0].get("events") or []
                elif name == "new_token":
                    self.token = values[0]
                elif name == "ping":
                    self.pongs += 1
                self._arrived.notify_all()

    async def raw(self, name: str, *values: Any) -> None:
        """Emit anything."""
        await self.socket.send(f"42{NAMESPACE}," + json.dumps([name, *values]))

    async def send(self, event: str, payload: dict[str, Any] | None = None, path: str = "/dashboard") -> None:
        """Emit one event as the page at `path`."""
        router = {"pathname": path, "asPath": path, "query": {}}
        await self.raw("event", {"name": event, "payload": payload or {}, "router_data": router})

    async def call(self, event: str, payload: dict[str, Any] | None = None, path: str = "/dashboard") -> None:
        """Emit one event and wait until the server is done with it."""
        await self.send(event, payload, path)
        await self.settle(path)

    async def settle(self, path: str = "/dashboard") -> None:
        """Wait until everything sent so far is done: an event that anyone may send comes back with its own address."""
        # A tab that goes on with another's state still tells them apart.
        marked = f"{path}{'&' if '?' in path else '?'}settled={next(_marks)}"
        router = {"pathname": path, "asPath": marked, "query": {}}
        await self.raw("event", {"name": FLAG, "payload": {"value": True}, "router_data": router})
        await self.until(
            lambda: any(d.get(ROOT, {}).get(URL, {}).get("href", "").endswith(marked) for d in self.deltas)
        )

    async def until(self, condition: Callable[[], bool], seconds: float = 25) -> None:
        """Wait for something to have arrived, longer than a lock in Redis can outlive a tab that was cut off (10 s)."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: condition() or self.closed.is_set())
            assert condition(), "the socket closed first"

    async def until_script(self, word: str) -> None:
        """Wait until the server asked for a toast or a navigation with this word in it."""
        await self.until(lambda: word in self.scripts())

    def text(self) -> str:
        """All that the server ever sent, for finding what must not be there."""
        return json.dumps([self.deltas, self.events], ensure_ascii=False)

    def scripts(self) -> str:
        """The scripts the server asked the page to run: toasts and navigations."""
        return json.dumps([event["payload"] for event in self.events], ensure_ascii=False)

    async def close(self) -> None:
        """Close the tab."""
        self._reader.cancel()
        await self.socket.close()


def unguarded(name: str) -> str:
    """The full name of an event of `UnguardedState`, without importing it, and with it the app, here."""
    return f"{ROOT}.tests___ui___unguarded_app____unguarded_state.{name}"
