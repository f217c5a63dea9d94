"""One call as it is spoken: each line is told when it is said, and nobody knows the next one before."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal

from sekretarka.core.runtime import clock
from sekretarka.sandbox.ai_service import events
from sekretarka.sandbox.ai_service.calls import CHARACTERS_PER_SECOND, GROSZE_PER_MINUTE, Call, Ending, Segment
from sekretarka.sandbox.ai_service.delivery import Sender
from sekretarka.sandbox.ai_service.events import Data, Event
from sekretarka.sandbox.ai_service.scenario import Line, render
from sekretarka.sandbox.ai_service.tools import ToolClient, ToolResult

MAX_SECONDS = 240.0  # seconds; a call told faster began that much earlier, so that nothing of it lies in the future


class Dialogue:
    """Speaks, listens, uses tools and reports all of it to the webhook. `call` grows with what is said."""

    def __init__(self, sender: Sender, call: Call, rng: Random, deliveries: asyncio.TaskGroup, *, speed: float) -> None:
        self.call = replace(call, segments=(), appointment_request=None, message=None, announced=True)
        self.rng, self.speed = rng, speed
        self.tools = ToolClient(sender.client, sender.target, call.id)
        self.words: dict[str, str] = {"name": call.caller.name, "voc": call.caller.vocative, "last": call.caller.last}
        self._sender, self._deliveries = sender, deliveries
        self._started_at = clock.now() - timedelta(seconds=MAX_SECONDS * (1 - 1 / speed))
        self._said, self._sequence = 0.0, 0

    def start(self) -> None:
        """The call begins."""
        known = {"callerName": self.call.caller.name} if self.call.known else {}
        self._tell("call_started", events.start_data(self.call, self._started_at) | known)

    async def agent_says(self, template: str, **words: str) -> None:
        """The AI says something."""
        await self._say("agent", self._render(template, words), None)

    async def caller_says(self, template: str, mood: float = 0.0, /, **words: str) -> None:
        """The caller says something."""
        await self._say("caller", self._render(template, words), mood or None)

    async def use_tool(self, tool: str, **arguments: Any) -> ToolResult:
        """Use a tool; the AI then says what it got."""
        answer = await self.tools.call(tool, **arguments)
        await self._say("agent", answer.spoken, None)
        return answer

    def request_appointment(self, service: str, preferred: datetime) -> None:
        """What the caller would like, as services report it that have no tools."""
        caller = self.call.caller
        wished = {"serviceType": service, "preferredAt": clock.to_json(preferred)}
        self._tell("appointment_requested", {"clientName": caller.name, "clientPhone": caller.number, **wished})

    def send_sms(self, template: str, **words: str) -> None:
        """Send the caller a text message."""
        sent = {"sentAt": self._at(self._said), "providerMessageId": f"SM{self.rng.getrandbits(96):024x}"}
        body = self._render(template, words)
        self._tell("message_sent", {"channel": "sms", "to": self.call.caller.number, "body": body, **sent})

    def hang_up(self, outcome: str, intent: str, summary: str, mood: float, *topics: str) -> None:
        """The call is over."""
        self._said += self.rng.uniform(0.3, 2.0)
        cost = max(1, round(self._said * GROSZE_PER_MINUTE / 60))
        told = self._render(summary, {})
        ending = Ending(self._said, "completed", "caller_hung_up", outcome, intent, topics, told, mood, cost)
        self.call = replace(self.call, ending=ending, named=True, recording_after=0.0)
        data = events.start_data(self.call, self._started_at) | events.disclosure_data(self.call, self._started_at)
        self._tell("call_ended", data | events.end_data(self.call, self._started_at))

    async def _say(self, speaker: Literal["agent", "caller"], text: str, mood: float | None) -> None:
        begin = self._said + self.rng.uniform(0.3, 1.1)
        self._said = begin + max(0.8, len(text) / CHARACTERS_PER_SECOND * self.rng.uniform(0.9, 1.15))
        number = len(self.call.segments) + 1
        segment = Segment(f"s{number}", Line(speaker, text, mood), begin, self._said)
        self.call = replace(self.call, segments=(*self.call.segments, segment))
        data: Data = {"segments": [events.segment_data(segment, self._started_at)]}
        if number == 1:
            data |= events.disclosure_data(self.call, self._started_at)
        seconds = (self._said - begin) / self.speed
        if speaker == "agent":
            del data["segments"][0]["endTimestamp"]
            self._tell("transcript_updated", data, begin)
            await asyncio.sleep(seconds)
        else:  # her words are known when they have been heard
            await asyncio.sleep(seconds)
            self._tell("transcript_updated", data, self._said)

    def _render(self, template: str, words: Mapping[str, str]) -> str:
        return render(template, {**self.words, **words}, self.call.caller.gender, self.rng)

    def _at(self, offset: float) -> str:
        return clock.to_json(self._started_at + timedelta(seconds=offset))

    def _tell(self, kind: str, data: Data, offset: float | None = None) -> None:
        self._sequence += 1
        moment = self._said if offset is None else offset
        at = self._at(moment)
        head = {"agentId": self._sender.target.agent_id, "callId": self.call.id, "sequence": self._sequence}
        body = {"type": kind, "timestamp": at, "data": head | {"occurredAt": at} | data}
        event = Event(f"msg_{self.call.id.removeprefix('call_')}_{self._sequence}", moment, body)
        self._deliveries.create_task(self._sender.deliver(event))
