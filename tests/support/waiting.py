"""Waiting for something to be so, when nobody rings."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Look again and again; `TimeoutError` when it is not so in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is looked at is in other processes
            await asyncio.sleep(0.02)
