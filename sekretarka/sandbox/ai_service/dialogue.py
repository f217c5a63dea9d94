"""One call as it is spoken: each line is reported when it is said, and depends on the tools' answers before it."""

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

MAX_SECONDS = 240.0  # seconds; a faster call began that much earlier, so that none of its times is in the future


class Dialogue:
    """Speaks, listens, uses tools and reports all of it to the webhook. `call` grows line by line."""

    def __init__(self, sender: Sender, call: Call, rng: Random, deliveries: asyncio.TaskGroup, *, speed: float) -> None:
        self.call = replace(call, segments=(), appointment_request=None, message=None, announced=True)
        self.rng, self.speed = rng, speed
        self.tools = ToolClient(sender.client, sender.target, call.id)
        self.fields: dict[str, str] = {"name": call.caller.name, "voc": call.caller.vocative, "last": call.caller.last}
        self._sender, self._deliveries = sender, deliveries
        self._started_at = clock.now() - timedelta(seconds=MAX_SECONDS * (1 - 1 / speed))
        self._elapsed, self._sequence = 0.0, 0

    def start(self) -> None:
        """The call begins."""
        caller = {"callerName": self.call.caller.name} if self.call.is_client else {}
        self._report("call_started", events.start_data(self.call, self._started_at) | caller)

    async def agent_says(self, template: str, **fields: str) -> None:
        """The AI says something."""
        await self._say("agent", self._render(template, fields), None)

    async def caller_says(self, template: str, mood: float = 0.0, /, **fields: str) -> None:
        """The caller says something."""
        await self._say("caller", self._render(template, fields), mood or None)

    async def use_tool(self, tool: str, **arguments: Any) -> ToolResult:
        """Use a tool; the AI then says its answer."""
        result = await self.tools.call(tool, **arguments)
        await self._say("agent", result.sentence, None)
        return result

    def request_appointment(self, service: str, preferred: datetime) -> None:
        """Report the requested appointment, as services without tools do."""
        caller = self.call.caller
        request = {"serviceType": service, "preferredAt": clock.to_json(preferred)}
        self._report("appointment_requested", {"clientName": caller.name, "clientPhone": caller.number, **request})

    def hang_up(self, outcome: str, intent: str, summary: str, mood: float, *topics: str) -> None:
        """The call is over."""
        self._elapsed += self.rng.uniform(0.3, 2.0)
        cost = max(1, round(self._elapsed * GROSZE_PER_MINUTE / 60))
        text = self._render(summary, {})
        ending = Ending(self._elapsed, "completed", "caller_hung_up", outcome, intent, topics, text, mood, cost)
        self.call = replace(self.call, ending=ending, named=True, recording_after=0.0)
        data = events.start_data(self.call, self._started_at) | events.disclosure_data(self.call, self._started_at)
        self._report("call_ended", data | events.end_data(self.call, self._started_at))

    async def _say(self, speaker: Literal["agent", "caller"], text: str, mood: float | None) -> None:
        begin = self._elapsed + self.rng.uniform(0.3, 1.1)
        self._elapsed = begin + max(0.8, len(text) / CHARACTERS_PER_SECOND * self.rng.uniform(0.9, 1.15))
        number = len(self.call.segments) + 1
        segment = Segment(f"s{number}", Line(speaker, text, mood), begin, self._elapsed)
        self.call = replace(self.call, segments=(*self.call.segments, segment))
        data: Data = {"segments": [events.segment_data(segment, self._started_at)]}
        if number == 1:
            data |= events.disclosure_data(self.call, self._started_at)
        seconds = (self._elapsed - begin) / self.speed
        if speaker == "agent":
            del data["segments"][0]["endTimestamp"]
            self._report("transcript_updated", data, begin)
            await asyncio.sleep(seconds)
        else:  # the caller's words are transcribed when they were heard
            await asyncio.sleep(seconds)
            self._report("transcript_updated", data, self._elapsed)

    def _render(self, template: str, fields: Mapping[str, str]) -> str:
        return render(template, {**self.fields, **fields}, self.call.caller.gender, self.rng)

    def _at(self, offset: float) -> str:
        return clock.to_json(self._started_at + timedelta(seconds=offset))

    def _report(self, kind: str, data: Data, offset: float | None = None) -> None:
        self._sequence += 1
        moment = self._elapsed if offset is None else offset
        at = self._at(moment)
        head = {"agentId": self._sender.target.agent_id, "callId": self.call.id, "sequence": self._sequence}
        body = {"type": kind, "timestamp": at, "data": head | {"occurredAt": at} | data}
        event = Event(f"msg_{self.call.id.removeprefix('call_')}_{self._sequence}", moment, body)
        self._deliveries.create_task(self._sender.deliver(event))
