"""Plays one call in real time, or faster: each event leaves at its moment."""

import asyncio
from datetime import timedelta
from random import Random

from sekretarka.core.runtime import clock
from sekretarka.sandbox.ai_service import events
from sekretarka.sandbox.ai_service.calls import Call
from sekretarka.sandbox.ai_service.delivery import Sender


async def run_call(sender: Sender, call: Call, rng: Random, *, speed: float = 1.0, due: float | None = None) -> None:
    """Deliver a call's events; `speed` 10 tells a minute in six seconds, infinity sends all at once.

    A faster call began earlier, so that its times agree with each other and none is in the future.
    Retries of one event do not hold up the next.
    """
    loop = asyncio.get_running_loop()
    begin = loop.time() if due is None else due
    length = call.ending.seconds + (call.recording_after or 0)
    started_at = clock.now() - timedelta(seconds=length * (1 - 1 / speed))
    async with asyncio.TaskGroup() as deliveries:
        for event in events.live(call, sender.target.agent_id, started_at, rng):
            moment = begin + event.offset / speed
            await asyncio.sleep(max(0.0, moment - loop.time()))
            deliveries.create_task(sender.deliver(event, moment))
