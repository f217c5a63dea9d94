"""What clients answer: TAK confirms what was asked, NIE offers to cancel, the rest is for a person."""

from datetime import timedelta

import pytest
import time_machine

from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments import history
from sekretarka.domain.appointments.models import Appointment, Change, Status
from sekretarka.domain.confirmations.replies import MAX_ANSWERS
from sekretarka.domain.messages.models import Message
from sekretarka.domain.tasks.models import Kind, Resolution, Task, TaskState
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Template
from sekretarka.domain.templates.schemas import TemplatePatch
from tests import factories
from tests.domain.confirmations.conftest import BEATA, Salon, work

DAY = timedelta(hours=24)


async def tasks(salon: Salon) -> list[Task]:
    async with begin(salon.program) as uow:
        return list(await uow.list(uow.select(Task)))


async def asked(salon: Salon) -> Appointment:
    """An appointment that Anna was told of."""
    row = await salon.book()
    await work()
    return row


@pytest.mark.parametrize(
    "text", ["TAK", "tak", " Tak! ", "TAK.", "Ok, tak", "Potwierdzam", "tak, będę", "yes", "TAK\n"]
)
async def test_yes_confirms_what_was_asked(salon: Salon, text: str) -> None:
    row = await asked(salon)
    await salon.write(text)
    assert (await salon.now(row)).status is Status.CONFIRMED
    assert await salon.told() == ["confirmation", "reply_yes"]
    assert (await salon.sent())[-1].body.startswith("Dziekujemy, wizyta potwierdzona: ")
    assert await tasks(salon) == []
    async with begin(salon.program) as uow:
        last = await uow.one_or_none(history.newest_first(uow, row.id))
        reply = await uow.one_or_none(uow.select(Message).where(Message.direction == "inbound"))
    assert last is not None
    assert (last.change, last.actor) == (Change.CONFIRMED, "client")
    assert reply is not None
    assert reply.appointment_id == row.id


@pytest.mark.parametrize("text", ["NIE", "nie.", "Nie przyjdę", "Rezygnuję z wizyty", "no"])
async def test_no_offers_the_link_and_cancels_nothing(salon: Salon, text: str) -> None:
    row = await asked(salon)
    await salon.write(text)
    assert (await salon.now(row)).status is Status.SCHEDULED
    assert await salon.told() == ["confirmation", "reply_no"]
    assert "/c/" in (await salon.sent())[-1].body
    [task] = await tasks(salon)
    assert (task.kind, task.appointment_id, task.state) == (Kind.DECLINED, row.id, TaskState.OPEN)
    await salon.cancel(row)
    [task] = await tasks(salon)
    assert (task.state, task.resolution) == (TaskState.DONE, Resolution.WITHDRAWN)


@pytest.mark.parametrize(
    "text",
    ["Tak, ale spóźnię się 10 minut", "nie wiem", "Czy można kartą?", "👍", "taka sprawa", "TAK TAK TAK NIE"],
)
async def test_everything_else_is_for_a_person(salon: Salon, text: str) -> None:
    row = await asked(salon)
    await salon.write(text)
    assert (await salon.now(row)).status is Status.SCHEDULED
    assert await salon.told() == ["confirmation"]
    [task] = await tasks(salon)
    assert task.kind is Kind.REPLY


async def test_sms_without_text_is_nothing(salon: Salon) -> None:
    await asked(salon)
    await salon.write(" ")
    assert await tasks(salon) == []
    assert await salon.told() == ["confirmation"]


async def test_yes_without_a_question_is_for_a_person(salon: Salon) -> None:
    await salon.write("TAK")
    assert await salon.told() == []
    row = await asked(salon)
    await salon.write("TAK", BEATA)
    assert (await salon.now(row)).status is Status.SCHEDULED
    moved = await salon.move(row, factories.at("13:00", 1))
    with time_machine.travel(moved.scheduled_at + timedelta(minutes=1), tick=False):
        await work()
        await salon.write("TAK")
        assert (await salon.now(row)).status is Status.SCHEDULED, "it has begun"
    assert {task.kind for task in await tasks(salon)} == {Kind.REPLY}


async def test_yes_is_about_the_time_that_was_told(salon: Salon) -> None:
    """The client has read of the old time, and not yet of the new one."""
    row = await asked(salon)
    await salon.move(row, factories.at("13:00", 1))
    await salon.write_unread("TAK")
    assert (await salon.now(row)).status is Status.SCHEDULED


async def test_of_two_appointments_the_last_one_told_is_confirmed(salon: Salon) -> None:
    first = await asked(salon)
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        second = await salon.book(factories.at("12:00", 1))
        await work()
        await salon.write("TAK")
    assert (await salon.now(second)).status is Status.CONFIRMED
    assert (await salon.now(first)).status is Status.SCHEDULED


async def test_yes_is_never_about_another_appointment_than_the_last_one_told(salon: Salon) -> None:
    """The one that was told last has moved since, and the client has not read that yet."""
    first = await asked(salon)
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        second = await salon.book(factories.at("12:00", 1))
        await work()
        await salon.move(second, factories.at("15:00", 1))
        await salon.write_unread("TAK")
    assert (await salon.now(first)).status is Status.SCHEDULED
    assert (await salon.now(second)).status is Status.SCHEDULED


async def test_two_machines_stop_answering_each_other(salon: Salon) -> None:
    row = await asked(salon)
    start = clock.now()
    with time_machine.travel(start) as time:
        for _ in range(MAX_ANSWERS + 3):
            time.shift(timedelta(seconds=20))
            await salon.write("nie")
        assert (await salon.told()).count("reply_no") == MAX_ANSWERS
        time.shift(timedelta(hours=1))
        await salon.write("tak")
    assert (await salon.told())[-1] == "reply_yes"
    assert (await salon.now(row)).status is Status.CONFIRMED


async def test_names_are_not_answered_and_stop_is_obeyed(salon: Salon) -> None:
    row = await asked(salon)
    await salon.write("TAK", "BANK")
    assert (await salon.now(row)).status is Status.SCHEDULED
    await salon.write("STOP")
    await salon.write("TAK")
    assert (await salon.now(row)).status is Status.CONFIRMED, "an answer is one, whoever wants no messages"
    with time_machine.travel(row.scheduled_at - timedelta(hours=2), tick=False):
        await work()
    assert await salon.told() == ["confirmation"]


async def test_answer_that_is_switched_off_is_not_sent(salon: Salon) -> None:
    async with begin(salon.owner, write=True) as uow:
        await templates.update(uow, Template.REPLY_YES, TemplatePatch(enabled=False))
    row = await asked(salon)
    await salon.write("tak")
    assert (await salon.now(row)).status is Status.CONFIRMED
    assert await salon.told() == ["confirmation"]
