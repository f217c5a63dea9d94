"""The AI service's side of the tools: signed, one id per use for all attempts, and something to say in any case."""

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any

import httpx2

from sekretarka.core.runtime import clock
from sekretarka.core.web import standard_webhooks
from sekretarka.sandbox.ai_service.delivery import Target

log = logging.getLogger(__name__)

ATTEMPTS, PAUSE = 4, 0.4
STILL_RUNNING = "one_moment"  # the same use again gets what came of it
UNAVAILABLE = "Przepraszam, mam chwilowy kłopot z kalendarzem. Przekażę wiadomość właścicielce."


@dataclass(frozen=True)
class ToolResult:
    """What a tool answered: a sentence to say, and data."""

    sentence: str
    data: dict[str, Any]

    @property
    def rejected(self) -> bool:
        """Whether the tool could not do it."""
        return "code" in self.data


@dataclass
class ToolClient:
    """The tools during one call."""

    client: httpx2.AsyncClient
    target: Target
    call_id: str
    used: list[str] = field(default_factory=list)

    async def call(self, tool: str, **arguments: Any) -> ToolResult:
        """Use a tool; without an answer after all attempts the result is an apology, code `no_answer_from_tool`."""
        self.used.append(tool)
        tool_call_id = f"{self.call_id}_{len(self.used)}"
        present = {name: value for name, value in arguments.items() if value is not None}
        body = {
            "callId": self.call_id,
            "toolCallId": tool_call_id,
            "agentId": self.target.agent_id,
            "arguments": present,
        }
        for attempt in range(ATTEMPTS):
            result = await self._post(tool, tool_call_id, json.dumps(body, ensure_ascii=False).encode())
            if result is not None and result.data.get("code") != STILL_RUNNING:
                return result
            await asyncio.sleep(PAUSE * 2**attempt)
        return ToolResult(UNAVAILABLE, {"code": "no_answer_from_tool"})

    async def _post(self, tool: str, tool_call_id: str, body: bytes) -> ToolResult | None:
        timestamp = int(clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            standard_webhooks.ID_HEADER: tool_call_id,
            standard_webhooks.TIMESTAMP_HEADER: str(timestamp),
            standard_webhooks.SIGNATURE_HEADER: standard_webhooks.sign(
                self.target.secret, tool_call_id, timestamp, body
            ),
        }
        try:
            response = await self.client.post(f"{self.target.tools}/{tool}", content=body, headers=headers)
            data = response.raise_for_status().json()["data"]
            return ToolResult(data["say"], data["data"])
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("sandbox: tool %s without an answer: %s", tool, type(error).__name__)
            return None
