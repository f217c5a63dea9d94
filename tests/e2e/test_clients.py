"""Klienci in a real browser: one is added, calls and is merged; and what the overview asks for."""

import pytest
from playwright.async_api import Page, expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.appointments.models import Appointment
from tests import factories
from tests.e2e.conftest import PHONE, Studio, look_over
from tests.support import axe, bookings
from tests.ui import signed_calls as ringing

pytestmark = pytest.mark.browser

PATH = "/dashboard/clients"


async def ready(page: Page) -> None:
    """The page has loaded."""
    await expect(page.locator(".skeleton")).to_have_count(0)


async def test_client_is_added_calls_and_is_merged(studio: Studio) -> None:
    line = await ringing.of_agent(studio.url, studio.agent, await factories.connection(studio.agent))
    async with studio.open(PATH) as page:
        await expect(page.get_by_text("Nie ma jeszcze żadnego klienta.")).to_be_visible()
        await page.get_by_role("link", name="Dodaj klienta").first.click()
        new = page.get_by_role("dialog", name="Nowy klient")
        await new.get_by_label("Imię i nazwisko").fill("Zofia Wrona")
        await new.get_by_label("Telefon").fill("123")
        await new.get_by_role("button", name="Dodaj klienta").click()
        await expect(new.get_by_text("To nie wygląda na numer telefonu.")).to_be_visible()
        await new.get_by_label("Telefon").fill("601 000 111")
        await new.get_by_role("button", name="Dodaj klienta").click()
        panel = page.get_by_role("dialog", name="Zofia Wrona")
        await expect(panel.get_by_text("Jeszcze nic się nie wydarzyło.")).to_be_visible()
        await line.ring("call_1", callerNumber="+48601000111")
        await expect(panel.get_by_role("link", name="Rozmowa: trwa")).to_be_visible()
        await line.ring("call_2", callerNumber="+48601000222", callerName="Zofia Wrona")
        await panel.get_by_role("link", name="Dane").click()
        await panel.get_by_label("Notatki").fill("Lubi kawę.")
        await panel.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_text("Zapisano.")).to_be_visible()
        await panel.get_by_role("link", name="Duplikaty").click()
        await panel.get_by_role("button", name="Połącz").click()
        dialog = page.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("601 000 222")
        assert await axe.faults(page) == []
        await dialog.get_by_role("button", name="Połącz").click()
        await expect(panel.get_by_role("listitem").filter(has_text="Rozmowa")).to_have_count(2)
        await page.keyboard.press("Escape")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.get_by_role("searchbox").fill("ZOFIA")
        await page.wait_for_url("**?search=ZOFIA")
        await page.get_by_role("link", name="Zofia Wrona").click()
        await panel.get_by_role("link", name="Rozmowa: trwa").first.click()
        await page.wait_for_url("**/dashboard/conversations?id=*")
        await page.get_by_role("dialog").get_by_role("link", name="Profil klienta").click()
        await page.wait_for_url(f"**{PATH}?id=*")
        await expect(page.get_by_role("dialog", name="Zofia Wrona")).to_be_visible()


async def test_the_overview_asks_for_a_confirmation(studio: Studio) -> None:
    appointment_id = (await bookings.rows(studio.organization_id))["appointment"]
    async with studio.open("/dashboard", viewport=PHONE) as page:
        await expect(page.get_by_text("Na dziś nie ma wizyt.")).to_be_visible()
        await page.get_by_role("button", name="Potwierdź wizytę: Anna").click()
        await expect(page.get_by_role("status").filter(has_text="Wizyta potwierdzona.")).to_be_visible()
        await page.mouse.move(5, 5)  # under the pointer the list stays as it is
        await expect(page.get_by_text("Wszystko potwierdzone.")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert await axe.faults(page) == []
    async with begin(actor.system(studio.organization_id)) as uow:
        assert (await uow.get(Appointment, appointment_id)).status == "confirmed"


async def test_passes_axe_without_horizontal_scrolling(studio: Studio) -> None:
    await ringing.past_call(studio.organization_id, studio.agent)
    client = await factories.client(studio.organization_id)
    for query in ("", f"?id={client.id}", f"?id={client.id}&tab=details"):
        async with studio.open(f"{PATH}{query}", lang="en") as page:
            await ready(page)
            await look_over(page, query)
