"""Finding calls and what people and programs may change about them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine, live
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import Forbidden, Invalid, NotFound
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.runtime import clock
from sekretarka.domain.agents.models import Agent
from sekretarka.domain.conversations import service as conversations
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Outcome, Status, Urgency
from sekretarka.domain.conversations.schemas import (
    ConversationCreate,
    ConversationFilter,
    ConversationPatch,
    TranscriptQuery,
)
from sekretarka.providers.call_events import CallEvent
from tests import calls, factories

WRITER = frozenset({Permission.CONVERSATIONS_READ, Permission.CONVERSATIONS_WRITE})


async def apply_events(agent: Agent, *events: dict[str, Any]) -> Conversation:
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        for number, body in enumerate(events):
            row, _ = await conversations.apply(uow, CallEvent.model_validate(body), f"m{number}")
        return row


async def call_ids(caller: Actor, **filters: Any) -> list[str]:
    async with begin(caller) as uow:
        rows = await uow.list(await conversations.query(uow, ConversationFilter.model_validate(filters)))
        return [row.call_id for row in rows]


async def patched(caller: Actor, conversation_id: UUID, **patch: Any) -> Conversation:
    async with begin(caller, write=True) as uow:
        return await conversations.update(uow, conversation_id, ConversationPatch.model_validate(patch))


@pytest.fixture
async def agent(database: engine.Database) -> Agent:
    return await factories.agent((await factories.organization()).id)


@pytest.fixture
async def owner(agent: Agent) -> Actor:
    return await factories.member(agent.organization_id)


@pytest.mark.parametrize(
    "term",
    ["keratyna", "KERATYNA", "KERATYNĄ", "łucja", "LUCJA ŻAK", "+48601000111", "601 000 111", "601-000-111", "wizyta",
     "Żak, Łucja", "0048601000111", "601.000.111", "601\u202f000\u202f111", "tel. 601 000 111", "keratyna 000 111 zak"],
)  # fmt: skip
async def test_search_finds_words_in_any_order_and_numbers_in_any_spelling(
    agent: Agent, owner: Actor, term: str
) -> None:
    await apply_events(agent, *calls.story(agent.id))
    assert await call_ids(owner, search=term) == ["call_1"]


async def test_what_search_does_not_see_narrows_nothing(agent: Agent, owner: Actor) -> None:
    await apply_events(agent, *calls.story(agent.id))
    assert await call_ids(owner, search="\u2019 ") == ["call_1"]


@pytest.mark.parametrize("term", ["%", "_", "\\", "kerat_na", "brak", "call_1", "Łucja Nowak"])
async def test_search_is_literal(agent: Agent, owner: Actor, term: str) -> None:
    await apply_events(agent, *calls.story(agent.id))
    assert await call_ids(owner, search=term) == []


async def test_a_plain_date_is_the_local_day(agent: Agent, owner: Actor) -> None:
    for call_id, started in [
        ("before", "2026-11-19T22:59:59Z"),
        ("first", "2026-11-19T23:00:00Z"),
        ("last", "2026-11-20T22:59:59Z"),
    ]:
        await apply_events(agent, calls.event("call_started", agent.id, call_id, startedAt=started))
    assert await call_ids(owner, startDate="2026-11-20", endDate="2026-11-20") == ["last", "first"]
    assert await call_ids(owner, startDate="2026-11-20") == ["last", "first"]
    assert await call_ids(owner, endDate="2026-11-19") == ["before"]
    assert await call_ids(owner, startDate="2026-11-20T22:59:59Z") == ["last"]
    with pytest.raises(Invalid):
        await call_ids(owner, startDate="2026-11-21", endDate="2026-11-20")


async def test_filters(agent: Agent, owner: Actor) -> None:
    other = await factories.agent(agent.organization_id, name="Adam")
    await apply_events(agent, *calls.story(agent.id))
    await apply_events(other, calls.event("call_started", other.id, "active", "2026-11-21T10:00:00Z"))
    assert await call_ids(owner) == ["active", "call_1"]
    assert await call_ids(owner, status="active") == ["active"]
    assert await call_ids(owner, agentId=str(agent.id)) == ["call_1"]
    assert await call_ids(owner, outcome="booked") == ["call_1"]
    assert await call_ids(owner, agentId=str(new_id())) == []


async def test_another_organization_sees_no_calls(agent: Agent, owner: Actor) -> None:
    row = await apply_events(agent, *calls.story(agent.id))
    stranger = await factories.member((await factories.organization()).id)
    assert await call_ids(stranger) == []
    for wrong in (row.id, new_id()):
        with pytest.raises(NotFound):
            await patched(stranger, wrong, outcome="answered")
        async with begin(stranger) as uow:
            with pytest.raises(NotFound):
                await conversations.transcript(uow, wrong, TranscriptQuery())


async def test_only_permitted_actors_change_a_call(agent: Agent, owner: Actor) -> None:
    row = await apply_events(agent, *calls.story(agent.id))
    staff = await factories.member(agent.organization_id, Role.STAFF)
    viewer = await factories.member(agent.organization_id, Role.VIEWER)
    assert (await patched(staff, row.id, notes="Oddzwonić jutro")).notes == "Oddzwonić jutro"
    with pytest.raises(Forbidden):
        await patched(viewer, row.id, notes="x")


async def test_users_outcome_outlives_late_events(agent: Agent, owner: Actor) -> None:
    story = calls.story(agent.id)
    row = await apply_events(agent, *story[:3])
    row = await patched(owner, row.id, outcome="message", followUp={"state": "open", "urgency": "high"})
    assert (row.outcome, row.follow_up_urgency) == (Outcome.MESSAGE, Urgency.HIGH)
    row = await apply_events(agent, *story)
    assert (row.outcome, row.status, row.follow_up_state) == (Outcome.MESSAGE, Status.COMPLETED, FollowUpState.OPEN)
    row = await patched(owner, row.id, followUp={"state": "done"})
    assert (row.follow_up_state, row.follow_up_urgency) == (FollowUpState.DONE, Urgency.HIGH)
    row = await patched(owner, row.id, followUp=None, outcome=None)
    assert (row.outcome, row.follow_up_state, row.follow_up_urgency) == (None, None, Urgency.NORMAL)


async def test_users_do_not_end_calls(agent: Agent, owner: Actor) -> None:
    row = await apply_events(agent, calls.story(agent.id)[0])
    with pytest.raises(Invalid) as raised:
        await patched(owner, row.id, status="completed", summary="x")
    assert [detail.path for detail in raised.value.details] == [("body", "status"), ("body", "summary")]  # type: ignore[union-attr]


async def test_api_key_creates_and_ends_a_call(agent: Agent, owner: Actor) -> None:
    key = Actor("api_key", organization_id=agent.organization_id, scopes=WRITER)
    create = ConversationCreate.model_validate(
        {"agentId": str(agent.id), "callId": "own", "callerNumber": "601 000 111"}
    )
    for expected in (True, False):
        async with begin(key, write=True) as uow:
            row, is_new = await conversations.create(uow, create)
        assert is_new is expected
    assert row.caller_number == "+48601000111"
    row = await patched(key, row.id, status="completed", outcome="answered", durationSeconds=30)
    assert (row.status, row.outcome, row.duration_seconds) == (Status.COMPLETED, Outcome.ANSWERED, 30)
    with pytest.raises(Invalid):
        await patched(key, row.id, endedAt="2020-01-01T00:00:00Z")
    async with begin(owner, write=True) as uow:
        with pytest.raises(Forbidden):
            await conversations.create(uow, create)


async def test_an_empty_patch_changes_nothing(agent: Agent, owner: Actor) -> None:
    row = await apply_events(agent, *calls.story(agent.id))
    async with begin(owner) as uow:
        before = await live.cursor(uow)
    assert (await patched(owner, row.id)).version == row.version
    async with begin(owner) as uow:
        assert await live.cursor(uow) == before


async def test_stale_call_fails_until_its_end_arrives(agent: Agent) -> None:
    old = clock.to_json(clock.now() - timedelta(hours=5))
    await apply_events(agent, calls.event("call_started", agent.id, at=old))
    async with begin(actor.system()) as uow:
        assert list(await conversations.organizations_with_stale_calls(uow)) == [agent.organization_id]
    async with begin(actor.system(agent.organization_id), write=True) as uow:
        assert await conversations.fail_stale_calls(uow) == 1
    async with begin(actor.system()) as uow:
        assert list(await conversations.organizations_with_stale_calls(uow)) == []
    row = await apply_events(agent, calls.event("call_started", agent.id, at=old))
    assert (row.status, row.follow_up_state) == (Status.FAILED, FollowUpState.OPEN)
    row = await apply_events(agent, calls.event("call_ended", agent.id, at=old, durationSeconds=5))
    assert (row.status, row.follow_up_state) == (Status.COMPLETED, None)


async def test_live_events_are_numbered_in_commit_order(agent: Agent, owner: Actor) -> None:
    await apply_events(agent, *calls.story(agent.id))
    async with begin(owner) as uow:
        events = await live.since(uow, 0)
        head = await live.cursor(uow)
    assert [event.sequence for event in events] == list(range(1, head + 1))
    assert [event.name for event in events][:2] == ["conversation.created", "conversation.updated"]


@pytest.mark.parametrize("number", ["112", "anonymous", "sip:jan@example.com", "\u202e600\x00 600", "1" * 255])
async def test_unparsable_callers_are_stored_as_text(agent: Agent, number: str) -> None:
    row = await apply_events(agent, calls.event("call_started", agent.id, callerNumber=number))
    assert row.caller_number is None
    assert row.caller_raw
    assert len(row.caller_raw) <= 64
    assert row.caller_raw.isprintable()


async def test_a_call_is_found_by_its_agent_and_its_own_id(agent: Agent, owner: Actor) -> None:
    calls_of_day = [await apply_events(agent, *calls.story(agent.id, f"call_{n}")) for n in range(3)]
    other = await factories.agent(agent.organization_id)
    stranger = await factories.member((await factories.organization()).id)
    async with begin(owner) as uow:
        row = await conversations.find_by_call_id(uow, agent.id, "call_0")
        assert row is not None
        assert row.id == calls_of_day[0].id
        assert await conversations.find_by_call_id(uow, other.id, "call_0") is None
    async with begin(stranger) as uow:
        assert await conversations.find_by_call_id(uow, agent.id, "call_0") is None


async def test_open_follow_ups_are_read_from_their_index(database: engine.Database, agent: Agent, owner: Actor) -> None:
    async with begin(owner, write=True) as uow:
        for number in range(1_000):
            state = FollowUpState.OPEN if number % 100 == 0 else FollowUpState.DONE
            uow.add(
                Conversation(
                    organization_id=agent.organization_id,
                    agent_id=agent.id,
                    call_id=f"call_{number}",
                    follow_up_state=state,
                )
            )
        await uow.flush()
        await uow.execute(sa.text("ANALYZE conversations"))
    sent: list[tuple[str, Any]] = []
    sync_engine = database.engine.sync_engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    sa.event.listen(sync_engine, "before_cursor_execute", note)
    async with begin(owner) as uow:
        await uow.count(await conversations.query(uow, ConversationFilter(follow_up=FollowUpState.OPEN)))
    sa.event.remove(sync_engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with database.engine.connect() as connection:
        for statement, parameters in sent:
            plan = (await connection.exec_driver_sql(explain + statement, parameters)).all()
            assert "ix_conversations_open_follow_ups" in str(plan), statement
    assert len(sent) == 1
