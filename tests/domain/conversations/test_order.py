"""Whatever the order, repetition or grouping of events: the same final rows."""

import asyncio
import copy
import random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Segment
from sekretarka.domain.conversations.schemas import TranscriptQuery
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

BOOKKEEPING = {
    "id",
    "agent_id",
    "conversation_id",
    "version",
    "created_at",
    "updated_at",
    "last_event_at",
    "organization_id",
    "part",
}


async def apply_in_order(events: list[tuple[str, dict[str, Any]]], groups: list[int]) -> tuple[Any, ...]:
    """Apply events in this order, `groups` saying how many share a transaction; the final rows without bookkeeping."""
    agent = await factories.agent((await factories.organization()).id)
    left = copy.deepcopy(events)
    for size in [*groups, len(left)]:
        async with begin(actor.system(agent.organization_id), write=True) as uow:
            for event_id, body in left[:size]:
                body["data"]["agentId"] = str(agent.id)
                await conversations.apply(uow, CallEvent.model_validate(body), event_id)
        left = left[size:]
    async with begin(actor.system(agent.organization_id)) as uow:
        row = await uow.one_or_none(uow.select(Conversation).where(Conversation.call_id == "call_1"))
        assert row is not None
        clients = await uow.list(uow.select(Client).order_by(col(Client.phone)))
        lines = (await conversations.transcript(uow, row.id, TranscriptQuery())).rows
        matching = conversations._matching(uow, "KERATYN")
        searched = await uow.one_or_none(uow.select(Conversation).where(Conversation.id == row.id, matching))
    bare = [{k: v for k, v in line.model_dump().items() if k not in BOOKKEEPING} for line in lines]
    bare_row = {k: v for k, v in row.model_dump().items() if k not in BOOKKEEPING}
    bare_row["settled_at"] = row.settled_at is not None  # the moment is that of the arrival
    numbers = {client.id: client.phone for client in clients}
    whose = numbers.get(bare_row.pop("client_id"))
    return bare_row, bare, searched is not None, whose, [(client.phone, client.name) for client in clients]


@st.composite
def tales(draw: st.DrawFn) -> tuple[list[int], list[int], int]:
    """Which of the events arrive, in which order, how often, and how they share transactions."""
    arrivals = draw(st.lists(st.integers(0, 7), min_size=1, max_size=14))
    groups = draw(st.lists(st.integers(1, 4), max_size=4))
    return arrivals, groups, draw(st.integers(0, 2**32))


def corrected_story() -> list[tuple[str, dict[str, Any]]]:
    """A call with events that outrank others of theirs, each with the id of its delivery."""
    nobody = uuid4()
    story = calls.story(nobody)
    # A correction that outranks nothing but its own kind, and a second end that says more than the first.
    story.append(calls.event("call_ended", nobody, at="2026-11-20T10:03:00Z", sequence=6, intent="booking"))
    story.append(calls.event("call_started", nobody, at="2026-11-20T09:59:59Z", callerName="Ktoś inny"))
    # A number that a better event corrects.
    story.append(calls.event("call_started", nobody, at="2026-11-20T09:59:58Z", callerNumber="601 000 222"))
    return [(f"m{number}", body) for number, body in enumerate(story)]


@pytest.mark.parametrize("stories", [20, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_every_permutation_ends_in_the_same_rows(database: engine.Database, stories: int) -> None:
    named = corrected_story()
    loop = asyncio.get_running_loop()
    rows_in_order: dict[frozenset[str], tuple[Any, ...]] = {}

    def final_rows(*story: Any) -> tuple[Any, ...]:
        return asyncio.run_coroutine_threadsafe(apply_in_order(*story), loop).result()

    @settings(max_examples=stories, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(tales())
    def check(tale: tuple[list[int], list[int], int]) -> None:
        arrivals, groups, seed = tale
        events = [named[index] for index in arrivals]
        shuffled = [*events, *random.Random(seed).choices(events, k=2)]
        random.Random(seed).shuffle(shuffled)
        once = frozenset(event_id for event_id, _ in events)
        if once not in rows_in_order:
            rows_in_order[once] = final_rows(sorted(set_of(events), key=at), [])
        assert final_rows(shuffled, groups) == rows_in_order[once]

    await asyncio.to_thread(check)


async def test_refreshed_row_keeps_pending_changes(database: engine.Database) -> None:
    named = corrected_story()
    # The last finds under a lock the client that lost her name just before, in the same transaction.
    mixed = [named[number] for number in (7, 6, 0, 7)]
    assert await apply_in_order(mixed, []) == await apply_in_order(sorted(set_of(mixed), key=at), [])


def set_of(events: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    return list({event_id: (event_id, body) for event_id, body in events}.values())


def at(event: tuple[str, dict[str, Any]]) -> str:
    return str(event[0])


async def test_concurrent_events_of_one_call_create_one_row(database: engine.Database) -> None:
    organization = await factories.organization()
    agent = await factories.agent(organization.id)
    events = [CallEvent.model_validate(body) for body in calls.story(agent.id)] * 4

    async def deliver(number: int) -> bool:
        async with begin(actor.system(organization.id), write=True) as uow:
            _, is_new = await conversations.apply(uow, events[number], f"m{number % 5}")
            return is_new

    results = await asyncio.gather(*(deliver(number) for number in range(len(events))))
    assert sum(results) == 1
    async with begin(actor.system(organization.id)) as uow:
        assert await uow.count(uow.select(Conversation)) == 1
        assert await uow.count(uow.select(Segment)) == 3
