"""What the inbox gets done while requests keep the one process busy, without turns and with them."""

import asyncio
import logging
import time
from collections.abc import Iterator

from sekretarka import asgi
from sekretarka.api.turns import FairShareMiddleware
from sekretarka.core.database import engine
from tests.bench import servers
from tests.support import databases
from tests.support.busy import CLIENTS, DELIVERIES, answered_meanwhile


def measure(kind: str) -> Iterator[str]:
    """Both ways in one run and one process, the clients included: what counts is the last column."""
    lines: list[str] = []
    url = servers.database(kind)
    databases.apart(lambda: asyncio.run(_measure(url, lines)))
    yield f"{DELIVERIES} deliveries, {CLIENTS} clients that ask without a pause:"
    yield ""
    yield "| | deliveries per second | requests per second | requests for one delivery |"
    yield "|---|---|---|---|"
    yield from lines


async def _measure(url: str, lines: list[str]) -> None:
    engine.connect(url)
    try:
        app = asgi.create_app()
        assert isinstance(app, FairShareMiddleware)
        logging.getLogger().setLevel(logging.WARNING)  # `create_app` lets everything speak
        for name, entered in (("without turns", app.app), ("in turns", app)):
            began = time.perf_counter()
            answered = await answered_meanwhile(entered)
            took = time.perf_counter() - began
            per_delivery = answered / DELIVERIES
            lines.append(f"| {name} | {DELIVERIES / took:.1f} | {answered / took:.1f} | {per_delivery:.1f} |")
    finally:
        await databases.disconnect()
