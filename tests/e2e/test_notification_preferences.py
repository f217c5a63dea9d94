"""Ustawienia, Powiadomienia in a real browser: what is chosen stays chosen, and is shown."""

import pytest
from playwright.async_api import expect

from sekretarka.core.permissions import Role
from tests.e2e.conftest import ALL_LOOKS, Studio, look_over
from tests.ui import signed_calls

pytestmark = pytest.mark.browser

PATH = "/dashboard/settings/notifications"


async def test_what_is_chosen_is_stored_and_a_call_is_shown(studio: Studio) -> None:
    async with studio.open(PATH, role=Role.VIEWER) as page:
        await expect(page.get_by_label("E-mail po rozmowie")).to_have_value("none")
        await look_over(page, "nothing chosen", ALL_LOOKS)
        await page.get_by_label("E-mail po rozmowie").select_option("to_do")
        await page.get_by_label("Podsumowanie dnia").select_option("on")
        await page.get_by_label("Nie przeszkadzać od").fill("19:30")
        await page.get_by_label("Nie przeszkadzać do").fill("19:30")
        await page.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_text("Zapisano").first).to_be_visible()
        await page.reload()
        await expect(page.get_by_label("E-mail po rozmowie")).to_have_value("to_do")
        await expect(page.get_by_label("Podsumowanie dnia")).to_have_value("on")
        await expect(page.get_by_label("Nie przeszkadzać od")).to_have_value("19:30")
        line = await signed_calls.line(studio.url, studio.organization_id)
        await line.miss("call_1", callerName="Zofia Wrona")
        shown = page.get_by_role("listitem").filter(has_text="Nieodebrane połączenie")
        await expect(shown).to_contain_text("Zofia Wrona")
        await look_over(page, "a call that ended", ALL_LOOKS)
        await shown.get_by_role("button", name="Otwórz").click()
        await expect(page.get_by_role("heading", name="Zofia Wrona")).to_be_visible()
        assert "/dashboard/conversations?id=" in page.url
