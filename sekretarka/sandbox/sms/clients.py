"""Who answers what they get: clients some TAK, a few NIE, and now and then one who wants something else; who is told of
an urgent call takes it on, or is busy."""

import asyncio
import re
from datetime import datetime
from random import Random

from sekretarka.core.runtime import clock
from sekretarka.sandbox.sms.gateway import Gateway
from sekretarka.sandbox.sms.message_log import LoggedSms

POLL_SECONDS = 2.0
ASKS = "Odpisz TAK"
ANSWERS = (("TAK", 0.5), ("Tak, będę!", 0.1), ("NIE", 0.08), ("A można w inny dzień?", 0.06))
REMARKS = (("Dziękuję, do zobaczenia!", 0.12), ("Czy mogę przełożyć na przyszły tydzień?", 0.08))
# In what goes to users of the organization: they do not chat with it.
URGENT, TAKEN = re.compile(r"Odpowiedz (\d+)"), "Zapisane, zajmujesz"
TAKES_IT = 0.6
SOONEST, LATEST = 4.0, 25.0  # seconds until somebody has read it and written


async def answer(gateway: Gateway, rng: Random | None = None) -> None:
    """Answer what the gateway takes from now on, until cancelled."""
    since, rng = clock.now(), rng or Random()
    async with asyncio.TaskGroup() as group:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            for message in await asyncio.to_thread(_new_since, gateway, since):
                since = max(since, message.at)
                if text := _choose(rng, message.body):
                    group.create_task(_write(gateway, message, text, rng.uniform(SOONEST, LATEST)))


def _new_since(gateway: Gateway, since: datetime) -> list[LoggedSms]:
    return gateway.log.newest(lambda message: not message.is_inbound and message.at > since)


def _choose(rng: Random, body: str) -> str | None:
    """What is written to such a text, if anything."""
    left = rng.random()
    if urgent := URGENT.search(body):
        return urgent[1] if left < TAKES_IT else None
    if TAKEN in body:
        return None
    for text, share in ANSWERS if ASKS in body else REMARKS:
        left -= share
        if left < 0:
            return text
    return None


async def _write(gateway: Gateway, message: LoggedSms, text: str, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await asyncio.to_thread(gateway.write_back, message, text)
