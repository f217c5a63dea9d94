"""Lines of a call: upserted by segment id, and what is derived from all of them."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.text import search_text
from sekretarka.domain.conversations.merge import field_version
from sekretarka.domain.conversations.models import Conversation, ConversationSearch, Segment, Speaker
from sekretarka.providers.call_events import CallEvent, SegmentPayload

CHANGES = ("speaker", "text", "said_at", "said_until", "final", "sentiment", "stamp", "updated_at")


async def upsert_segments(uow: UnitOfWork, row: Conversation, event: CallEvent, event_id: str) -> None:
    """Write an event's lines by segment id: of two versions of a line the final one wins, then the greater version."""
    newest: dict[str, dict[str, Any]] = {}
    for fact in event.data.segments:
        values = _values(uow, row, fact, field_version(5 if fact.final else 1, event, event_id))
        previous = newest.get(fact.id)
        if previous is None or values["stamp"] >= previous["stamp"]:
            newest[fact.id] = values
    insert = uow.insert(Segment)
    upsert = insert.on_conflict_do_update(
        index_elements=["conversation_id", "segment_id"],
        set_={name: insert.excluded[name] for name in CHANGES},
        where=insert.excluded.stamp > col(Segment.stamp),
    )
    await uow.execute(upsert, list(newest.values()))


def _values(uow: UnitOfWork, row: Conversation, fact: SegmentPayload, version: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "organization_id": row.organization_id,
        "version": 1,
        "created_at": uow.now,
        "updated_at": uow.now,
        "conversation_id": row.id,
        "segment_id": fact.id,
        "speaker": fact.speaker,
        "text": fact.text,
        "said_at": fact.timestamp,
        "said_until": fact.end_timestamp,
        "final": fact.final,
        "sentiment": fact.sentiment,
        "stamp": version,
    }


async def refresh(uow: UnitOfWork, row: Conversation) -> None:
    """Bring `last_line` and the text that search reads up to date with the row and its lines."""
    statement = (
        sa.select(col(Segment.speaker), col(Segment.text))
        .where(col(Segment.organization_id) == row.organization_id, col(Segment.conversation_id) == row.id)
        .order_by(col(Segment.said_at), col(Segment.segment_id))
    )
    lines: list[tuple[Speaker, str]] = (await uow.execute(statement)).all()
    if lines:
        row.last_speaker, row.last_line = lines[-1]
    parts = [row.caller_name, row.caller_number, row.caller_raw, row.summary, row.intent, row.notes, *row.topics]
    if row.caller_number and row.caller_number.startswith("+48"):
        parts.append(row.caller_number.removeprefix("+48"))
    content = search_text.normalize("\n".join(part for part in [*parts, *(text for _, text in lines)] if part))
    insert = uow.insert(ConversationSearch).values(
        organization_id=row.organization_id, conversation_id=row.id, content=content
    )
    await uow.execute(
        insert.on_conflict_do_update(
            index_elements=["conversation_id"],
            set_={"content": insert.excluded.content},
            where=insert.excluded.content != col(ConversationSearch.content),
        )
    )
