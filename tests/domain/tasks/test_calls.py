"""Calls of one caller are one line, which follows what is set on them and sets on them what is set on it."""

from typing import Any

import pytest

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.clients import service as clients
from sekretarka.domain.conversations.models import FollowUpState, Urgency
from sekretarka.domain.tasks.models import Kind, Resolution, TaskState
from tests import factories
from tests.domain.tasks.conftest import ANNA, BEATA, Line


async def test_calls_of_one_number_fold_into_one_line(line: Line) -> None:
    await line.call("c1", 1)
    second = await line.call("c2", 7)
    await line.call("c3", 3)
    other = await line.call("c4", 2, BEATA)
    anna, beata = await line.listed()
    assert (anna.kind, anna.urgency, anna.caller_number) == (Kind.MISSED_CALL, Urgency.NORMAL, ANNA)
    assert (anna.conversation_id, anna.last_at, len(anna.folded_ids)) == (second.id, second.started_at, 3)
    assert (beata.conversation_id, beata.client_id) == (other.id, other.client_id)


async def test_withheld_callers_are_nobody_and_stay_apart(line: Line) -> None:
    for number in range(2):
        await line.call(f"c{number}", number, None)
    assert [len(row.folded_ids) for row in await line.listed()] == [1, 1]


async def test_line_is_as_urgent_as_its_most_urgent_call(line: Line) -> None:
    angry = await line.call("c1", 1, status="completed", outcome="abandoned", sentiment=-0.9, summary="Zły.")
    await line.call("c2", 2)
    row = await line.only()
    assert (row.kind, row.urgency) == (Kind.URGENT, Urgency.HIGH)
    await line.patch_call(angry, state="done")
    row = await line.only()
    assert (row.kind, row.urgency, len(row.folded_ids)) == (Kind.MISSED_CALL, Urgency.NORMAL, 1)


async def test_messages_are_told_from_notes(line: Line) -> None:
    call = await line.call("c1")
    await line.patch_call(call, note="Oddzwonię ja")
    assert (await line.only()).kind is Kind.MISSED_CALL
    await line.message(await line.call("c2", 1, BEATA), "Proszę o zmianę wizyty", Urgency.HIGH)
    taken, _ = await line.listed()
    assert (taken.kind, taken.urgency, taken.note) == (Kind.MESSAGE_TAKEN, Urgency.HIGH, "Proszę o zmianę wizyty")


async def test_what_is_set_on_a_call_is_set_on_its_line(line: Line) -> None:
    call = await line.call("c1")
    await line.patch_call(call, urgency="high", assigneeId=str(line.owner.user_id), note="Po 17")
    row = await line.only()
    assert (row.urgency, row.assignee_id, row.note) == (Urgency.HIGH, line.owner.user_id, "Po 17")
    await line.patch_call(call, state="done")
    row = await line.only()
    assert (row.state, row.resolution, row.done_at is None) == (TaskState.DONE, Resolution.DONE, False)
    await line.patch_call(call, state="open")
    again = await line.only()
    assert (again.id, again.state, again.resolution, again.done_at) == (row.id, TaskState.OPEN, None, None)


async def test_what_is_set_on_a_line_is_set_on_its_calls(line: Line) -> None:
    first, second = await line.call("c1"), await line.call("c2", 1)
    row = await line.patch(await line.only(), urgency="low", assigneeId=str(line.owner.user_id), note="Po 17")
    assert (row.urgency, row.note, row.state) == (Urgency.LOW, "Po 17", TaskState.OPEN)
    calls = [await line.stored(call.id) for call in (first, second)]
    assert [call.follow_up_urgency for call in calls] == [Urgency.LOW] * 2
    assert [call.follow_up_assignee_id for call in calls] == [line.owner.user_id] * 2
    assert [call.follow_up_note for call in calls] == [None, "Po 17"]
    done = await line.patch(row, state="done", note="Umówiona")
    assert (done.state, done.resolution, done.note) == (TaskState.DONE, Resolution.DONE, "Umówiona")
    calls = [await line.stored(call.id) for call in (first, second)]
    assert [call.follow_up_state for call in calls] == [FollowUpState.DONE] * 2
    opened = await line.patch(done, state="open")
    assert (opened.id, opened.state, len(opened.folded_ids)) == (row.id, TaskState.OPEN, 2)
    assert (await line.stored(first.id)).follow_up_state is FollowUpState.OPEN


async def test_note_of_a_line_is_cleared_on_all_of_its_calls(line: Line) -> None:
    for number in range(2):
        await line.patch_call(await line.call(f"c{number}", number), note=f"Notatka {number}")
    row = await line.only()
    assert row.note == "Notatka 1"
    assert (await line.patch(row, note=None)).note is None


async def test_who_calls_again_after_it_was_done_is_a_new_line(line: Line) -> None:
    await line.call("c1")
    done = await line.patch(await line.only(), state="done")
    await line.call("c2", 5)
    opened, finished = await line.listed()
    assert (opened.state, len(opened.folded_ids), finished.id) == (TaskState.OPEN, 1, done.id)


@pytest.mark.parametrize(
    ("call", "resolution"),
    [
        ({"status": "completed", "outcome": "answered", "summary": "Pytanie o cenę."}, Resolution.ANSWERED),
        ({"status": "completed", "outcome": "booked", "summary": "Umówiona."}, Resolution.BOOKED),
        (
            {"status": "completed", "direction": "outbound", "calledNumber": ANNA, "callerNumber": "+48221000200"},
            Resolution.CALLED_BACK,
        ),
    ],
)
async def test_missed_caller_who_was_served_since_needs_nothing(
    line: Line, call: dict[str, Any], resolution: Resolution
) -> None:
    missed = await line.call("c1", 1)
    await line.call("c2", 9, **{"number": call.get("callerNumber", ANNA), **call})
    await line.settle()
    row = await line.only()
    assert (row.state, row.resolution) == (TaskState.DONE, resolution)
    assert (await line.stored(missed.id)).follow_up_state is FollowUpState.DONE


async def test_later_call_that_was_answered_leaves_messages_and_later_misses(line: Line) -> None:
    answered = {"status": "completed", "outcome": "answered", "summary": "Pytanie."}
    await line.message(await line.call("c1", 1), "Proszę oddzwonić")
    await line.call("c2", 5, **answered)
    await line.call("c3", 8, BEATA)
    await line.call("c4", 7, BEATA, **answered)
    assert [row.state for row in await line.listed()] == [TaskState.OPEN, TaskState.OPEN]


async def test_missed_caller_who_has_an_appointment_since_needs_nothing(line: Line) -> None:
    await factories.service(line.agent.organization_id)
    await factories.staff(line.agent.organization_id)
    await line.call("c1")
    await factories.appointment(line.owner)
    row = await line.only()
    assert (row.state, row.resolution) == (TaskState.DONE, Resolution.BOOKED)


async def test_call_that_turns_out_otherwise_takes_its_line_back(line: Line) -> None:
    await line.call("c1", 1)
    await line.call("c1", 2, status="completed", outcome="spam", summary="Reklama.")
    row = await line.only()
    assert (row.state, row.resolution) == (TaskState.DONE, Resolution.WITHDRAWN)


async def test_number_that_comes_later_joins_the_line_of_its_client(line: Line) -> None:
    await line.call("c1", 1)
    await line.call("c2", 2, None)
    assert len(await line.listed()) == 2
    await line.call("c2", 3)
    assert len((await line.only(state="open")).folded_ids) == 2


async def test_merged_clients_have_one_line(line: Line) -> None:
    first, second = await line.call("c1", 1), await line.call("c2", 2, BEATA)
    assert first.client_id is not None
    assert second.client_id is not None
    async with begin(line.owner, write=True) as uow:
        await clients.merge(uow, first.client_id, second.client_id)
    row = await line.only(state="open")
    assert (row.client_id, len(row.folded_ids), row.conversation_id) == (first.client_id, 2, second.id)
    assert (await line.only(state="done")).resolution is Resolution.MERGED


async def test_line_of_a_merged_client_goes_on_with_the_other(line: Line) -> None:
    call = await line.call("c1", 1)
    target = await factories.client(line.agent.organization_id, BEATA, "Beata")
    assert call.client_id is not None
    async with begin(line.owner, write=True) as uow:
        await clients.merge(uow, target.id, call.client_id)
    assert (await line.only()).client_id == target.id
    await line.call("c2", 2, BEATA)
    assert len((await line.only()).folded_ids) == 2


async def test_tests_of_the_connection_are_nothing_to_do(line: Line) -> None:
    call = await line.call("c1")
    async with begin(actor.system(line.agent.organization_id), write=True) as uow:
        row = await uow.get(type(call), call.id)
        row.is_test = True
    await line.patch_call(call, note="x")
    assert (await line.only()).state is TaskState.DONE
