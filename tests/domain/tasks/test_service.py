"""Tasks: written, found, put off, done and opened again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from sekretarka.core.actor import Actor
from sekretarka.core.database import live
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import CannotUndo, Forbidden, Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.conversations.models import Urgency
from sekretarka.domain.tasks import lines
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Kind, Task, TaskState
from sekretarka.domain.tasks.schemas import TaskCreate, TaskFilter
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from tests import factories
from tests.domain.tasks.conftest import BEATA, Line


async def write(who: Actor, note: str, **values: Any) -> Task:
    async with begin(who, write=True) as uow:
        return await tasks.create(uow, TaskCreate.model_validate({"note": note, **values}))


async def test_own_task_is_done_and_opened_again(line: Line) -> None:
    row = await write(line.owner, "Zamówić farbę", urgency="high", assigneeId=str(line.owner.user_id))
    assert (row.kind, row.urgency, row.state) == (Kind.OWN, Urgency.HIGH, TaskState.OPEN)
    done = await line.patch(row, state="done")
    assert (done.id, done.state) == (row.id, TaskState.DONE)
    async with begin(line.owner, write=True) as uow:
        opened = await tasks.reopen(uow, row.id, done.version)
    assert opened.state is TaskState.OPEN
    async with begin(line.owner) as uow:
        told = [event.name for event in await live.since(uow, 0)]
    assert told == [lines.CREATED, lines.UPDATED, lines.UPDATED]


async def test_what_a_colleague_changed_since_is_not_taken_back(line: Line) -> None:
    done = await line.patch(await write(line.owner, "Zamówić farbę"), state="done")
    await line.patch(done, note="Zamówiona")
    with pytest.raises(CannotUndo):
        async with begin(line.owner, write=True) as uow:
            await tasks.reopen(uow, done.id, done.version)


async def test_finished_line_is_not_opened_beside_a_newer_one(line: Line) -> None:
    await line.call("c1")
    done = await line.patch(await line.only(), state="done")
    await line.call("c2", 5)
    with pytest.raises(tasks.NewerTaskOpen):
        await line.patch(done, state="open")


async def test_urgent_ones_come_first_and_done_ones_last(line: Line) -> None:
    normal = await write(line.owner, "Zwykła")
    await line.patch(await write(line.owner, "Załatwiona", urgency="high"), state="done")
    await write(line.owner, "Może poczekać", urgency="low")
    await write(line.owner, "Pilna", urgency="high")
    await write(line.owner, "Nowsza")
    order = ["Pilna", "Nowsza", "Zwykła", "Może poczekać", "Załatwiona"]
    assert [row.note for row in await line.listed()] == order
    await line.patch(normal, urgency="high")
    assert [row.note for row in await line.listed()][1] == "Zwykła"
    async with begin(line.owner) as uow:
        first = await tasks.page(uow, TaskFilter(), PageQuery(limit=2))
        rest = await tasks.page(uow, TaskFilter(), PageQuery(limit=3, cursor=first.next_cursor))
    assert [row.note for row in (*first.rows, *rest.rows)] == [row.note for row in await line.listed()]


async def test_snoozed_task_comes_back_by_itself(line: Line) -> None:
    row = await write(line.owner, "Zamówić farbę")
    until = clock.now() + timedelta(hours=3)
    await line.patch(row, snoozedUntil=clock.to_json(until))
    assert await line.listed(state="open", snoozed=False) == []
    assert (await line.only(snoozed=True)).id == row.id
    await runner.drain(JOB_HANDLERS)
    assert (await line.only()).snoozed_until is not None, "not before its time"
    with time_machine.travel(until + timedelta(seconds=1)):
        assert (await line.only(state="open", snoozed=False)).id == row.id
        await runner.drain(JOB_HANDLERS)
        assert (await line.only()).snoozed_until is None


async def test_who_calls_again_is_put_off_no_more(line: Line) -> None:
    await line.call("c1")
    later = clock.to_json(clock.now() + timedelta(days=1))
    await line.patch(await line.only(), snoozedUntil=later)
    await line.call("c2", 5)
    assert (await line.only()).snoozed_until is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"snoozedUntil": "2026-01-01T10:00:00Z"}, "in_the_past"),
        ({"state": "done", "snoozedUntil": "2099-01-01T10:00:00Z"}, "not_open"),
        ({"assigneeId": "01a20000-0000-7000-8000-000000000000"}, "unknown_member"),
    ],
)
async def test_what_cannot_be_names_its_field(line: Line, changes: dict[str, Any], code: str) -> None:
    row = await write(line.owner, "Zamówić farbę")
    with pytest.raises(Invalid) as refused:
        await line.patch(row, **changes)
    assert isinstance(refused.value.details, (list, tuple))
    assert [detail.code for detail in refused.value.details] == [code]


@pytest.mark.parametrize("term", ["oddzwonic WIECZOREM", "beata", "601000222", "keratyna beata"])
async def test_search_looks_in_notes_numbers_names_and_summaries(line: Line, term: str) -> None:
    await factories.client(line.agent.organization_id, BEATA, "Beata Żak")
    call = await line.call("c1", 1, BEATA, status="failed", summary="Pytanie o keratynę. Keratyna?")
    await line.patch_call(call, note="Oddzwonić wieczorem")
    await line.call("c2", 2)
    assert (await line.only(search=term)).conversation_id == call.id


async def test_list_is_narrowed_by_what_a_task_is(line: Line) -> None:
    mine = await write(line.owner, "Moja", assigneeId=str(line.owner.user_id))
    await line.call("c1")
    for filters in ({"mine": True}, {"assigneeId": str(line.owner.user_id)}, {"kind": "own"}):
        assert (await line.only(**filters)).id == mine.id, filters
    assert (await line.only(kind="missed_call")).id != mine.id
    key = Actor("api_key", line.owner.organization_id, scopes=frozenset({Permission.TASKS_READ}))
    with pytest.raises(Forbidden):
        async with begin(key) as uow:
            await tasks.query(uow, TaskFilter(mine=True))
