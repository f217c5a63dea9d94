"""Wizyty in a real browser: click to create, drag to move, what others book arrives, phones and keyboards."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

import httpx2
import pytest
from playwright.async_api import CDPSession, Locator, Page, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.appointments import time_off
from sekretarka.domain.appointments.models import Appointment, Status
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.staff.schemas import TimeOffCreate
from tests import factories
from tests.e2e.conftest import COOKIE, PHONE, WIDE, Studio
from tests.support import axe

pytestmark = pytest.mark.browser

PATH = "/dashboard/appointments"
BUDGET = 350 * 1024


@dataclass(frozen=True)
class Calendar:
    """Two staff members, one away in the afternoon, a service, and Anna's appointment with Ewa at ten."""

    studio: Studio
    ewa: Staff
    kasia: Staff
    anna: Appointment
    day: str


@pytest.fixture
async def calendar(studio: Studio) -> Calendar:
    """Written straight into the tables."""
    organization_id = studio.organization_id
    ewa, kasia = [await factories.staff(organization_id, name=name) for name in ("Ewa Lis", "Kasia Sowa")]
    await factories.service(organization_id)
    anna = await factories.appointment(actor.system(organization_id), staffId=ewa.id)
    async with begin(actor.system(organization_id), write=True) as uow:
        off = TimeOffCreate(starts_at=factories.at("14:00"), ends_at=factories.at("17:00"), reason="Szkolenie")
        await time_off.create(uow, kasia.id, off)
    return Calendar(studio, ewa, kasia, anna, str(factories.open_day()))


async def look(page: Page, views: str, view: str) -> None:
    """Choose another view, once the links are there, and wait until all of it has come: what is still on its way is
    drawn faintly."""
    await expect(page.locator(".skeleton, [aria-busy=true]")).to_have_count(0)
    link = page.get_by_role("navigation", name=views).get_by_role("link", name=view, exact=True)
    await link.click()
    await expect(link).to_have_attribute("aria-current", "true")
    await expect(page.locator(".skeleton, [aria-busy=true]")).to_have_count(0)


async def spot(page: Page, wall_time: str, column: int) -> tuple[float, float]:
    """Where on the page a person's column shows a time, once nothing on it moves any more."""
    await expect(page.locator(".skeleton, [aria-busy=true]")).to_have_count(0)
    await page.evaluate("document.fonts.ready")
    hour, minute = map(int, wall_time.split(":"))
    gutter = page.locator(".rbc-time-gutter .rbc-timeslot-group")
    first = await gutter.first.inner_text()
    box = await page.locator(".rbc-day-slot.rbc-time-column").nth(column).bounding_box()
    slot = await gutter.first.bounding_box()
    assert box is not None
    assert slot is not None
    hours = hour + minute / 60 - int(first[:2])
    return box["x"] + box["width"] / 2, box["y"] + hours * slot["height"] + 3


def block(page: Page, name: str) -> Locator:
    """An appointment as any view shows it, without the picture of a drag."""
    grid = page.locator(".rbc-event:not(.rbc-addons-dnd-drag-preview)", has_text=name)
    return grid.or_(page.get_by_role("link", name=name)).first


async def middle(event: Locator) -> tuple[float, float]:
    """Where on the page to press it."""
    await event.scroll_into_view_if_needed()
    box = await event.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def press(page: Page, event: Locator) -> None:
    """Click as a hand does: the button goes down, the hand trembles, and the page has time to answer the press."""
    await press_at(page, *await middle(event))


async def press_at(page: Page, x: float, y: float) -> None:
    """The same, anywhere."""
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    await page.mouse.move(x + 1, y + 1)
    await page.mouse.up()


async def drag(page: Page, event: Locator, wall_time: str, column: int) -> None:
    """Grab an appointment at its top and hold it over another place."""
    box = await event.bounding_box()
    assert box is not None
    x, y = await spot(page, wall_time, column)
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 3)
    await page.mouse.down()
    await page.mouse.move(x, y + 30, steps=6)
    await page.mouse.move(x, y, steps=4)


class Finger:
    """One finger on the screen, as the browser's own input hears it."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self.page, self.session = page, session
        self.at = (0.0, 0.0)

    @classmethod
    async def on(cls, page: Page) -> Self:
        """Of this page."""
        return cls(page, await page.context.new_cdp_session(page))

    async def press(self, event: Locator) -> None:
        """Touch an appointment's top until it can be dragged."""
        box = await event.bounding_box()
        assert box is not None
        self.at = (box["x"] + box["width"] / 2, box["y"] + 3)
        await self._touch("touchStart")
        await expect(self.page.locator(".rbc-addons-dnd-is-dragging")).to_be_visible()

    async def move(self, x: float, y: float) -> None:
        """Move there in some steps."""
        (from_x, from_y), steps = self.at, 8
        for step in range(1, steps + 1):
            self.at = (from_x + (x - from_x) * step / steps, from_y + (y - from_y) * step / steps)
            await self._touch("touchMove")

    async def lift(self) -> None:
        """Let go."""
        await self.session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    async def _touch(self, kind: str) -> None:
        points = [{"x": self.at[0], "y": self.at[1]}]
        await self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def book(calendar: Calendar, **values: Any) -> UUID:
    """As a program would, over the running API."""
    body = {
        "clientName": "Zofia Wrona", "clientPhone": "+48602333444", "serviceType": "Strzyżenie",
        "scheduledAt": factories.at("12:00").isoformat(), "staffId": str(calendar.ewa.id), **values,
    }  # fmt: skip
    headers = {"Cookie": f"{COOKIE}={calendar.studio.tokens[Role.OWNER]}", "Origin": calendar.studio.url}
    async with httpx2.AsyncClient(base_url=calendar.studio.url, headers=headers) as client:
        response = await client.post("/api/v1/appointments", json=body)
    assert response.status_code == 201, response.text
    return UUID(response.json()["data"]["id"])


async def test_click_on_a_free_time_books_and_other_tabs_see_it(calendar: Calendar) -> None:
    studio = calendar.studio
    async with (
        studio.open(f"{PATH}?date={calendar.day}", timezone_id="America/New_York") as page,
        studio.open(f"{PATH}?date={calendar.day}", role=Role.VIEWER) as watching,
    ):
        await expect(page.locator(".rbc-event")).to_have_count(1)
        await expect(page.get_by_text("Szkolenie")).to_be_visible()
        await press_at(page, *await spot(page, "12:00", 1))
        dialog = page.get_by_role("dialog", name="Nowa wizyta")
        await expect(dialog.get_by_label("Godzina", exact=True)).to_have_value("12:00")
        await expect(dialog.get_by_label("Osoba")).to_have_value(str(calendar.kasia.id))
        await expect(dialog.get_by_role("button", name="14:00 Zajęte")).to_be_disabled()
        await dialog.get_by_label("Telefon").press_sequentially("601 000", delay=20)
        await dialog.get_by_role("button", name="Anna Kowalska").click()
        await expect(dialog.get_by_label("Imię i nazwisko")).to_have_value("Anna Kowalska")
        await dialog.get_by_label("Telefon").fill("12")
        await dialog.get_by_label("Imię i nazwisko").fill("Łucja Żak")
        await dialog.get_by_role("button", name="Umów wizytę").click()
        await expect(dialog.get_by_text("To nie wygląda na numer telefonu.")).to_be_visible()
        await dialog.get_by_label("Telefon").fill("602 333 444")
        await dialog.get_by_role("button", name="Umów wizytę").click()
        await expect(dialog).to_have_count(0)
        await expect(page.get_by_role("button", name="Łucja Żak")).to_contain_text("12:00–13:00")
        await expect(watching.get_by_role("button", name="Łucja Żak")).to_be_visible(timeout=2_000)
        await expect(page.locator("[aria-busy=true]")).to_have_count(0)  # what is still on its way is drawn faintly
        assert await axe.faults(page) == []


async def test_an_appointment_is_dragged_to_a_free_time_and_returns_from_a_taken_one(calendar: Calendar) -> None:
    await book(calendar, staffId=str(calendar.kasia.id), scheduledAt=factories.at("11:00").isoformat())
    async with calendar.studio.open(f"{PATH}?date={calendar.day}") as page:
        anna = block(page, "Anna Kowalska")
        await expect(anna).to_contain_text("10:00–11:00")
        rejection = page.locator("[data-rejected]")
        await drag(page, anna, "11:30", 1)
        await expect(rejection).to_have_text("Zajęte")
        await page.mouse.up()
        await expect(page.get_by_text("Ten termin jest już zajęty.")).to_be_visible()
        await expect(anna).to_contain_text("10:00–11:00")
        await drag(page, anna, "14:30", 1)
        await expect(rejection).to_have_text("Poza godzinami pracy")
        await drag(page, anna, "12:15", 1)
        await expect(rejection).to_have_count(0)
        await page.mouse.up()
        await expect(page.get_by_text("Wizyta przeniesiona.")).to_be_visible()
        await expect(anna).to_contain_text("12:15–13:15")
    row = await calendar.studio.stored(calendar.anna)
    assert (row.scheduled_at, row.staff_id) == (factories.at("12:15"), calendar.kasia.id)


@pytest.mark.parametrize(
    "options", [{}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}], ids=["mouse", "finger"]
)
async def test_an_appointment_is_opened_in_every_view(calendar: Calendar, options: dict[str, Any]) -> None:
    async with calendar.studio.open(f"{PATH}?date={calendar.day}&view=day", **options) as page:
        for view in ("Tydzień", "Dzień", "Miesiąc", "Lista"):
            await look(page, "Widok", view)
            anna = block(page, "Anna Kowalska")
            await expect(anna).to_be_visible()
            if options:
                await page.touchscreen.tap(*await middle(anna))
            else:
                await press(page, anna)
            panel = page.get_by_role("dialog", name="Anna Kowalska")
            await expect(panel, view).to_contain_text("Strzyżenie")
            await page.keyboard.press("Escape")
            await expect(panel).to_have_count(0)


async def test_a_closed_day_says_so(calendar: Calendar) -> None:
    day = date.fromisoformat(calendar.day)
    sunday = day + timedelta(days=6 - day.weekday())
    async with calendar.studio.open(f"{PATH}?date={sunday}&view=day") as page:
        for view in ("Tydzień", "Dzień"):
            await look(page, "Widok", view)
            await expect(page.get_by_text("Zamknięte").first).to_be_in_viewport()
            assert await axe.faults(page) == [], view
    async with calendar.studio.open(f"{PATH}?date={day.year}-12-25&view=day", viewport=PHONE) as page:
        await expect(page.get_by_text("Boże Narodzenie").first).to_be_in_viewport(ratio=1)


async def test_with_the_keyboard_an_appointment_is_opened_moved_and_cancelled(calendar: Calendar) -> None:
    async with calendar.studio.open(f"{PATH}?date={calendar.day}") as page:
        event = page.get_by_role("button", name="Anna Kowalska")
        await event.focus()
        await page.keyboard.press("Enter")
        panel = page.get_by_role("dialog", name="Anna Kowalska")
        await panel.get_by_role("button", name="Potwierdź").click()
        await expect(panel.get_by_text("potwierdzona", exact=True)).to_be_visible()
        await panel.get_by_label("Godzina").fill("18")
        await panel.get_by_role("button", name="Zapisz").click()
        await expect(panel.get_by_text("O tej porze jest zamknięte.")).to_be_visible()
        await panel.get_by_label("Godzina").fill("9:30")
        await panel.get_by_role("button", name="Zapisz").click()
        history = panel.get_by_role("region", name="Historia")
        await expect(history).to_contain_text("Przeniesiono")
        assert await axe.faults(page) == []
        await panel.get_by_role("button", name="Odwołaj wizytę").click()
        dialog = page.get_by_role("dialog", name="Odwołać tę wizytę?")
        await dialog.get_by_label("Powód").fill("Choroba")
        await dialog.get_by_role("button", name="Odwołaj wizytę").click()
        await expect(panel.get_by_text("Choroba")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(panel).to_have_count(0)
        await expect(event).to_have_count(0)
    row = await calendar.studio.stored(calendar.anna)
    assert (row.status, row.scheduled_at) == (Status.CANCELLED, factories.at("09:30"))


async def test_an_appointment_that_has_not_begun_asks_before_it_ends_and_can_be_reopened(calendar: Calendar) -> None:
    async with calendar.studio.open(f"{PATH}?date={calendar.day}&id={calendar.anna.id}") as page:
        panel = page.get_by_role("dialog", name="Anna Kowalska")
        await expect(panel.get_by_role("button", name="Potwierdź")).to_be_visible()
        for name in ("Odbyła się", "Nie przyszedł"):
            await expect(panel.get_by_role("button", name=name)).to_have_count(0)
        await panel.get_by_role("button", name="Więcej").click()
        await page.get_by_role("menuitem", name="Odbyła się").click()
        dialog = page.get_by_role("dialog", name="Wizyta już się odbyła?")
        await expect(dialog).to_contain_text("dopiero za ")
        assert await axe.faults(page) == []
        await dialog.get_by_role("button", name="Anuluj").click()
        await expect(dialog).to_have_count(0)
        await expect(panel.get_by_text("umówiona", exact=True)).to_be_visible()
        await panel.get_by_role("button", name="Więcej").click()
        await page.get_by_role("menuitem", name="Nie przyszedł").click()
        dialog = page.get_by_role("dialog", name="Klient na pewno nie przyjdzie?")
        await dialog.get_by_role("button", name="Nie przyszedł").click()
        await expect(dialog).to_have_count(0)
        await panel.get_by_role("button", name="Cofnij oznaczenie").click()
        await expect(panel.get_by_role("region", name="Historia")).to_contain_text("Cofnięto oznaczenie")
        await expect(panel.get_by_role("button", name="Potwierdź")).to_be_visible()
    assert (await calendar.studio.stored(calendar.anna)).status is Status.SCHEDULED


async def test_a_phone_gets_a_list_and_nothing_scrolls_sideways(calendar: Calendar) -> None:
    async with calendar.studio.open(f"{PATH}?date={calendar.day}", viewport=PHONE) as page:
        await page.wait_for_url("**view=list*")
        row = page.get_by_role("link", name="Anna Kowalska")
        await expect(row).to_be_visible()
        for view in ("Dzień", "Miesiąc", "Tydzień", "Lista"):
            await look(page, "Widok", view)
            client_name = page.get_by_text("Anna Kowalska").first
            await expect(client_name).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], view
            assert await axe.faults(page) == [], view
        await row.click()
        await expect(page.get_by_role("dialog", name="Anna Kowalska")).to_contain_text("Strzyżenie")


async def test_by_touch_an_appointment_is_made_and_dragged(calendar: Calendar) -> None:
    address = f"{PATH}?date={calendar.day}&view=day"
    async with calendar.studio.open(address, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        anna = block(page, "Anna Kowalska")
        await expect(anna).to_contain_text("10:00")
        finger = await Finger.on(page)
        await finger.press(anna)
        await finger.move(*await spot(page, "12:15", 0))
        await finger.lift()
        await expect(page.get_by_text("Wizyta przeniesiona.")).to_be_visible()
        await expect(anna).to_contain_text("12:15")
        await page.touchscreen.tap(*await spot(page, "10:30", 0))
        dialog = page.get_by_role("dialog", name="Nowa wizyta")
        await expect(dialog.get_by_label("Godzina", exact=True)).to_have_value("10:30")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await dialog.get_by_label("Osoba").select_option(str(calendar.ewa.id))
        await dialog.get_by_label("Telefon").fill("602 333 444")
        await dialog.get_by_label("Imię i nazwisko").fill("Łucja Żak")
        await dialog.get_by_role("button", name="Umów wizytę").click()
        lucja = block(page, "Łucja Żak")
        await expect(dialog).to_have_count(0)
        await expect(page.locator(".skeleton, [aria-busy=true]")).to_have_count(0)
        await expect(lucja).to_contain_text("10:30")
        await finger.press(lucja)
        await finger.move(*await spot(page, "12:30", 0))
        await expect(page.locator("[data-rejected]")).to_have_text("Zajęte")
        await finger.lift()
        await expect(page.get_by_text("Ten termin jest już zajęty.")).to_be_visible()
        await expect(lucja).to_contain_text("10:30")


async def test_in_english_in_the_dark_every_view_is_whole_and_not_too_heavy(calendar: Calendar) -> None:
    studio = calendar.studio
    async with studio.open(f"{PATH}?date={calendar.day}", lang="en", color_scheme="dark", viewport=WIDE) as page:
        await expect(page.get_by_role("button", name="Anna Kowalska")).to_contain_text("scheduled")
        scripts = "performance.getEntriesByType('resource').filter(one => one.name.endsWith('.js'))"
        assert await page.evaluate(f"{scripts}.reduce((sum, one) => sum + one.encodedBodySize, 0)") < BUDGET
        for view in ("Week", "Month", "Day", "List"):
            await look(page, "View", view)
            await page.wait_for_url(f"**view={view.lower()}*")
            await expect(page.get_by_text("Anna Kowalska")).to_be_visible()
            assert await axe.faults(page) == [], view
        await page.get_by_role("link", name="Later").click()
        await expect(page.get_by_text("There are no appointments in these days.")).to_be_visible()
    async with studio.open("/dashboard/conversations") as page:
        loaded = await page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        # An icon's file is named by the icon: `calendar-x-….js`.
        own = re.compile(r"/calendar-[\w-]{8}\.(js|css)$")
        assert not [name for name in loaded if own.search(name)], "the calendar is for its own page"
