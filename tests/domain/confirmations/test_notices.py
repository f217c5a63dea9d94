"""What clients are told of their appointments: each thing once, nothing that is not true any more."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.jobs import ClaimedJob, Job, JobState
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.runtime import clock
from sekretarka.domain.appointments.undo import UNDO_PERIOD
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.models import Client
from sekretarka.domain.clients.schemas import ClientPatch
from sekretarka.domain.confirmations.notices import NotifyClient, notify_client
from sekretarka.domain.messages import delivery, sending
from sekretarka.domain.messages.models import Failure, Message, SmsGateway
from sekretarka.domain.organizations import defaults
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Template
from sekretarka.domain.templates.schemas import TemplatePatch
from sekretarka.sandbox.mail import smtp_stub
from sekretarka.sandbox.mail.mailbox import Mailbox
from tests import factories
from tests.domain.confirmations.conftest import ANNA, BEATA, Salon, open_salon, work

DAY, HOURS = timedelta(hours=24), timedelta(hours=2)
MINUTE = timedelta(minutes=1)


async def test_appointment_is_confirmed_and_reminded_of_twice(salon: Salon) -> None:
    row = await salon.book()
    await work()
    [confirmation] = await salon.sent()
    assert (confirmation.template, confirmation.recipient, confirmation.appointment_id) == (
        "confirmation",
        ANNA,
        row.id,
    )
    assert confirmation.body.startswith("Studio Lawenda: do zobaczenia! ")
    assert "/c/" in confirmation.body
    for before, told in ((DAY + MINUTE, 1), (DAY, 2), (HOURS + MINUTE, 2), (HOURS, 3), (-MINUTE, 3)):
        with time_machine.travel(row.scheduled_at - before, tick=False):
            await work()
            assert len(await salon.told()) == told, before
    assert await salon.told() == ["confirmation", "reminder_day", "reminder_hours"]
    assert "Odpisz TAK lub NIE" in (await salon.sent())[1].body


async def test_reminders_follow_an_appointment_that_moves(salon: Salon) -> None:
    row = await salon.book()
    later = factories.at("12:00", 3)
    await salon.move(row, later)
    await work()
    # It was moved before its confirmation had left, which would be wrong by now.
    assert await salon.told() == ["change"]
    with time_machine.travel(row.scheduled_at - DAY, tick=False):
        await work()
    with time_machine.travel(row.scheduled_at - HOURS, tick=False):
        await work()
    assert await salon.told() == ["change"]
    with time_machine.travel(later - DAY, tick=False):
        await work()
    assert await salon.told() == ["change", "reminder_day"]
    assert "12:00" in (await salon.sent())[-1].body


async def test_there_and_back_is_told_each_time_and_reminded_of_once(salon: Salon) -> None:
    row = await salon.book()
    first, second = row.scheduled_at, factories.at("12:00", 3)
    await work()
    for start in (second, first, second):
        await salon.move(row, start)
        await work()
    assert await salon.told() == ["confirmation", "change", "change", "change"]
    for before in (DAY, HOURS):
        with time_machine.travel(second - before, tick=False):
            await work()
    assert (await salon.told())[4:] == ["reminder_day", "reminder_hours"]


async def test_cancelled_appointment_is_told_of_and_never_reminded_of(salon: Salon) -> None:
    row = await salon.book()
    await work()
    await salon.cancel(row)
    await work()
    assert await salon.told() == ["confirmation", "cancellation"]
    for before in (DAY, HOURS):
        with time_machine.travel(row.scheduled_at - before, tick=False):
            await work()
    assert await salon.told() == ["confirmation", "cancellation"]


async def test_confirmed_appointment_is_not_asked_about_again(salon: Salon) -> None:
    row = await salon.book()
    await work()
    await salon.confirm(row)
    for before in (DAY, HOURS):
        with time_machine.travel(row.scheduled_at - before, tick=False):
            await work()
    assert await salon.told() == ["confirmation", "reminder_hours"]


@pytest.mark.parametrize(("ahead", "told"), [(timedelta(hours=20), 1), (timedelta(hours=1), 0), (timedelta(days=3), 2)])
async def test_reminders_that_are_overdue_at_booking_are_not_planned(salon: Salon, ahead: timedelta, told: int) -> None:
    start = factories.at("14:00")
    with time_machine.travel(start - ahead, tick=False):
        await salon.book(start) if ahead > HOURS else await factories.appointment(salon.owner, start)
        planned = await _pending()
    assert len(planned) == told + 1  # and the confirmation


async def test_reminder_that_comes_hours_late_is_left_to_the_next_one(salon: Salon) -> None:
    row = await salon.book()
    await work()
    with time_machine.travel(row.scheduled_at - HOURS + MINUTE, tick=False):
        await work()
    assert await salon.told() == ["confirmation", "reminder_hours"]


async def test_what_a_user_did_is_told_when_they_cannot_undo_it_any_more(salon: Salon) -> None:
    row = await salon.book()
    await work()
    start = clock.now()
    with time_machine.travel(start, tick=False) as time:
        cancelled = await salon.cancel(row, salon.owner)
        time.shift(UNDO_PERIOD - MINUTE)
        await work()
        assert await salon.told() == ["confirmation"]
        await salon.undo(cancelled)
        moved = await salon.move(row, factories.at("15:00"), salon.owner)
        await salon.undo(moved)
        time.shift(UNDO_PERIOD + MINUTE)
        await work()
        assert await salon.told() == ["confirmation"]
        await salon.move(row, factories.at("15:00"), salon.owner)
        time.shift(UNDO_PERIOD)
        await work()
        assert await salon.told() == ["confirmation", "change"]


async def test_restored_appointment_is_reminded_of(salon: Salon) -> None:
    row = await salon.book()
    await work()
    with time_machine.travel(row.scheduled_at - DAY - MINUTE, tick=False):
        cancelled = await salon.cancel(row, salon.owner)
        await salon.undo(cancelled)
    with time_machine.travel(row.scheduled_at - HOURS, tick=False):
        await work()
    assert await salon.told() == ["confirmation", "reminder_hours"]


@pytest.mark.parametrize("before", [DAY, HOURS])
async def test_reminder_that_was_due_while_it_was_elsewhere_for_a_moment_is_sent(
    salon: Salon, before: timedelta
) -> None:
    row = await salon.book()
    await work()
    with time_machine.travel(row.scheduled_at - before - MINUTE / 2, tick=False) as time:
        told = len(await salon.told())
        moved = await salon.move(row, factories.at("12:00", 3), salon.owner)
        time.shift(MINUTE)
        await work()
        assert len(await salon.told()) == told
        await salon.undo(moved)
        await work()
    assert (await salon.told())[told:] == ["reminder_day" if before == DAY else "reminder_hours"]


async def test_reminder_that_was_just_stopped_by_a_change_taken_back_is_sent(salon: Salon) -> None:
    row = await salon.book()
    await work()
    notice = NotifyClient(appointment_id=row.id, template=Template.REMINDER_DAY, starts_at=row.scheduled_at)
    with time_machine.travel(row.scheduled_at - DAY, tick=False):
        await notify_client(ClaimedJob(new_id(), notice, salon.id, 1))  # the message waits to be sent
        cancelled = await salon.cancel(row, salon.owner)
        await work()
        await salon.undo(cancelled)
        await work()
    assert await salon.told() == ["confirmation", "reminder_day"]


async def test_time_that_the_client_knows_is_not_told_again(salon: Salon) -> None:
    row = await salon.book()
    first, second = row.scheduled_at, factories.at("12:00", 3)
    await work()
    with time_machine.travel(clock.now(), tick=False) as time:
        for start in (second, first, second):
            await salon.move(row, start, salon.owner)
        time.shift(UNDO_PERIOD)
        await work()
        assert await salon.told() == ["confirmation", "change"]
        for start in (first, second):
            await salon.move(row, start, salon.owner)
        time.shift(UNDO_PERIOD)
        await work()
    assert await salon.told() == ["confirmation", "change"]


async def test_cancellation_after_one_that_was_taken_back_is_told_once(salon: Salon) -> None:
    row = await salon.book()
    await work()
    with time_machine.travel(clock.now(), tick=False) as time:
        await salon.undo(await salon.cancel(row, salon.owner))
        await salon.cancel(row, salon.owner)
        time.shift(UNDO_PERIOD)
        await work()
    assert await salon.told() == ["confirmation", "cancellation"]


async def test_client_who_cancelled_by_link_is_not_told(salon: Salon) -> None:
    row = await salon.book()
    await work()
    await salon.cancel(row, actor.client(salon.id))
    await work()
    assert await salon.told() == ["confirmation"]


async def test_past_appointments_are_not_spoken_of(salon: Salon) -> None:
    row = await salon.book()
    await work()
    with time_machine.travel(row.scheduled_at + MINUTE, tick=False):
        await salon.cancel(row)
        await work()
    assert await salon.told() == ["confirmation"]


async def test_template_that_is_off_is_not_sent(salon: Salon) -> None:
    async with begin(salon.owner, write=True) as uow:
        await templates.update(uow, Template.CONFIRMATION, TemplatePatch(enabled=False))
    row = await salon.book()
    await work()
    assert await salon.told() == []
    with time_machine.travel(row.scheduled_at - DAY, tick=False):
        await work()
    assert await salon.told() == ["reminder_day"]


async def test_landline_gets_no_sms_and_client_is_spoken_to_in_their_language(salon: Salon) -> None:
    await salon.book(clientPhone="+48221000777")
    await work()
    assert await salon.told() == []
    async with begin(salon.program, write=True) as uow:
        client = await uow.one_or_none(uow.select(Client).where(Client.phone == "+48221000777"))
        assert client is not None
    row = await salon.book(factories.at("12:00"))
    async with begin(salon.program, write=True) as uow:
        assert row.client_id
        (await uow.get(Client, row.client_id)).language = "en"
    await work()
    [message] = await salon.sent()
    assert message.body.startswith("Studio Lawenda: see you on ")


async def test_question_waits_for_the_morning_and_is_not_asked_if_it_was_answered(salon: Salon) -> None:
    async with begin(actor.system(), write=True) as uow:
        table: Any = Organization.__table__  # type: ignore[attr-defined]
        quiet = {**defaults.messaging(), "quietFrom": "09:00", "quietTo": "11:00"}
        await uow.execute(sa.update(table).where(table.c.id == salon.id).values(messaging=quiet))
    asked = await salon.book()
    answered = await salon.book(factories.at("10:00", 3), clientPhone="+48601000222")
    for row in (asked, answered):
        with time_machine.travel(row.scheduled_at - DAY, tick=False):
            await work()
            assert "reminder_day" not in [
                message.template for message in await salon.sent() if message.recipient != ANNA
            ]
            if row is answered:
                await salon.confirm(row)
        with time_machine.travel(row.scheduled_at - DAY + HOURS, tick=False):
            await work()
    assert [row.recipient for row in await salon.sent() if row.template == "reminder_day"] == [ANNA]


async def test_job_that_runs_again_says_nothing_twice(salon: Salon) -> None:
    """As after a crash between writing the message and settling the job."""
    row = await salon.book()
    for template, before in (("confirmation", DAY * 2), ("reminder_day", DAY), ("reminder_hours", HOURS)):
        notice = NotifyClient(appointment_id=row.id, template=Template(template), starts_at=row.scheduled_at)
        with time_machine.travel(row.scheduled_at - before, tick=False):
            for attempt in (1, 2, 3):
                await notify_client(ClaimedJob(new_id(), notice, salon.id, attempt))
                await work()
    assert await salon.told() == ["confirmation", "reminder_day", "reminder_hours"]


async def test_client_without_a_mobile_gets_an_email_with_the_appointment(
    salon: Salon, tmp_path: Path, configure: Callable[..., None]
) -> None:
    box = Mailbox(tmp_path / "mail")
    async with smtp_stub.serve(box) as port:
        configure(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="AI Sekretarka <poczta@sekretarka.example>")
        row = await salon.book(clientPhone="+48221000777", clientEmail="anna@example.com")
        await work()
        await salon.cancel(row)
        await work()
    cancelled, confirmed = box.newest()
    assert (confirmed.to, confirmed.subject.startswith("Wizyta zapisana: ")) == ("anna@example.com", True)
    assert "Studio Lawenda" in confirmed.sender
    assert "{" not in confirmed.part("plain")
    html = confirmed.part("html")
    assert "prefers-color-scheme: dark" in html
    assert html.count("/c/") == 2, "the button, and the address below it"
    [calendar] = [part for part in confirmed.message.walk() if part.get_content_type() == "text/calendar"]
    assert "METHOD:PUBLISH" in calendar.get_content()
    assert cancelled.subject.startswith("Wizyta odwołana: ")
    [calendar] = [part for part in cancelled.message.walk() if part.get_content_type() == "text/calendar"]
    assert "METHOD:CANCEL" in calendar.get_content()


async def test_email_that_is_sent_anew_looks_the_same(
    salon: Salon, tmp_path: Path, configure: Callable[..., None]
) -> None:
    box = Mailbox(tmp_path / "mail")
    async with smtp_stub.serve(box) as port:
        configure(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="AI Sekretarka <poczta@sekretarka.example>")
        await salon.book(clientPhone="+48221000777", clientEmail="anna@example.com")
        await work()
        [message] = await salon.sent()
        async with begin(salon.owner, write=True) as uow:
            await delivery.fail(uow, await uow.get(Message, message.id, lock=True), Failure.REJECTED)
            await sending.retry(uow, message.id)
        await work()
    again, first = box.newest()
    for kind in ("plain", "html"):
        assert again.part(kind) == first.part(kind)
    assert [part.get_content_type() for part in again.message.walk()].count("text/calendar") == 1


async def test_organization_without_a_gateway_writes_emails(
    salon: Salon, tmp_path: Path, configure: Callable[..., None]
) -> None:
    async with begin(salon.program, write=True) as uow:
        (await uow.get(SmsGateway, salon.gateway_id, lock=True)).removed_at = uow.now
    box = Mailbox(tmp_path / "mail")
    async with smtp_stub.serve(box) as port:
        configure(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="AI Sekretarka <poczta@sekretarka.example>")
        await salon.book(clientEmail="anna@example.com")
        await work()
    assert [mail.to for mail in box.newest()] == ["anna@example.com"]


async def test_reminder_reaches_the_number_that_the_client_has_by_then(salon: Salon) -> None:
    row, other = await salon.book(), await salon.book(factories.at("12:00"), clientPhone=BEATA)
    assert row.client_id
    async with begin(salon.owner, write=True) as uow:
        await clients.update(uow, row.client_id, ClientPatch(phone="+48601000999"))
    for before in (DAY, HOURS):
        with time_machine.travel(row.scheduled_at - before, tick=False):
            await work()
    told = [(message.recipient, message.appointment_id) for message in await salon.sent()]
    assert told[-1] == ("+48601000999", row.id)
    assert (await salon.now(other)).client_phone == BEATA
    assert (await salon.now(row)).version == row.version + 1


async def test_one_salon_does_not_speak_for_another(salon: Salon) -> None:
    other = await open_salon(salon.sandbox, name="Mięta")
    await salon.book()
    await work()
    assert await other.told() == []
    assert await salon.told() == ["confirmation"]


async def _pending() -> list[Any]:
    async with begin(actor.system()) as uow:
        waiting = sa.select(col(Job.id)).where(
            col(Job.name) == NotifyClient.job_name, col(Job.state) == JobState.PENDING
        )
        return list(await uow.execute(waiting))
