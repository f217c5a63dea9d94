"""A client of the event stream that reconnects with the last number it was told, as browsers do."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.support.waiting import until

PATH = "/api/v1/conversations/stream"


@dataclass
class Listening:
    """What one listener has heard: `(name, number, data)`."""

    url: str
    api_key: str
    events: list[tuple[str, str, Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """Of the events, in the order they came."""
        return [int(number) for name, number, _ in self.events if name.startswith("conversation.")]

    def named(self, name: str) -> list[Any]:
        """The data of every event of that name."""
        return [data for kind, _, data in self.events if kind == name]

    async def until(self, name: str, count: int = 1, seconds: float = 15) -> None:
        """Wait for so many events of that name."""
        await until(lambda: len(self.named(name)) >= count, seconds)

    async def run(self) -> None:
        last = ""
        async with httpx2.AsyncClient(timeout=httpx2.Timeout(5, read=60), trust_env=False) as client:
            while True:
                with contextlib.suppress(httpx2.HTTPError):
                    last = await self._once(client, last)
                await asyncio.sleep(0.2)

    async def _once(self, client: httpx2.AsyncClient, last: str) -> str:
        headers = {"Authorization": f"Bearer {self.api_key}", **({"Last-Event-ID": last} if last else {})}
        async with client.stream("GET", self.url + PATH, headers=headers) as answer:
            self.statuses.append(answer.status_code)
            fields: dict[str, str] = {}
            with contextlib.suppress(httpx2.HTTPError):
                async for line in answer.aiter_lines():
                    name, _, value = line.partition(": ")
                    if line:
                        fields[name] = value
                        continue
                    if "id" in fields:
                        last = fields["id"]
                    if "event" in fields:
                        self.events.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
                    fields = {}
        return last


@asynccontextmanager
async def listening(url: str, api_key: str) -> AsyncIterator[Listening]:
    """A listener that has been told `ready`."""
    listener = Listening(url, api_key)
    task = asyncio.create_task(listener.run())
    try:
        await listener.until("ready")
        yield listener
    finally:
        task.cancel()
        await asyncio.wait([task])
