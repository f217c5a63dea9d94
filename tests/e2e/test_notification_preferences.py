"""Ustawienia, Powiadomienia in a real browser: what is chosen stays chosen."""

import pytest
from playwright.async_api import expect

from sekretarka.core.permissions import Role
from tests.e2e.conftest import ALL_LOOKS, Studio, look_over

pytestmark = pytest.mark.browser

PATH = "/dashboard/settings/notifications"


async def test_what_is_chosen_is_stored(studio: Studio) -> None:
    async with studio.open(PATH, role=Role.VIEWER) as page:
        await expect(page.get_by_label("E-mail po rozmowie")).to_have_value("none")
        await look_over(page, "nothing chosen", ALL_LOOKS)
        await page.get_by_label("E-mail po rozmowie").select_option("to_do")
        await page.get_by_label("Podsumowanie dnia").select_option("on")
        await page.get_by_label("Nie przeszkadzać od").fill("19:30")
        await page.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_text("Zapisano").first).to_be_visible()
        await page.reload()
        await expect(page.get_by_label("E-mail po rozmowie")).to_have_value("to_do")
        await expect(page.get_by_label("Podsumowanie dnia")).to_have_value("on")
        await expect(page.get_by_label("Nie przeszkadzać od")).to_have_value("19:30")
