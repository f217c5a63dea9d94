"""Calls the demo organization again and again, until it is cancelled."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from sekretarka.core.runtime import clock
from sekretarka.sandbox.ai_service import dialogues, personas, scenarios
from sekretarka.sandbox.ai_service.calls import Call, make_call
from sekretarka.sandbox.ai_service.delivery import Sender, Target, open_client
from sekretarka.sandbox.ai_service.events import Event
from sekretarka.sandbox.ai_service.runner import run_call
from sekretarka.sandbox.ai_service.scenario import Scenario

log = logging.getLogger(__name__)

FindTarget = Callable[[], Awaitable[Target | None]]


@dataclass(frozen=True)
class Pace:
    """Seconds to the first call, bounds of the seconds between calls, calls at the same time, speed of telling."""

    first: float = 3.0
    gap: tuple[float, float] = (10.0, 18.0)  # whoever opens the dashboard sees a call arrive within 20 s
    parallel: int = 3
    speed: float = 1.0


@dataclass
class OpenCalls:
    """The calls on the line, stored in a file: after a restart the calls that were interrupted are ended."""

    path: Path | None
    open: dict[str, dict[str, Any]] = field(default_factory=dict)

    def load_interrupted(self) -> dict[str, dict[str, Any]]:
        """The calls that were open when the last run ended, by id: `{"agentId", "startedAt"}`."""
        try:
            stored = json.loads(self.path.read_text()) if self.path else {}
        except (OSError, ValueError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def add(self, call: Call, agent_id: str, started_at: datetime) -> None:
        """Note a call that begins."""
        self.open[call.id] = {"agentId": agent_id, "startedAt": clock.to_json(started_at)}
        self._write()

    def remove(self, call_id: str) -> None:
        """Remove a call that has ended."""
        self.open.pop(call_id, None)
        self._write()

    def _write(self) -> None:
        if self.path:
            draft = self.path.with_suffix(".new")
            draft.write_text(json.dumps(self.open))
            draft.replace(self.path)


async def run(find_target: FindTarget, pace: Pace | None = None, journal_path: Path | None = None) -> None:
    """Call until cancelled. `find_target` is asked before every call; None means that there is nobody to call now.
    `journal_path` is the file of `OpenCalls`; without one interrupted calls are not ended later.
    """
    pace = pace or Pace()
    rng = Random()
    journal = OpenCalls(journal_path)
    recent: deque[str] = deque(maxlen=4)
    clients, faithful = personas.demo_clients(), personas.regular_clients()
    on_the_line = asyncio.Semaphore(pace.parallel)
    async with open_client() as client, asyncio.TaskGroup() as calls:
        leftovers = journal.load_interrupted()
        await asyncio.sleep(pace.first)
        while True:
            await on_the_line.acquire()
            target = await find_target()
            if target is None:
                on_the_line.release()
            else:
                sender = Sender(client, target)
                while leftovers:
                    calls.create_task(sender.deliver(_hang_up(*leftovers.popitem())))
                reason = _next(rng, recent)
                call = make_call(rng, reason, clock.now(), faithful if reason.about == "booked" else clients)
                task = calls.create_task(_one(sender, call, rng, pace, journal))
                task.add_done_callback(lambda _task: on_the_line.release())
            await asyncio.sleep(rng.uniform(*pace.gap))


async def _one(sender: Sender, call: Call, rng: Random, pace: Pace, journal: OpenCalls) -> None:
    journal.add(call, sender.target.agent_id, clock.now())
    if sender.target.tools and call.scenario in dialogues.DIALOGUES:
        await dialogues.run_dialogue(sender, call, rng, speed=pace.speed)
    else:
        await run_call(sender, call, rng, speed=pace.speed)
    journal.remove(call.id)


def _next(rng: Random, recent: deque[str]) -> Scenario:
    """The first call asks for an appointment; the same scenario does not come again soon."""
    chosen = scenarios.ALL[0]
    while recent and chosen.name in recent:
        chosen = scenarios.choose(rng)
    recent.append(chosen.name)
    return chosen


def _hang_up(call_id: str, facts: dict[str, Any]) -> Event:
    sequence = 10**6  # after anything the call itself has sent
    now = clock.to_json(clock.now())
    data = {"callId": call_id, "sequence": sequence, "occurredAt": now, "endedAt": now, "status": "failed"}
    body = {"type": "call_ended", "timestamp": now, "data": facts | data | {"endedReason": "service_restarted"}}
    return Event(f"msg_{call_id.removeprefix('call_')}_{sequence}", 0.0, body)
