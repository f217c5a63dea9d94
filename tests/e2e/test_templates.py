"""Szablony wiadomości in a real browser: a text is written with its words, tried out, saved and taken back."""

import pytest
from playwright.async_api import expect

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Part, Template
from tests.e2e.conftest import Studio, look_over
from tests.support import bookings

pytestmark = pytest.mark.browser

PATH = "/dashboard/settings/templates?template=change"


async def stored(studio: Studio) -> dict[str, str]:
    """The texts that are not the default."""
    async with begin(actor.system(studio.organization_id)) as uow:
        return (await templates.get(uow, Template.CHANGE)).texts


async def test_text_is_written_with_its_words_tried_out_and_taken_back(studio: Studio) -> None:
    await bookings.rows(studio.organization_id)
    async with studio.open(PATH) as page:
        sms = page.locator("#sms")
        await sms.fill("Łucjo, nowa godzina: ")
        await page.get_by_role("group", name="Wstaw do tekstu").first.get_by_role("button", name="godzina").click()
        await expect(sms).to_have_value("Łucjo, nowa godzina: {time}")
        await expect(page.get_by_text("Łucjo, nowa godzina: 10:00", exact=True)).to_be_visible()
        await sms.fill("Łucjo, widzimy się o {time}! " + "Do zobaczenia. " * 4)
        await expect(page.get_by_text("Bez polskich liter: 1 SMS")).to_be_visible()
        await look_over(page, "a text that costs more")
        await page.get_by_role("button", name="Usuń polskie litery").click()
        await expect(page.get_by_text("Bez polskich liter")).to_have_count(0)
        await sms.fill("{imie}, do zobaczenia")
        await expect(page.locator("#sms-error")).to_contain_text("Nie znamy takiego słowa")
        await page.get_by_role("button", name="Zapisz").click()
        await expect(page.locator("#sms-error")).to_contain_text("Nie znamy takiego słowa")
        assert await stored(studio) == {}
        await sms.fill("Nowy termin: {time}")
        await page.get_by_role("button", name="Zapisz").click()
        await expect(page.get_by_text("Zapisano.")).to_be_visible()
        assert await stored(studio) == {"pl.sms": "Nowy termin: {time}"}
        await page.get_by_role("link", name="Angielski").click()
        await expect(sms).to_have_value(templates.default_text(Template.CHANGE, "en", Part.SMS))
        await page.get_by_role("button", name="Przywróć domyślny tekst").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Przywróć domyślny tekst").click()
        await expect(page.get_by_text("Przywrócono domyślny tekst.")).to_be_visible()
        assert await stored(studio) == {}
        await page.get_by_role("switch", name="Wysyłaj: Zmiana terminu").click()
        await expect(page.get_by_text("Wyłączone. Klienci już tego nie dostaną.")).to_be_visible()
    async with begin(actor.system(studio.organization_id)) as uow:
        assert not (await templates.get(uow, Template.CHANGE)).enabled


async def test_viewer_reads_only(studio: Studio) -> None:
    async with studio.open(PATH, Role.VIEWER, lang="en") as page:
        await expect(page.get_by_label("SMS", exact=True)).to_be_disabled()
        await expect(page.get_by_role("switch", name="Send: New time")).to_be_disabled()
        await expect(page.get_by_role("button", name="Save")).to_have_count(0)
        await expect(page.get_by_text("Example appointment")).to_be_visible()
        await look_over(page, "an example")
