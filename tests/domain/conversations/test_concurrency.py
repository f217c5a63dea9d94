"""Changes of one call at the same moment, or by machines whose clocks differ: the later one counts, whole."""

import asyncio
from contextvars import Context
from datetime import timedelta
from uuid import UUID

import pytest

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations import messages
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, Urgency
from sekretarka.domain.conversations.schemas import ConversationCreate, ConversationPatch
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

AT_ONCE, ROUNDS = 8, 6
WRITER = frozenset({Permission.CONVERSATIONS_READ, Permission.CONVERSATIONS_WRITE})
# On SQLite one writes at a time.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
Told = tuple[str | None, str | None, str | None, float | None]


@pytest.fixture
async def agent(database: engine.Database) -> Agent:
    return await factories.agent((await factories.organization()).id)


async def call_of(agent: Agent) -> UUID:
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        for number, body in enumerate(calls.story(agent.id)):
            row, _ = await conversations.apply(uow, CallEvent.model_validate(body), f"m{number}")
        return row.id


def program_of(agent: Agent) -> Actor:
    return Actor("api_key", organization_id=agent.organization_id, scopes=WRITER)


def told(row: Conversation) -> Told:
    return row.summary, row.notes, row.follow_up_note, row.sentiment


async def change(uow: UnitOfWork, conversation_id: UUID, number: int) -> tuple[Told, Told]:
    """What is sent, and what the answer has."""
    sent = (f"podsumowanie {number}", f"notatka {number}", f"oddzwonić {number}", number / 100)
    values = {"summary": sent[0], "notes": sent[1], "followUp": {"note": sent[2]}, "sentiment": sent[3]}
    row = await conversations.update(uow, conversation_id, ConversationPatch.model_validate(values))
    return sent, told(row)


async def stored(agent: Agent, conversation_id: UUID) -> Told:
    async with begin(actor.system(agent.organization_id)) as uow:
        return told(await uow.get(Conversation, conversation_id))


@on_postgresql
async def test_of_eight_at_once_each_sees_its_own_and_one_remains(agent: Agent) -> None:
    conversation_id, program = await call_of(agent), program_of(agent)
    for round_number in range(ROUNDS):
        barrier = asyncio.Barrier(AT_ONCE)

        async def one(number: int, barrier: asyncio.Barrier = barrier) -> tuple[Told, Told]:
            async with begin(program, write=True) as uow:
                await barrier.wait()  # all have begun before the first changes anything
                return await change(uow, conversation_id, number)

        numbers = range(round_number * AT_ONCE, (round_number + 1) * AT_ONCE)
        answers = await asyncio.gather(*(one(number) for number in numbers))
        assert [answer for _, answer in answers] == [sent for sent, _ in answers]
        assert await stored(agent, conversation_id) in [sent for sent, _ in answers]


@on_postgresql
async def test_who_began_earlier_and_wrote_later_is_the_later(agent: Agent) -> None:
    conversation_id, program = await call_of(agent), program_of(agent)

    async def quicker() -> None:
        async with begin(program, write=True) as uow:
            await change(uow, conversation_id, 1)

    async with begin(program, write=True) as uow:
        await asyncio.create_task(quicker(), context=Context())
        sent, answer = await change(uow, conversation_id, 2)
    assert sent == answer == await stored(agent, conversation_id)


async def test_clocks_that_run_ahead_elsewhere_lose_nothing(agent: Agent) -> None:
    """Of programs and of users, of messages that tools take: what is written later counts, hours ahead or not."""
    conversation_id, program = await call_of(agent), program_of(agent)
    user = await factories.member(agent.organization_id)
    async with begin(program, write=True) as uow:
        uow.now = clock.now() + timedelta(hours=3)
        await change(uow, conversation_id, 1)
    async with begin(program, write=True) as uow:
        sent, answer = await change(uow, conversation_id, 2)
    assert sent == answer
    async with begin(user, write=True) as uow:
        uow.now = clock.now() + timedelta(hours=5)
        await conversations.update(uow, conversation_id, ConversationPatch.model_validate({"outcome": "spam"}))
    async with begin(user, write=True) as uow:
        patch = {"outcome": "answered", "followUp": {"note": None, "urgency": "low"}}
        row = await conversations.update(uow, conversation_id, ConversationPatch.model_validate(patch))
        assert (row.outcome, row.follow_up_note, row.follow_up_urgency) == ("answered", None, "low")
    async with begin(program, write=True) as uow:
        await messages.leave(uow, conversation_id, "proszę oddzwonić", Urgency.HIGH)
    async with begin(user, write=True) as uow:
        patch = {"followUp": {"note": "oddzwoniono"}}
        row = await conversations.update(uow, conversation_id, ConversationPatch.model_validate(patch))
        assert row.follow_up_note == "oddzwoniono"


async def test_stamps_of_one_row_always_rise(agent: Agent) -> None:
    conversation_id, program = await call_of(agent), program_of(agent)
    stamps = []
    for hours in (2, 0, -2, 1):
        async with begin(program, write=True) as uow:
            uow.now = clock.now() + timedelta(hours=hours)
            await change(uow, conversation_id, hours)
            stamps.append((await uow.get(Conversation, conversation_id)).field_versions["summary"])
    assert stamps == sorted(set(stamps))


@on_postgresql
async def test_a_call_told_twice_at_once_has_what_was_told_last(agent: Agent) -> None:
    program = program_of(agent)

    async def begun(uow: UnitOfWork, name: str) -> Conversation:
        values = {"agentId": agent.id, "callId": "call_2", "callerName": name}
        row, _ = await conversations.create(uow, ConversationCreate.model_validate(values))
        return row

    async def quicker(name: str) -> None:
        async with begin(program, write=True) as uow:
            assert (await begun(uow, name)).caller_name == name

    async with begin(program, write=True) as uow:
        for name in ("Anna", "Maria"):
            await asyncio.create_task(quicker(name), context=Context())
        assert (await begun(uow, "Ewa")).caller_name == "Ewa"
