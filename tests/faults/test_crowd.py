"""A thousand times many clients of several processes want the same time: one gets it, and nobody sees an accident.

Several processes: on PostgreSQL with ten connections each, on SQLite on one file.
"""

import asyncio
import contextlib
import itertools
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sekretarka.core.actor import system
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import KEY_SCOPES
from sekretarka.core.runtime import clock
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.organizations import api_keys
from tests import factories
from tests.faults import crowd
from tests.support import forked
from tests.support.processes import Running, variables

ROUNDS = int(os.environ.get("CROWD_ROUNDS", "1000"))
HOURS = ("09:00", "10:00", "11:00", "13:00", "14:00", "15:00")
Request = tuple[str, str, Any]
Reply = dict[str, Any]
APPOINTMENTS = "/appointments"


@dataclass
class Crowd:
    """Processes full of clients; `answer_counts` counts the answers of a race."""

    ends: list[Connection]
    agent_id: str
    many: int
    answer_counts: Counter[str] = field(default_factory=Counter)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def at_once(self, requests: list[Request]) -> list[Reply]:
        """Send them from all processes at the same time; answers in any order."""
        shares = [requests[i :: len(self.ends)] for i in range(len(self.ends))]
        answers = await asyncio.gather(*map(self._ask, self.ends, shares))
        replies = [reply for some in answers for reply in some]
        self.answer_counts.update(f"{reply['status']} {reply['error'].get('code', '')}".strip() for reply in replies)
        return replies

    async def request(self, method: str, path: str, body: Any = None) -> Reply:
        """One request, which must be good."""
        [[reply]] = [await self._ask(self.ends[0], [(method, path, body)])]
        assert reply["status"] < 300, reply
        return reply

    async def _ask(self, end: Connection, requests: list[Request]) -> list[Reply]:
        end.send(requests)
        replies: list[Reply] = await asyncio.to_thread(end.recv)
        return replies


@contextlib.asynccontextmanager
async def gathered(database: engine.Database, database_url: str, folder: Path, processes: int) -> AsyncIterator[Crowd]:
    organization = await factories.organization()
    owner = await factories.member(organization.id)
    await factories.staff(organization.id)
    await factories.service(organization.id, duration=30, buffer_after=0)
    agent = await factories.agent(organization.id, capabilities=list(Capability))
    assert owner.user_id is not None
    async with begin(system(), write=True) as uow:
        _, key = api_keys.issue(uow, organization.id, owner.user_id, "crowd", KEY_SCOPES)
    limits = {"rate_limit_api_key": "1000000/1seconds", "log_level": "ERROR"}
    environment = variables(database_url=database_url, database_pool_size="10", **limits)
    pairs = [forked.CONTEXT.Pipe() for _ in range(processes)]
    crowds = [Running(folder / "crowd.log", partial(crowd.run, key, theirs), environment) for _, theirs in pairs]
    for running, (_, theirs) in zip(crowds, pairs, strict=True):
        running.start()
        theirs.close()  # so that what ended is heard of
    try:
        yield Crowd([ours for ours, _ in pairs], str(agent.id), 12 if database.is_sqlite else 40)
    finally:
        for running in crowds:
            running.kill()


def overlapping(rng: Random) -> str:
    """Any of these overlaps every other, for appointments of half an hour."""
    return clock.to_json(factories.at("12:00") + timedelta(minutes=rng.randint(0, 29)))


def wish(start: str, number: int = 0, **more: Any) -> dict[str, Any]:
    who = {"clientName": "Anna", "clientPhone": f"+4860100{number % 50:04}"}
    return {"serviceType": "Strzyżenie", "scheduledAt": start, **who, **more}


def the_winner(replies: list[Reply], status: int, *losing: str) -> Reply:
    """Exactly one, and everybody else was told so."""
    [winner] = [reply for reply in replies if reply["status"] == status]
    others = [reply for reply in replies if reply is not winner]
    assert {reply["error"].get("code") for reply in others} <= set(losing), others
    return winner


async def times(crowd: Crowd, rng: Random) -> None:
    replies = await crowd.at_once([("POST", APPOINTMENTS, wish(overlapping(rng), n)) for n in range(crowd.many)])
    winner = the_winner(replies, 201, "SLOT_TAKEN")
    await crowd.request("DELETE", f"{APPOINTMENTS}/{winner['id']}")


async def holds(crowd: Crowd, rng: Random) -> None:
    bodies = [{"serviceType": "Strzyżenie", "scheduledAt": overlapping(rng)} for _ in range(crowd.many // 2)]
    replies = await crowd.at_once([("POST", f"{APPOINTMENTS}/holds", body) for body in bodies])
    winner = the_winner(replies, 201, "SLOT_TAKEN")
    await crowd.request("DELETE", f"{APPOINTMENTS}/holds/{winner['id']}")


async def uses(crowd: Crowd, rng: Random) -> None:
    """One hold, used up by many."""
    start = overlapping(rng)
    held = await crowd.request("POST", f"{APPOINTMENTS}/holds", {"serviceType": "Strzyżenie", "scheduledAt": start})
    requests = [("POST", APPOINTMENTS, wish(start, n, holdId=held["id"])) for n in range(crowd.many // 2)]
    winner = the_winner(await crowd.at_once(requests), 201, "VALIDATION_ERROR")
    assert winner["id"] == held["id"]
    await crowd.request("DELETE", f"{APPOINTMENTS}/{winner['id']}")


async def moves(crowd: Crowd, rng: Random) -> None:
    """Visits of the whole day are all moved to the same place."""
    appointments = [
        await crowd.request("POST", APPOINTMENTS, wish(clock.to_json(factories.at(hour)))) for hour in HOURS
    ]
    replies = await crowd.at_once(
        [("PATCH", f"{APPOINTMENTS}/{v['id']}", {"scheduledAt": overlapping(rng)}) for v in appointments]
    )
    the_winner(replies, 200, "SLOT_TAKEN")
    for appointment in appointments:
        await crowd.request("DELETE", f"{APPOINTMENTS}/{appointment['id']}")


async def tools(crowd: Crowd, rng: Random) -> None:
    """Two calls want the same time, and each use of a tool arrives many times."""
    start, number = overlapping(rng), next(crowd.numbers)
    booking = {"serviceType": "Strzyżenie", "scheduledAt": start, "clientName": "Anna", "clientPhone": "+48601000111"}
    calls = [f"call_{number}_{n % 2}" for n in range(crowd.many // 2)]
    bodies = [{"callId": call, "toolCallId": "t1", "agentId": crowd.agent_id, "arguments": booking} for call in calls]
    replies = await crowd.at_once([("POST", "/tools/book", body) for body in bodies])
    assert {reply["status"] for reply in replies} == {200}, replies
    counts = Counter(reply["say"] for reply in replies)
    assert sorted(counts.values()) == [len(calls) // 2] * 2  # each call got one answer, however often it asked
    [booked] = {reply["data"]["appointment"]["id"] for reply in replies if "appointment" in reply["data"]}
    await crowd.request("DELETE", f"{APPOINTMENTS}/{booked}")


Race = Callable[[Crowd, Random], Awaitable[None]]
RACES: tuple[Race, ...] = (times, holds, uses, moves, tools)


async def test_one_of_a_crowd_wins_every_day(database: engine.Database, database_url: str, tmp_path: Path) -> None:
    async with gathered(database, database_url, tmp_path, 2) as many:
        for race in RACES * 2:
            await race(many, Random(1))


@pytest.mark.soak
@pytest.mark.parametrize("race", RACES)
async def test_one_of_a_crowd_wins(database: engine.Database, database_url: str, race: Race, tmp_path: Path) -> None:
    rng = Random(1)
    async with gathered(database, database_url, tmp_path, 3 if database.is_sqlite else 4) as many:
        await many.at_once([("GET", APPOINTMENTS, None)] * len(many.ends))  # everybody is there
        many.answer_counts.clear()
        began = time.monotonic()
        for _ in range(ROUNDS):
            await race(many, rng)
        seconds = time.monotonic() - began
    print(f"\n{race.__name__}: {ROUNDS} rounds in {seconds:.0f} s, {dict(many.answer_counts)}")  # noqa: T201 - a campaign's report
