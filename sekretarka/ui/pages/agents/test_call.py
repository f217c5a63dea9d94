"""A test call: three signed events over HTTP to our own endpoint, like those of the AI service but for their mark."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx2

from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import standard_webhooks
from sekretarka.domain.inbox import test_deliveries

PREFIX = "test_"
SECONDS = 8
TIMEOUT = 10.0


@dataclass(frozen=True)
class CallTexts:
    """The caller's name and what is said, in the language of the user who tests."""

    caller: str
    greeting: str
    line: str
    summary: str


@dataclass(frozen=True)
class SampleCall:
    """One made-up call to an agent: three deliveries, whose message ids begin with `call_id`."""

    agent_id: UUID
    words: CallTexts
    call_id: str
    started_at: datetime

    @classmethod
    def to(cls, agent_id: UUID, words: CallTexts) -> "SampleCall":
        """A call that began `SECONDS` seconds ago, so that nothing of it lies in the future."""
        return cls(agent_id, words, PREFIX + uuid4().hex, clock.now() - timedelta(seconds=SECONDS))

    def deliveries(self) -> list[tuple[str, str, dict[str, Any]]]:
        """`(type, message id, body)` of each event, in order."""
        facts: dict[str, dict[str, Any]] = {
            "call_started": {"direction": "inbound", "callerName": self.words.caller, "startedAt": self._at(0)},
            "transcript_updated": {
                "segments": [
                    {"id": "1", "speaker": "agent", "text": self.words.greeting, "timestamp": self._at(1)},
                    {"id": "2", "speaker": "caller", "text": self.words.line, "timestamp": self._at(4)},
                ]
            },
            "call_ended": {
                "status": "completed",
                "endedAt": self._at(SECONDS),
                "durationSeconds": SECONDS,
                "outcome": "answered",
                "summary": self.words.summary,
            },
        }
        return [
            (kind, f"{self.call_id}_{sequence}", self._body(kind, sequence, details))
            for sequence, (kind, details) in enumerate(facts.items(), 1)
        ]

    def _body(self, kind: str, sequence: int, facts: dict[str, Any]) -> dict[str, Any]:
        address = {"agentId": str(self.agent_id), "callId": self.call_id, "sequence": sequence}
        return {"type": kind, "timestamp": clock.to_json(clock.now()), "data": {**address, **facts}}

    def _at(self, second: int) -> str:
        return clock.to_json(self.started_at + timedelta(seconds=second))


@dataclass(frozen=True)
class DeliveryResult:
    """How the endpoint answered one delivery: HTTP `status`, 0 when it could not be reached, and `code` of a rejection,
    empty for none."""

    kind: str
    status: int
    milliseconds: int
    code: str = ""


async def deliver(call: SampleCall, endpoint: str, secret: str) -> AsyncIterator[DeliveryResult]:
    """Send the three events one after the other, yielding each result; ends after the first that is not 200. The public
    address may be a proxy that this machine cannot reach: the delivery goes to our own port."""
    url = f"http://127.0.0.1:{settings.port}{urlsplit(endpoint).path}"
    async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
        for kind, message_id, body in call.deliveries():
            result = await _send(client, url, secret, message_id, kind, body)
            yield result
            if result.status != 200:
                return


async def _send(
    client: httpx2.AsyncClient, url: str, secret: str, message_id: str, kind: str, body: dict[str, Any]
) -> DeliveryResult:
    raw, sent_at = json.dumps(body, ensure_ascii=False).encode(), int(clock.now().timestamp())
    headers = {
        "content-type": "application/json",
        standard_webhooks.ID_HEADER: message_id,
        standard_webhooks.TIMESTAMP_HEADER: str(sent_at),
        standard_webhooks.SIGNATURE_HEADER: standard_webhooks.sign(secret, message_id, sent_at, raw),
        test_deliveries.HEADER: test_deliveries.mark(message_id),
    }
    began = time.monotonic()
    try:
        answer = await client.post(url, content=raw, headers=headers)
    except httpx2.HTTPError:
        return DeliveryResult(kind, 0, _since(began))
    return DeliveryResult(kind, answer.status_code, _since(began), _code(answer))


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _code(answer: httpx2.Response) -> str:
    if answer.status_code == 200:
        return ""
    try:
        return str(answer.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return "other"
