"""Who was asked to confirm and has not answered is called, while there is time and as long as it is open."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import booking, statuses
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.schemas import AppointmentPatch
from sekretarka.domain.appointments.undo import UNDO_PERIOD
from sekretarka.domain.confirmations import notices, unconfirmed
from sekretarka.domain.messages.schemas import MessageSend
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.models import Kind, Resolution, Task, TaskState
from sekretarka.domain.tasks.schemas import TaskFilter, TaskView
from sekretarka.sandbox.sms.behavior import Fault
from tests import factories
from tests.domain.confirmations.conftest import ANNA, Salon, work

DAY, HOUR, MINUTE = timedelta(hours=24), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


async def listed(salon: Salon, **filters: Any) -> list[Task]:
    async with begin(salon.owner) as uow:
        return list(await uow.list(await tasks.query(uow, TaskFilter.model_validate(filters))))


async def asked(salon: Salon, time: Any, **values: Any) -> Appointment:
    """An appointment at two o'clock whose client was asked the day before."""
    row = await salon.book(factories.at("14:00"), **values)
    time.move_to(row.scheduled_at - DAY)
    await work()
    assert (await salon.told())[-1] == "reminder_day"
    return row


async def called_for(salon: Salon, time: Any) -> tuple[Appointment, Task]:
    """The same without an answer by ten o'clock."""
    row = await asked(salon, time)
    time.move_to(row.scheduled_at - 4 * HOUR)
    await work()
    [task] = await listed(salon)
    return row, task


async def test_silent_client_is_called_while_there_is_time(salon: Salon, time: Any) -> None:
    row = await asked(salon, time)
    time.move_to(row.scheduled_at - 4 * HOUR - MINUTE)
    await work()
    assert await listed(salon) == []
    time.shift(MINUTE)
    await work()
    async with begin(salon.owner) as uow:
        waiting = list(await uow.list(await tasks.needing_action(uow)))
        view: TaskView
        [view] = await tasks.view(uow, *waiting)
    assert (view.kind, view.appointment_id, view.caller_number) == (Kind.TO_CONFIRM, row.id, ANNA)
    assert (view.name, view.scheduled_at) == (row.client_name, row.scheduled_at)
    assert [task.line for task in waiting] == [f"confirm:{row.id}"]


@pytest.mark.parametrize("answer", ["NIE", "Będę chwilę później"])
async def test_who_has_answered_is_not_called(salon: Salon, time: Any, answer: str) -> None:
    row = await asked(salon, time)
    time.shift(HOUR)
    await salon.write(answer)
    time.move_to(row.scheduled_at - 4 * HOUR)
    await work()
    assert await listed(salon, kind=Kind.TO_CONFIRM) == []


@pytest.mark.parametrize(
    ("answer", "resolution"),
    [("TAK", Resolution.CONFIRMED), ("nie", Resolution.WITHDRAWN), ("Czy jest parking?", Resolution.WITHDRAWN)],
)
async def test_answer_ends_it(salon: Salon, time: Any, answer: str, resolution: Resolution) -> None:
    await called_for(salon, time)
    time.shift(MINUTE)
    await salon.write(answer)
    [task] = await listed(salon, kind=Kind.TO_CONFIRM)
    assert (task.state, task.resolution) == (TaskState.DONE, resolution)


async def test_answer_about_another_appointment_does_not(salon: Salon, time: Any) -> None:
    later = await salon.book(factories.at("16:00"))
    await asked(salon, time)
    time.move_to(later.scheduled_at - DAY)
    await work()
    await salon.write("TAK")  # to the last question
    time.move_to(later.scheduled_at - 4 * HOUR)
    await work()
    [task] = await listed(salon)
    assert task.appointment_id != later.id


@pytest.mark.parametrize("change", ["cancel", "move", "complete", "begins"])
async def test_it_ends_with_what_it_is_about(salon: Salon, time: Any, change: str) -> None:
    row, _ = await called_for(salon, time)
    if change == "begins":
        time.move_to(row.scheduled_at)
        await work()
    else:
        async with begin(salon.owner, write=True) as uow:
            if change == "move":
                await booking.update(uow, row.id, AppointmentPatch(scheduled_at=factories.at("16:00")))
            else:
                await getattr(statuses, change)(uow, row.id)
    [task] = await listed(salon)
    assert task.resolution is Resolution.WITHDRAWN


async def test_change_that_is_taken_back_leaves_it_open(salon: Salon, time: Any) -> None:
    row, task = await called_for(salon, time)
    confirmed = await salon.confirm(row, salon.owner)
    await salon.undo(confirmed)
    [again] = await listed(salon)
    assert (again.id, again.state, again.resolution) == (task.id, TaskState.OPEN, None)


async def test_change_that_is_taken_back_does_not_hide_what_was_due_meanwhile(salon: Salon, time: Any) -> None:
    row = await asked(salon, time)
    time.move_to(row.scheduled_at - 4 * HOUR - MINUTE)
    confirmed = await salon.confirm(row, salon.owner)
    time.shift(UNDO_PERIOD - MINUTE / 2)
    await work()
    await salon.undo(confirmed)
    await work()
    assert [task.kind for task in await listed(salon, state="open")] == [Kind.TO_CONFIRM]


async def test_nor_what_was_due_an_hour_after_a_late_question(salon: Salon, time: Any) -> None:
    row = await salon.book(factories.at("14:00"))
    await work()
    time.move_to(row.scheduled_at - 4 * HOUR - MINUTE)
    question = MessageSend.model_validate(
        {"channel": "sms", "to": ANNA, "template": "reminder_day", "appointmentId": str(row.id)}
    )
    async with begin(salon.owner, write=True) as uow:
        await notices.send_by_hand(uow, question)
    await work()
    time.shift(HOUR - MINUTE / 2)
    await work()
    confirmed = await salon.confirm(row, salon.owner)
    time.shift(MINUTE)
    await work()
    await salon.undo(confirmed)
    await work()
    assert [task.kind for task in await listed(salon, state="open")] == [Kind.TO_CONFIRM]


async def test_question_that_waits_is_given_time(salon: Salon, time: Any) -> None:
    row = await salon.book(factories.at("14:00"))
    await work()
    salon.sandbox.behavior.fault = Fault.THROTTLED
    time.move_to(row.scheduled_at - 4 * HOUR - MINUTE)
    question = MessageSend.model_validate(
        {"channel": "sms", "to": ANNA, "template": "reminder_day", "appointmentId": str(row.id)}
    )
    async with begin(salon.owner, write=True) as uow:
        await notices.send_by_hand(uow, question)
    for minutes, open_tasks in ((0, 0), (60, 0), (30, 0), (59, 0), (1, 1)):
        time.shift(minutes * MINUTE)
        await work()
        assert len(await listed(salon)) == open_tasks, minutes
        if minutes == 60:
            salon.sandbox.behavior.fault = None


async def test_who_was_not_asked_is_not_called(salon: Salon, time: Any) -> None:
    row = await salon.book(factories.at("14:00"), clientPhone="+48221000777")  # a landline
    for before in (DAY, 4 * HOUR):
        time.move_to(row.scheduled_at - before)
        await work()
    assert await listed(salon) == []


@pytest.mark.parametrize(
    ("begins", "due"),
    [
        ("2026-11-25T14:00+01:00", "2026-11-25T10:00+01:00"),
        ("2026-11-25T13:00+01:00", "2026-11-25T09:00+01:00"),
        ("2026-11-25T12:45+01:00", "2026-11-24T18:00+01:00"),
        ("2026-11-25T07:00+01:00", "2026-11-24T18:00+01:00"),
        ("2026-11-25T23:00+01:00", "2026-11-25T18:00+01:00"),
        ("2026-10-25T09:00+01:00", "2026-10-24T18:00+02:00"),
    ],
)
def test_people_are_called_by_day(begins: str, due: str) -> None:
    found = unconfirmed.due_at(datetime.fromisoformat(begins), "Europe/Warsaw")
    assert found == datetime.fromisoformat(due)
