"""Lines of a call: upserted by segment id, and the texts that search reads."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.text import search_text
from sekretarka.domain.conversations.merge import field_version
from sekretarka.domain.conversations.models import Conversation, ConversationSearch, Segment, TranscriptSearch
from sekretarka.providers.call_events import CallEvent, SegmentPayload
from sekretarka.providers.conversions import Oddity

MAX_LINES = 10_000
LINES_PER_PART = 100
CHANGES = ("speaker", "text", "said_at", "said_until", "final", "sentiment", "stamp", "updated_at")


async def upsert_segments(uow: UnitOfWork, row: Conversation, event: CallEvent, event_id: str) -> None:
    """Write an event's lines by segment id: of two versions of a line the final one wins, then the greater version.

    Only what is new or changed is written, however long the call is; its row is locked. A call that has `MAX_LINES`
    gets no further ones, which the event notes; those it has may still change.
    """
    newest: dict[str, dict[str, Any]] = {}
    for fact in event.data.segments:
        values = _values(uow, row, fact, field_version(5 if fact.final else 1, event, event_id))
        previous = newest.get(fact.id)
        if previous is None or values["stamp"] >= previous["stamp"]:
            newest[fact.id] = values
    stored = await _stored(uow, row, newest)
    changed = [
        values | {"part": stored[key].part}
        for key, values in newest.items()
        if key in stored and values["stamp"] > stored[key].stamp
    ]
    added = sorted(
        (values for key, values in newest.items() if key not in stored), key=itemgetter("said_at", "segment_id")
    )
    room = max(0, MAX_LINES - row.line_count)
    if len(added) > room:
        event.notes["data.segments", Oddity.TOO_MANY] = 1
    for values in added[:room]:
        changed.append(values | {"part": row.line_count // LINES_PER_PART})
        row.line_count += 1
    if not changed:
        return
    insert = uow.insert(Segment)
    updates = {name: insert.excluded[name] for name in CHANGES}
    await uow.execute(
        insert.on_conflict_do_update(index_elements=["conversation_id", "segment_id"], set_=updates), changed
    )
    last = sa.select(col(Segment.speaker), col(Segment.text)).where(*_is_of(row))
    last = last.order_by(col(Segment.said_at).desc(), col(Segment.segment_id).desc()).limit(1)
    row.last_speaker, row.last_line = (await uow.execute(last)).one()
    await _refresh_parts(uow, row, {values["part"] for values in changed})


async def _stored(uow: UnitOfWork, row: Conversation, segment_ids: Iterable[str]) -> dict[str, Any]:
    """By segment id, version and part of those lines that the call has."""
    statement = sa.select(col(Segment.segment_id), col(Segment.stamp), col(Segment.part))
    lines = await uow.execute(statement.where(*_is_of(row), col(Segment.segment_id).in_(list(segment_ids))))
    return {line.segment_id: line for line in lines}


async def _refresh_parts(uow: UnitOfWork, row: Conversation, parts: set[int]) -> None:
    """Fold the lines of these parts anew, at most `LINES_PER_PART` of each."""
    statement = sa.select(col(Segment.part), col(Segment.text)).where(*_is_of(row), col(Segment.part).in_(parts))
    texts: dict[int, list[str]] = {part: [] for part in parts}
    for part, text in await uow.execute(statement.order_by(col(Segment.said_at), col(Segment.segment_id))):
        texts[part].append(text)
    insert = uow.insert(TranscriptSearch)
    upsert = insert.on_conflict_do_update(
        index_elements=["conversation_id", "part"], set_={"content": insert.excluded.content}
    )
    ids = {"organization_id": row.organization_id, "conversation_id": row.id}
    folded = [
        {**ids, "part": part, "content": "\n".join(map(search_text.searchable, filter(None, lines)))}
        for part, lines in texts.items()
    ]
    await uow.execute(upsert, folded)


def _is_of(row: Conversation) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Segment.organization_id) == row.organization_id, col(Segment.conversation_id) == row.id


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


async def refresh_search(uow: UnitOfWork, row: Conversation) -> None:
    """Bring the text that search reads up to date with the row; lines have theirs."""
    parts = [row.caller_name, row.caller_number, row.caller_raw, row.summary, row.intent, row.notes, *row.topics]
    content = "\n".join(search_text.searchable(part) for part in parts if part)
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
