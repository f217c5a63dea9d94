"""Klucze API in a real browser: made, shown once, used, exchanged, revoked."""

import httpx2
import pytest
from playwright.async_api import Page, expect

from sekretarka.core.permissions import Role
from sekretarka.core.text.i18n import Language, translate
from tests.e2e.conftest import PHONE, Studio, look_over
from tests.support import axe, workspace

pytestmark = pytest.mark.browser

PATH = "/dashboard/settings/api-keys"
SHOWN = "[data-secret=shown] code"


async def status(studio: Studio, key: str) -> int:
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as program:
        return (await program.get(f"{studio.url}/api/v1/conversations")).status_code


async def make_key(page: Page, name: str, lang: Language = "pl") -> str:
    """Through the dialog, with what a voice service needs."""
    await page.get_by_role("link", name=translate(lang, "api_keys.new")).click()
    dialog = page.get_by_role("dialog")
    await expect(page.locator("#name")).to_be_focused()
    await page.fill("#name", name)
    await dialog.get_by_role("button", name=translate(lang, "api_keys.preset_service")).click()
    await dialog.get_by_role("button", name=translate(lang, "api_keys.create")).click()
    await expect(dialog).to_have_count(0)
    return await page.locator(SHOWN).inner_text()


async def test_key_is_created_shown_once_used_and_revoked(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        await expect(page.get_by_text("Nie ma jeszcze żadnego klucza.")).to_be_visible()
        await expect(page.get_by_role("main").locator("pre")).to_contain_text(f"{studio.url}/api/v1/conversations")
        key = await make_key(page, "Recepcja AI")
        assert await axe.faults(page) == []
        assert await status(studio, key) == 200
        row = page.get_by_role("row").filter(has_text="Recepcja AI")
        await expect(row).to_contain_text(f"{key[:16]}…")
        await expect(row).to_contain_text("Rozmowy: odczyt, zapis")
        await page.get_by_role("button", name="Mam go").click()
        await expect(page.locator(SHOWN)).to_have_count(0)
        assert key not in await page.content()
        await page.reload()
        await expect(row).to_contain_text("działa")
        assert key not in await page.content()
        async with studio.open(PATH) as other:
            shown = other.get_by_role("row").filter(has_text="Recepcja AI")
            await expect(shown).to_contain_text("działa")
            await row.get_by_role("button", name="Unieważnij klucz").click()
            dialog = page.get_by_role("alertdialog")
            await expect(dialog).to_contain_text("Recepcja AI")
            await page.mouse.click(5, 5)
            await expect(dialog).to_be_visible()
            await dialog.get_by_role("button", name="Unieważnij klucz").click()
            await expect(row).to_contain_text("unieważniony")
            await expect(row.get_by_role("button")).to_have_count(0)
            await expect(shown).to_contain_text("unieważniony", timeout=15_000)
    assert await status(studio, key) == 401
    assert key not in (workspace.folder() / "site.log").read_text()


async def test_a_key_is_exchanged_and_both_work_for_a_day(studio: Studio) -> None:
    async with studio.open(PATH) as page:
        old = await make_key(page, "Recepcja AI")
        await page.get_by_role("button", name="Wymień klucz").click()
        await page.get_by_role("alertdialog").get_by_role("button", name="Wymień klucz").click()
        await expect(page.get_by_role("row").filter(has_text="Recepcja AI")).to_have_count(2)
        await expect(page.locator(SHOWN)).not_to_have_text(old)
        new = await page.locator(SHOWN).inner_text()
    assert [await status(studio, key) for key in (old, new)] == [200, 200]


async def test_dialog_shows_what_is_missing_and_has_an_address(studio: Studio) -> None:
    async with studio.open(f"{PATH}?new=1") as page:
        dialog = page.get_by_role("dialog", name="Nowy klucz")
        await page.fill("#name", "Skrypt")
        await dialog.get_by_role("button", name="Utwórz klucz").click()
        await expect(page.locator("#scopes-error")).to_have_text("Wybierz co najmniej jedno uprawnienie.")
        assert await axe.faults(page) == []
        await dialog.get_by_role("checkbox", name="Agenci: odczyt").check()
        await dialog.get_by_role("button", name="Utwórz klucz").click()
        await expect(page.locator(SHOWN)).to_be_visible()
        await expect(page).to_have_url(f"{studio.url}{PATH}")


async def test_page_without_permission_says_so(studio: Studio) -> None:
    async with studio.open(PATH, Role.VIEWER) as page:
        await expect(page.get_by_text("Ta strona nie jest dla Twojej roli.")).to_be_visible()
        await expect(page.get_by_role("navigation").get_by_role("link", name="Klucze API")).to_have_count(0)


@pytest.mark.parametrize("lang", ["pl", "en"])
async def test_passes_axe_without_horizontal_scrolling(studio: Studio, lang: Language) -> None:
    async with studio.open(PATH, lang=lang) as page:
        await make_key(page, "Recepcja AI", lang)
        for query in ("", "?new=1"):
            await page.goto(f"{studio.url}{PATH}{query}")
            await expect(page.get_by_text("Recepcja AI", exact=True)).to_be_visible()
            await look_over(page, query)


async def test_current_settings_tab_is_in_view_on_a_phone(studio: Studio) -> None:
    async with studio.open(PATH, viewport=PHONE) as page:
        current = page.get_by_role("navigation", name="Części ustawień").get_by_role("link", name="Klucze API")
        await expect(current).to_have_attribute("aria-current", "page")
        await expect(current).to_be_in_viewport(ratio=1)
