"""Calls: merging what voice providers report, finding them, and what users change about them."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database import etags
from sekretarka.core.database.models import new_id
from sekretarka.core.database.search import has_any
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Detail, Forbidden, Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text import search_text
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.appointments import service as appointments
from sekretarka.domain.clients.models import Client
from sekretarka.domain.conversations import client_linking, follow_ups, settlement, silence
from sekretarka.domain.conversations.counting import CallCount, is_counted
from sekretarka.domain.conversations.events import CREATED, UPDATED, ConversationStarted
from sekretarka.domain.conversations.merge import (
    PROGRAM_RANK,
    USER_RANK,
    derive,
    merge_event,
    put_directly,
)
from sekretarka.domain.conversations.models import (
    Conversation,
    ConversationSearch,
    Segment,
    Status,
    TranscriptSearch,
    Urgency,
)
from sekretarka.domain.conversations.schemas import (
    ConversationCreate,
    ConversationFilter,
    ConversationPatch,
    ConversationView,
    FollowUpPatch,
    TranscriptQuery,
)
from sekretarka.domain.conversations.transcripts import refresh_search, upsert_segments
from sekretarka.domain.organizations import days, members
from sekretarka.providers.call_events import CallData, CallEvent

NEWEST_FIRST = SortKey(col(Conversation.started_at))
STALE_AFTER = timedelta(hours=4)
USER_EDITABLE = {"outcome", "notes", "follow_up"}


# merging


async def apply(
    uow: UnitOfWork, event: CallEvent, event_id: str, *, is_test: bool = False
) -> tuple[Conversation, bool]:
    """Merge one event into its call, creating the call when it is new; returns `(call, created)`. With `is_test` it is
    a test call.

    Raises `NotFound` when the agent is none of the organization's. Any order, repetition or crash between two events
    leads to the same row. Dispatches what it means for the call: started, settled, corrected.
    """
    row, created = await _locked(uow, event)
    await _merge(uow, row, event, event_id, created=created, is_test=is_test)
    return row, created


async def _merge(
    uow: UnitOfWork, row: Conversation, event: CallEvent, event_id: str, *, created: bool, is_test: bool = False
) -> None:
    caller, facts = client_linking.CallerIdentity.observe(row), settlement.facts_of(row)
    follow_up = follow_ups.facts_of(row)
    row.is_test = row.is_test or is_test
    row.last_event_at = uow.now
    merge_event(row, event, event_id)
    await client_linking.link(uow, row, caller, event.data)
    if event.data.segments:
        await upsert_segments(uow, row, event, event_id)
    await refresh_search(uow, row)
    uow.bump_version(row)
    uow.notify_live(CREATED if created else UPDATED, {"id": str(row.id)})
    if created:
        await uow.dispatch(ConversationStarted(row.id))
    await follow_ups.announce(uow, row, follow_up)
    await settlement.announce(uow, row, facts)


async def _locked(uow: UnitOfWork, event: CallEvent) -> tuple[Conversation, bool]:
    """The call's row, locked until the unit of work ends, so that two events of one call never merge side by side."""
    data = event.data
    if data.agent_id is None:
        raise NotFound
    existing = uow.select(Conversation).where(
        Conversation.agent_id == data.agent_id, Conversation.call_id == data.call_id
    )
    row = await uow.one_or_none(existing.with_for_update())
    if row is not None:
        return row, False
    if await uow.one_or_none(uow.select(Agent).where(Agent.id == data.agent_id)) is None:
        raise NotFound
    fresh = Conversation(
        id=new_id(),
        organization_id=uow.organization_id,
        agent_id=data.agent_id,
        call_id=data.call_id,
        first_seen_at=event.at,
        started_at=event.at,
    )
    unique = ("organization_id", "agent_id", "call_id")
    return await uow.get_or_insert(lambda: uow.one_or_none(existing.with_for_update()), fresh, unique)


async def get_or_create_for_call(
    uow: UnitOfWork, agent_id: UUID, call_id: str, *, is_over: bool = False
) -> Conversation:
    """The call that a tool is used in, locked until the unit of work ends; created when it is new, with `is_over` as
    one that has ended.

    `NotFound` when the agent is none of the organization's. Appointments that point at it may still be written by
    others, who lock staff members first.
    """
    existing = uow.select(Conversation).where(Conversation.agent_id == agent_id, Conversation.call_id == call_id)
    existing = existing.with_for_update(key_share=True)
    row = await uow.one_or_none(existing)
    if row is None:
        known = {"status": Status.COMPLETED, "endedAt": uow.now} if is_over else {}
        data = CallData.model_validate({"agentId": agent_id, "callId": call_id, **known})
        await apply(uow, _event(uow, "call_ended" if is_over else "call_started", data), "tool")
        row = await uow.one_or_none(existing)
    assert row is not None  # noqa: S101 - it is there, whoever made it
    silence.note_news(uow, row)
    return row


async def create(uow: UnitOfWork, data: ConversationCreate) -> tuple[Conversation, bool]:
    """Create the call of `callId`, or fill the one there is; returns `(call, created)`. Raises `Forbidden` for a user
    and `Invalid` for an unknown agent."""
    uow.require(Permission.CONVERSATIONS_WRITE)
    if uow.actor.kind == "user":
        raise Forbidden  # calls come from the AI service, never from a browser's session alone
    event = _event(uow, "call_started", data.as_data())
    try:
        row, created = await _locked(uow, event)
    except NotFound:
        raise Invalid.field(["body", "agentId"], "unknown_agent", "There is no such agent") from None
    if not created:  # of two at once the later is who got the lock later
        event.timestamp = etags.next_instant(row.updated_at, uow.now)
    await _merge(uow, row, event, "api", created=created)
    return row, created


def _event(uow: UnitOfWork, kind: str, data: CallData) -> CallEvent:
    return CallEvent.model_validate({"type": kind, "timestamp": uow.now, "data": data.model_dump(by_alias=True)})


async def fail_stale_calls(uow: UnitOfWork) -> int:
    """Set the organization's calls that began more than `STALE_AFTER` ago and have no end to failed. Returns how many,
    at most 200."""
    stale = uow.select(Conversation).where(
        Conversation.status == Status.ACTIVE, Conversation.started_at < uow.now - STALE_AFTER
    )
    rows = await uow.list(stale.order_by(col(Conversation.id)).limit(200).with_for_update())
    for row in rows:
        follow_up = follow_ups.facts_of(row)
        row.status = Status.FAILED  # without a version of the field: a late `call_ended` still says better
        derive(row)
        uow.bump_version(row)
        uow.notify_live(UPDATED, {"id": str(row.id)})
        await follow_ups.announce(uow, row, follow_up)
    return len(rows)


async def organizations_with_stale_calls(uow: UnitOfWork) -> Sequence[UUID]:
    """The ids of organizations that `fail_stale_calls` has work for; for the system only."""
    statement = uow.unscoped(
        select(Conversation.organization_id)
        .where(Conversation.status == Status.ACTIVE, Conversation.started_at < uow.now - STALE_AFTER)
        .distinct()
    )
    result: Sequence[UUID] = (await uow.execute(statement)).scalars().all()
    return result


# finding


async def query(
    uow: UnitOfWork, filters: ConversationFilter, counted_as: CallCount | None = None
) -> SelectOfScalar[Conversation]:
    """A SELECT of the organization's calls that fit the filter, newest first, for paging or counting; with `counted_as`
    of those that this number counts. `Invalid` for a period that ends before it starts."""
    uow.require(Permission.CONVERSATIONS_READ)
    statement = uow.select(Conversation).where(*await _criteria(uow, filters))
    if counted_as is not None:
        statement = statement.where(is_counted(counted_as, uow.now))
    return statement.order_by(col(Conversation.started_at).desc(), col(Conversation.id).desc())


async def _criteria(uow: UnitOfWork, filters: ConversationFilter) -> Iterable[sa.ColumnElement[bool]]:
    criteria: list[sa.ColumnElement[bool]] = []
    equal = {
        Conversation.status: filters.status,
        Conversation.agent_id: filters.agent_id,
        Conversation.outcome: filters.outcome,
        Conversation.follow_up_state: filters.follow_up,
    }
    criteria += [col(column) == value for column, value in equal.items() if value is not None]
    first, last = await days.interval(uow, filters.start_date, filters.end_date)
    if first:
        criteria.append(col(Conversation.started_at) >= first)
    if last:
        criteria.append(col(Conversation.started_at) < last)
    if filters.search:
        criteria.append(_matching(uow, filters.search))
    return criteria


def _matching(uow: UnitOfWork, term: str) -> sa.ColumnElement[bool]:
    """As `search_text` finds, in all that is known and was said of a call: each word may be in another of its texts."""

    def has(texts: type[ConversationSearch | TranscriptSearch], spellings: Iterable[str]) -> sa.ColumnElement[bool]:
        is_of_call = (col(texts.organization_id) == uow.organization_id, col(texts.conversation_id) == Conversation.id)
        return sa.exists().where(*is_of_call, has_any(col(texts.content), spellings))

    words = search_text.needles(term)
    return sa.and_(sa.true(), *(has(ConversationSearch, word) | has(TranscriptSearch, word) for word in words))


async def page(
    uow: UnitOfWork, filters: ConversationFilter, at: PageQuery, counted_as: CallCount | None = None
) -> Page[Conversation]:
    """One page of the calls that fit the filter, newest first. `counted_as` and what is raised as in `query`."""
    cursor_filters = filters.model_dump(mode="json", include=set(ConversationFilter.model_fields))
    return await paginate(uow, await query(uow, filters, counted_as), NEWEST_FIRST, at, cursor_filters)


async def find_by_call_id(uow: UnitOfWork, agent_id: UUID, call_id: str) -> Conversation | None:
    """The conversation of an agent's call by `call_id`, the voice provider's id of it; None before anything of it
    arrived."""
    uow.require(Permission.CONVERSATIONS_READ)
    same_call = uow.select(Conversation).where(Conversation.agent_id == agent_id, Conversation.call_id == call_id)
    return await uow.one_or_none(same_call)


async def get(uow: UnitOfWork, conversation_id: UUID) -> Conversation:
    """One call or `NotFound`."""
    uow.require(Permission.CONVERSATIONS_READ)
    return await uow.get(Conversation, conversation_id)


async def find_by_ids(uow: UnitOfWork, ids: Iterable[UUID]) -> Sequence[Conversation]:
    """Those of the calls that exist, in no particular order."""
    uow.require(Permission.CONVERSATIONS_READ)
    return await uow.list(uow.select(Conversation).where(col(Conversation.id).in_(list(ids))))


async def view(uow: UnitOfWork, *rows: Conversation) -> list[ConversationView]:
    """Calls with the ids of the appointments booked during them, as API and streams show them, in the same order."""
    booked = await appointments.ids_by_conversation(uow, [row.id for row in rows])
    return [ConversationView.of(row, booked.get(row.id, [])) for row in rows]


async def transcript(uow: UnitOfWork, conversation_id: UUID, at: TranscriptQuery) -> Page[Segment]:
    """One page of a call's transcript in the order it was said, or the other way round; `NotFound` for the call."""
    await get(uow, conversation_id)
    lines = uow.select(Segment).where(Segment.conversation_id == conversation_id)
    order = SortKey(col(Segment.said_at), descending=at.order == "desc", tie=col(Segment.segment_id))
    return await paginate(uow, lines, order, at, {"conversation": conversation_id})


# changing


async def update(uow: UnitOfWork, conversation_id: UUID, patch: ConversationPatch) -> Conversation:
    """Merge patch: absent leaves, null clears.

    Users set outcome, notes and follow-up; a key may also end the call. `NotFound`; `Invalid` for a field that is not
    the user's to set, an end before the start, or an assignee who is no member.
    """
    uow.require(Permission.CONVERSATIONS_WRITE)
    row = await uow.get(Conversation, conversation_id, lock=True)
    changed = patch.model_fields_set
    if not changed:
        return row
    if uow.actor.kind == "user":
        _reject_machine_fields(changed)
    else:
        row.last_event_at = uow.now
    facts, follow_up = settlement.facts_of(row), follow_ups.facts_of(row)
    rank = USER_RANK if uow.actor.kind == "user" else PROGRAM_RANK
    uow.bump_version(row)
    for name in sorted(changed - {"notes", "follow_up"}):
        put_directly(row, name, getattr(patch, name), rank)
    if "notes" in changed:
        row.notes = patch.notes or None
    if "follow_up" in changed:
        await _set_follow_up(uow, row, patch.follow_up, rank)
    if row.ended_at and row.ended_at < row.started_at:
        raise Invalid.field(["body", "endedAt"], "before_start", "The end must not be before the start")
    derive(row)
    await refresh_search(uow, row)
    uow.notify_live(UPDATED, {"id": str(row.id)})
    await follow_ups.announce(uow, row, follow_up)
    await settlement.announce(uow, row, facts)
    return row


async def count_use(uow: UnitOfWork, conversation_id: UUID, *, changes: int = 0, failures: int = 0) -> None:
    """Add to the numbers of changes and failures that tools made in the call, without a new version of the call."""
    row = Conversation
    is_call = (col(row.organization_id) == uow.organization_id, col(row.id) == conversation_id)
    counted = {"tool_changes": row.tool_changes + changes, "tool_failures": row.tool_failures + failures}
    await uow.execute(sa.update(row).where(*is_call).values(**counted).execution_options(synchronize_session=False))


async def language(uow: UnitOfWork, agent_id: UUID, call_id: str) -> str | None:
    """The language (`pl`, `en`) of the client of an agent's call; None when it is unknown."""
    row = Conversation
    languages = sa.select(col(Client.language)).join(row, col(row.client_id) == col(Client.id))
    is_own = (col(table.organization_id) == uow.organization_id for table in (row, Client))
    is_call = (*is_own, col(row.agent_id) == agent_id, col(row.call_id) == call_id)
    result: str | None = (await uow.execute(languages.where(*is_call))).scalars().first()
    return result


def _reject_machine_fields(changed: set[str]) -> None:
    details = [
        Detail(
            ("body", ConversationPatch.model_fields[name].alias or name),
            "not_editable",
            "Only the AI service sets this",
        )
        for name in sorted(changed - USER_EDITABLE)
    ]
    if details:
        raise Invalid(details=details)


async def _set_follow_up(uow: UnitOfWork, row: Conversation, patch: FollowUpPatch | None, rank: int) -> None:
    cleared = FollowUpPatch(state=None, urgency=Urgency.NORMAL, assignee_id=None, note=None)
    patch = patch or cleared
    if patch.assignee_id is not None and not await members.is_member(uow, patch.assignee_id):
        raise Invalid.field(["body", "followUp", "assigneeId"], "unknown_member", "There is no such member")
    for name in sorted(patch.model_fields_set):
        put_directly(row, f"follow_up_{name}", getattr(patch, name), rank)
