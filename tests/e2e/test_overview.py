"""Przegląd in a real browser: lists that stay under a hand, what was just done taken back, numbers that lead on."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.core.runtime import clock
from sekretarka.domain import event_handlers
from sekretarka.domain.appointments import statuses
from sekretarka.domain.appointments.models import Appointment
from sekretarka.domain.appointments.models import Status as AppointmentStatus
from sekretarka.domain.conversations.events import FollowUpChanged
from sekretarka.domain.conversations.models import Conversation, FollowUpState, Status
from tests import calls, factories
from tests.e2e.conftest import PHONE, WIDE, Studio, each_look
from tests.support import axe
from tests.ui import signed_calls

pytestmark = pytest.mark.browser


async def call(studio: Studio, name: str, minutes_ago: int, **values: Any) -> Conversation:
    """A missed call that somebody must act on."""
    at = clock.now() - timedelta(minutes=minutes_ago)
    facts = {"status": Status.MISSED, "follow_up_state": FollowUpState.OPEN, "last_event_at": at, **values}
    row = Conversation(
        organization_id=studio.organization_id,
        agent_id=studio.agent.id,
        call_id=name,
        caller_name=name,
        first_seen_at=at,
        started_at=at,
        **facts,
    )
    event_handlers.register()
    async with begin(actor.system(studio.organization_id), write=True) as uow:
        uow.add(row)
        await uow.flush()
        await uow.dispatch(FollowUpChanged(row.id, None))
    return row


async def booked(studio: Studio) -> Appointment:
    """An appointment of Anna Kowalska, a week ahead."""
    await factories.service(studio.organization_id)
    await factories.staff(studio.organization_id)
    return await factories.appointment(await factories.member(studio.organization_id, Role.ADMIN))


async def test_two_clicks_at_one_place_finish_one_call_which_returns(studio: Studio) -> None:
    first, second = await call(studio, "Anna", 5), await call(studio, "Beata", 10)
    async with studio.open("/dashboard") as page:
        rows = page.locator("#needs_action li")
        done = page.get_by_role("button", name="Oznacz jako załatwione: Anna")
        await done.click()
        await expect(done).to_have_attribute("aria-disabled", "true")
        offer = page.get_by_role("status").filter(has_text="Oznaczono jako załatwione.")
        await expect(offer).to_be_visible()
        await done.click(force=True)  # the hand is quicker than the eye
        await call(studio, "Celina", 1)
        line = await signed_calls.line(studio.url, studio.organization_id)
        await line.ring("call_1", callerName="Zofia Wrona")
        waiting = page.locator("#needs_action").get_by_role("button", name="1 nowa pozycja")
        await expect(waiting).to_be_visible()
        await expect(rows).to_have_count(2)
        assert await axe.faults(page) == []
        await waiting.click()
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("Celina")
        await page.mouse.move(5, 5)
        await offer.get_by_role("button", name="Cofnij").click()
        await expect(page.get_by_text("Cofnięto.")).to_be_visible()
        await expect(rows).to_have_count(3)
    assert (await studio.stored(first)).follow_up_state is FollowUpState.OPEN
    assert (await studio.stored(second)).follow_up_state is FollowUpState.OPEN


async def test_on_a_phone_calls_that_come_and_end_above_move_nothing_under_a_hand(studio: Studio) -> None:
    for number in range(3):
        await call(studio, f"Osoba {number}", 5 + number)
    line = await signed_calls.line(studio.url, studio.organization_id)
    async with studio.open("/dashboard", viewport=PHONE) as page:
        row = page.locator("#needs_action li").nth(1)
        await row.hover()
        before = await row.bounding_box()
        await line.ring("call_1", callerName="Zofia Wrona")
        await expect(page.locator("#live_calls")).to_contain_text("Zofia Wrona")
        assert await row.bounding_box() == before
        await line.ring("call_2", callerName="Adam Nowak")
        await expect(page.locator("#live_calls")).to_contain_text("Adam Nowak")
        assert await row.bounding_box() == before
        assert await axe.faults(page) == []


async def test_a_call_that_ended_under_the_pointer_is_not_on_the_line(studio: Studio) -> None:
    line = await signed_calls.line(studio.url, studio.organization_id)
    await line.ring("call_1", callerName="Zofia Wrona")
    async with studio.open("/dashboard") as page:
        row = page.locator("#live_calls li")
        await row.hover()
        now = clock.to_json(clock.now())
        await line.deliver(calls.event("call_ended", line.agent.id, "call_1", now, sequence=2, endedAt=now))
        await expect(row).to_contain_text("już nie na linii")
        assert await axe.faults(page) == []


async def test_with_the_keyboard_what_was_done_is_taken_back(studio: Studio) -> None:
    anna = await booked(studio)
    async with studio.open("/dashboard") as page:
        await page.get_by_role("button", name="Potwierdź wizytę: Anna Kowalska").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").filter(has_text="Wizyta potwierdzona.")).to_be_visible()
        await page.keyboard.press("Control+z")
        await expect(page.get_by_text("Cofnięto.")).to_be_visible()
    assert (await studio.stored(anna)).status is AppointmentStatus.SCHEDULED


async def test_offer_beside_an_open_panel_leaves_it_open_and_spares_what_came_later(studio: Studio) -> None:
    anna = await booked(studio)
    async with studio.open(f"/dashboard/appointments?id={anna.id}") as page:
        panel = page.get_by_role("dialog", name="Anna Kowalska")
        undo = page.get_by_role("status").get_by_role("button", name="Cofnij")
        await panel.get_by_role("button", name="Potwierdź").click()
        await expect(panel.get_by_text("potwierdzona", exact=True)).to_be_visible()
        assert await axe.faults(page) == []
        await undo.click()
        await expect(panel.get_by_text("umówiona", exact=True)).to_be_visible()
        await panel.get_by_role("button", name="Potwierdź").click()
        await undo.hover()  # the offer waits meanwhile
        async with begin(await factories.member(studio.organization_id), write=True) as uow:
            await statuses.cancel(uow, anna.id)
        await undo.click()
        await expect(page.get_by_text("Nie da się już cofnąć")).to_be_visible(timeout=15_000)
        await expect(panel.get_by_text("odwołana", exact=True)).to_be_visible(timeout=15_000)


async def test_numbers_say_what_they_count_and_lead_there(studio: Studio) -> None:
    await booked(studio)
    for number in range(10):
        await call(studio, f"Osoba {number} o nazwisku, które nie mieści się w żadnym menu", 60 + number)
    await call(studio, "Cicha", 30, status=Status.ACTIVE, follow_up_state=None)
    async with studio.open("/dashboard") as page:
        await expect(page.get_by_role("button", name="Powiadomienia: 10 spraw")).to_be_visible()
        await page.get_by_role("button", name="Powiadomienia").click()
        listed = page.locator("#notifications")
        await expect(listed).to_be_visible()
        assert await listed.evaluate("box => box.scrollWidth <= box.clientWidth"), "long names are cut"
        await page.keyboard.press("Escape")
        silent = page.get_by_role("list", name="Brak wieści")
        await expect(silent).to_contain_text("Cicha")
        await expect(silent).to_contain_text("brak wieści od")
        await expect(page.locator("header")).not_to_contain_text("rozmowa")
        await page.get_by_role("button", name="Co oznacza: Nieodebrane połączenia").focus()
        await page.keyboard.press("Enter")
        about = page.get_by_role("dialog", name="Nieodebrane połączenia")
        await expect(about).to_contain_text("Spam i rozmowy próbne się nie liczą.")
        assert await axe.faults(page) == []
        await page.keyboard.press("Escape")
        await expect(about).to_have_count(0)
        async for look in each_look(page, (("light", PHONE), ("light", WIDE))):
            assert await axe.faults(page) == [], look
        await page.get_by_role("link", name="8 z 10").first.click()
        await expect(page.get_by_text("1–10 z 10")).to_be_visible()
        await page.go_back()
        await page.get_by_role("link", name="Umówione wizyty").click()
        await expect(page.get_by_text("1–1 z 1")).to_be_visible()
        await expect(page.get_by_role("link", name="Anna Kowalska")).to_be_visible()
        async for look in each_look(page, (("light", PHONE), ("light", WIDE))):
            assert await axe.faults(page) == [], look
        await page.get_by_role("button", name="Pokaż wszystkie").click()
        await expect(page.get_by_role("navigation", name="Widok")).to_be_visible()
    for path in ("/dashboard", "/dashboard/tasks", "/dashboard/conversations?counted_as=to_do"):
        async with studio.open(path, viewport=PHONE, color_scheme="dark", lang="en") as page:
            await expect(page.get_by_text("Osoba 0").first).to_be_visible()
            assert await axe.faults(page) == [], path
