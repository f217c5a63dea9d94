"""Delivers signed events over HTTP: one id for all attempts, a new timestamp and signature for each."""

import asyncio
import json
import logging
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Literal

import httpx2

from sekretarka.core.runtime import clock
from sekretarka.core.web import standard_webhooks
from sekretarka.sandbox.ai_service.events import Event

log = logging.getLogger(__name__)

TIMEOUT = httpx2.Timeout(15, connect=5, pool=None)
LIMITS = httpx2.Limits(max_connections=64, max_keepalive_connections=64)
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
TEMPORARY = {408, 425, 429}

DeliveryResult = Literal["acknowledged", "refused", "failed"]


@dataclass(frozen=True)
class Target:
    """Where an agent's events go, the secret that signs them, and where its tools are, if it has any."""

    url: str
    agent_id: str
    secret: str = field(repr=False)
    tools: str | None = None


@dataclass
class Tally:
    """How deliveries fared. `attempts` counts requests; each event ends as exactly one of the three verdicts.
    `latencies` are in seconds."""

    events: int = 0
    attempts: int = 0
    verdicts: Counter[DeliveryResult] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)


def open_client() -> httpx2.AsyncClient:
    """A client that follows no redirect and uses no proxy of the environment."""
    return httpx2.AsyncClient(timeout=TIMEOUT, limits=LIMITS, follow_redirects=False, trust_env=False)


class Sender:
    """Posts events to one target and keeps the tally."""

    def __init__(self, client: httpx2.AsyncClient, target: Target, *, attempts: int = 8, rng: Random | None = None):
        self.client = client
        self.target = target
        self.attempts = attempts
        self.tally = Tally()
        self._rng = rng or Random()

    async def deliver(self, event: Event, due: float | None = None) -> DeliveryResult:
        """Send until the receiver answers for good or the attempts are used up.

        `due` is the event loop's time in seconds at which it should have left; latency counts from there, waiting
        included.
        """
        loop = asyncio.get_running_loop()
        since = loop.time() if due is None else due
        body = json.dumps(event.body, ensure_ascii=False, separators=(",", ":")).encode()
        verdict: DeliveryResult = "failed"
        self.tally.events += 1
        for attempt in range(self.attempts):
            status, wait = await self._post(event.id, body)
            if status is not None and 200 <= status < 300:
                verdict = "acknowledged"
                self.tally.latencies.append(loop.time() - since)
                break
            if status is not None and status < 500 and status not in TEMPORARY:
                verdict = "refused"
                log.warning("sandbox: event %s refused with %s", event.id, status)
                break
            if attempt + 1 < self.attempts:
                backoff = min(LONGEST_DELAY, FIRST_DELAY * 2**attempt) * self._rng.uniform(0.8, 1.2)
                await asyncio.sleep(max(backoff, wait))
        self.tally.verdicts[verdict] += 1
        return verdict

    async def _post(self, event_id: str, body: bytes) -> tuple[int | None, float]:
        """One attempt: the status, None when there was no answer, and how long the receiver asks us to wait."""
        timestamp = int(clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            standard_webhooks.ID_HEADER: event_id,
            standard_webhooks.TIMESTAMP_HEADER: str(timestamp),
            standard_webhooks.SIGNATURE_HEADER: standard_webhooks.sign(self.target.secret, event_id, timestamp, body),
        }
        self.tally.attempts += 1
        try:
            response = await self.client.post(self.target.url, content=body, headers=headers)
        except httpx2.TransportError as error:
            self.tally.statuses[type(error).__name__] += 1
            return None, 0.0
        self.tally.statuses[str(response.status_code)] += 1
        retry_after = response.headers.get("retry-after", "")
        return response.status_code, min(float(retry_after), LONGEST_DELAY) if retry_after.isdecimal() else 0.0
