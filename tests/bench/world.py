"""What is measured on: a migrated database with an organization, two thousand calls and their transcripts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import KEY_SCOPES, Role
from sekretarka.core.runtime import clock
from sekretarka.core.text import search_text
from sekretarka.domain.agents import connections
from sekretarka.domain.conversations.models import (
    Conversation,
    ConversationSearch,
    Segment,
    Speaker,
    Status,
    TranscriptSearch,
)
from sekretarka.domain.organizations import api_keys
from tests import factories
from tests.clients import sign_in

CALLS, LINES = 2_000, 12


@dataclass(frozen=True)
class World:
    """Whom to ask as, and about what."""

    organization_id: UUID
    agent_id: UUID
    endpoint_id: UUID
    secret: str
    key: str
    sessions: tuple[str, ...]
    calls: tuple[UUID, ...] = ()


async def build(url: str, number: int = CALLS) -> World:
    """Fill an empty database with so many calls."""
    engine.connect(url)
    try:
        place = await people(1)
        return replace(place, calls=await _calls(place.organization_id, place.agent_id, number))
    finally:
        await engine.disconnect()


async def people(number: int) -> World:
    """An organization with an agent and so many signed-in owners, in the database that is open."""
    organization = await factories.organization()
    owners = [await factories.member(organization.id, Role.OWNER) for _ in range(number)]
    maker = owners[0].user_id
    assert maker is not None
    agent = await factories.agent(organization.id)
    async with begin(actor.system(), write=True) as uow:
        _, key = api_keys.issue(uow, organization.id, maker, "bench", KEY_SCOPES)
    async with begin(actor.system(organization.id)) as uow:
        connection = await connections.get_by_agent(uow, agent.id)
    secret = connections.active_secrets(connection)[0]
    sessions = tuple([await sign_in(owner) for owner in owners])
    return World(organization.id, agent.id, connection.id, secret, key, sessions)


async def _calls(organization_id: UUID, agent_id: UUID, calls: int) -> tuple[UUID, ...]:
    ids = tuple(new_id() for _ in range(calls))
    async with begin(actor.system(organization_id), write=True) as uow:
        for number, call_id in enumerate(ids):
            uow.add(_call(number, call_id, organization_id, agent_id))
        await uow.flush()
        for number, call_id in enumerate(ids):
            content = search_text.normalize(f"Klientka {number} keratyna")
            uow.add(ConversationSearch(organization_id=organization_id, conversation_id=call_id, content=content))
            content = search_text.normalize("\n".join(line["text"] for line in _lines(number)))
            uow.add(TranscriptSearch(organization_id=organization_id, conversation_id=call_id, part=0, content=content))
            for line in _lines(number):
                uow.add(Segment(organization_id=organization_id, conversation_id=call_id, **line))
    return ids


def _call(number: int, call_id: UUID, organization_id: UUID, agent_id: UUID) -> Conversation:
    at = clock.now() - timedelta(minutes=30 * number + 60)
    return Conversation(
        id=call_id,
        organization_id=organization_id,
        agent_id=agent_id,
        call_id=f"past-{number}",
        status=Status.COMPLETED,
        caller_number=f"+48601{number:06d}",
        caller_name=f"Klientka {number}",
        first_seen_at=at,
        started_at=at,
        ended_at=at + timedelta(seconds=95),
        duration_seconds=95,
        summary=f"Pytanie o cenę usługi, umówiona wizyta numer {number}.",
        topics=["cena", "wizyta"],
        last_line="Do zobaczenia!",
    )


def _lines(number: int) -> Iterator[dict[str, Any]]:
    at = clock.now() - timedelta(minutes=30 * number + 60)
    for line in range(LINES):
        yield {
            "segment_id": f"s{line}",
            "speaker": Speaker.AGENT if line % 2 else Speaker.CALLER,
            "text": f"Zdanie {line}: {_words(number)}",
            "said_at": at + timedelta(seconds=7 * line),
            "stamp": f"5:{line}",
        }


def _words(number: int) -> str:
    return f"czy w najbliższy piątek o {9 + number % 9} jest wolny termin na strzyżenie?"
