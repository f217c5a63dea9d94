"""The frame of the dashboard in a real browser: sizes, accessibility, keyboard, language, theme, phone."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from sekretarka.core.permissions import Role
from tests.e2e.conftest import ALL_LOOKS, PHONE, Console, Studio, look_over
from tests.support import axe
from tests.support.site import Site

pytestmark = pytest.mark.browser

PASSWORD = "tajne hasło 77 lawenda"
BUDGET = 260 * 1024
OVERVIEW = "/dashboard/"
SCROLL = """() => {
  const top = () => document.querySelector('[role=menu]').getBoundingClientRect().top;
  const before = top();
  window.scrollBy(0, 60);
  return [window.scrollY, top() - before];
}"""
PAGES = (("/login/", None), ("/register/", None), (OVERVIEW, Role.OWNER))


async def ready(page: Page) -> None:
    """Whatever the page loads has come: no skeleton is left."""
    await expect(page.locator(".skeleton")).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize(("path", "role"), PAGES)
async def test_scripts_stay_within_their_budget(studio: Studio, path: str, role: Role | None) -> None:
    async with studio.open(path, role) as page:
        await ready(page)
        size = await page.evaluate(
            "performance.getEntriesByType('resource').filter((one) => new URL(one.name).pathname.endsWith('.js'))"
            ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
        )
        assert 50 * 1024 < size <= BUDGET


@pytest.mark.parametrize("lang", ["pl", "en"])
async def test_passes_axe(studio: Studio, lang: str) -> None:
    for path, role in PAGES:
        async with studio.open(path, role, lang=lang) as page:
            await ready(page)
            await look_over(page, path, ALL_LOOKS)


async def test_no_horizontal_scrolling_on_a_phone(studio: Studio) -> None:
    for path, role in PAGES:
        async with studio.open(path, role, viewport=PHONE) as page:
            await ready(page)
            for width in (320, 390, 768):
                await page.set_viewport_size({"width": width, "height": 800})
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


async def test_language_and_theme_change_in_place_and_stay(studio: Studio) -> None:
    async with studio.open(OVERVIEW) as page:
        await ready(page)
        await page.evaluate("window.untouched = true")
        title = page.get_by_role("heading", level=1)
        await expect(title).to_have_text("Przegląd")
        await page.set_viewport_size({"width": 1440, "height": 600})
        await page.get_by_role("button", name="Konto:").click()
        await page.get_by_role("menuitem", name="English").hover()
        assert await page.evaluate(SCROLL) == [60, 0], "the menu stays under the pointer, as its button does"
        await page.get_by_role("menuitem", name="English").click()
        await expect(title).to_have_text("Overview")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page).to_have_title("Overview · AI Sekretarka")
        await page.get_by_role("button", name="Account:").click()
        await page.get_by_role("menuitem", name="Dark").click()
        await expect(page.locator("html")).to_have_class("dark")
        assert await page.evaluate("window.untouched") is True
        await page.reload()
        await expect(page.locator("html")).to_have_class("dark")
        await expect(title).to_have_text("Overview")


async def test_palette_and_shortcuts_work_with_the_keyboard(studio: Studio) -> None:
    async with studio.open(OVERVIEW) as page:
        await ready(page)
        search = page.get_by_role("button", name="Szukaj")
        await search.focus()
        await page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Szukaj rozmów lub przejdź do…")
        await expect(box).to_be_focused()
        await page.keyboard.type("ustaw")
        await expect(page.locator("[role=option][data-highlighted]")).to_contain_text("Ustawienia")
        assert await axe.faults(page) == []
        await page.keyboard.press("Escape")
        await expect(box).to_have_count(0)
        await expect(search).to_be_focused()
        await page.keyboard.press("?")
        shortcuts = page.get_by_role("dialog", name="Skróty klawiszowe")
        await expect(shortcuts).to_be_visible()
        assert await axe.faults(page) == []
        await page.keyboard.press("Escape")
        await expect(shortcuts).to_have_count(0)
        await page.keyboard.press("Control+k")
        await expect(box).to_be_focused()
        await page.keyboard.type("strzyżenie")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/dashboard/conversations?search=strzy*")


async def test_the_sidebar_stays_collapsed(studio: Studio) -> None:
    async with studio.open(OVERVIEW) as page:
        toggle = page.get_by_role("button", name="Zwiń panel")
        await toggle.click()
        await expect(toggle).to_have_attribute("aria-pressed", "true")
        await page.reload()
        await expect(page.get_by_role("complementary")).to_have_css("width", "60px")
        await expect(toggle).to_have_attribute("aria-pressed", "true")
        await expect(page.get_by_role("link", name="Agenci")).to_have_count(1)


async def test_anonymous_browser_is_sent_to_sign_in(site: Site, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(f"{site.url}{OVERVIEW}")
    await page.wait_for_url(re.compile(r"/login/\?callbackUrl=/dashboard"))
    await page.goto(f"{site.url}/")
    await page.wait_for_url("**/login/")
    await page.close()


async def test_an_unknown_page_has_a_way_back(site: Site, browser: Browser, console: Console) -> None:
    console.expect("status of 404")
    page = await browser.new_page()
    answer = await page.goto(f"{site.url}/nie-ma-takiej")
    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_role("heading", name="Nie ma takiej strony")).to_be_visible()
    await expect(page.get_by_role("link", name="Wróć do przeglądu")).to_have_attribute("href", "/dashboard")
    assert await axe.faults(page) == []
    await page.close()


async def test_registers_signs_out_and_in_again(site: Site, browser: Browser) -> None:
    email = f"osoba-{uuid4().hex}@example.com"
    page = await browser.new_page()
    await page.goto(f"{site.url}/register/")
    button = page.get_by_role("button", name="Załóż konto")
    await page.fill("#name", "Ala Nowa")
    await page.fill("#email", "ala")
    await page.fill("#password", "krótkie")
    await button.click()
    await expect(page.locator("#email-error")).to_have_text("To nie wygląda na adres e-mail.")
    await expect(page.locator("#password-error")).to_contain_text("co najmniej 8 znaków")
    await expect(page.locator("#email")).to_be_focused()
    await page.fill("#organizationName", "Warsztat Ala")
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await button.click()
    await page.wait_for_url(f"**{OVERVIEW}")
    await expect(page.get_by_text("Dzień dobry, Ala")).to_be_visible()
    await expect(page.get_by_role("link", name="Podłącz agenta")).to_be_visible()
    await page.get_by_role("button", name="Konto:").click()
    await page.get_by_role("menuitem", name="Wyloguj się").click()
    await page.wait_for_url("**/login/")
    sign_in = page.get_by_role("button", name="Zaloguj się")
    await sign_in.click()
    await expect(page.locator("#email-error")).to_have_text("Uzupełnij to pole.")
    await page.fill("#email", email)
    await page.fill("#password", "na pewno nie to")
    await sign_in.click()
    await expect(page.locator("#form-error")).to_have_text("E-mail lub hasło się nie zgadza.")
    await page.fill("#password", PASSWORD)
    await sign_in.click()
    await page.wait_for_url(f"**{OVERVIEW}")
    await page.close()


class Relay:
    """Between a page and the server: while the server `hangs`, nothing of what it says arrives; once it is `gone`, no
    socket opens."""

    def __init__(self) -> None:
        self.hangs = self.gone = False
        self._held: list[tuple[WebSocketRoute, str | bytes]] = []
        self._sides: list[WebSocketRoute] = []

    def __call__(self, page_side: WebSocketRoute) -> None:
        """Take over a socket that the page opens."""
        self._sides.append(page_side)
        if self.gone:
            return

        def pass_on(said: str | bytes) -> None:
            if self.hangs:
                self._held.append((page_side, said))
            else:
                page_side.send(said)

        page_side.connect_to_server().on_message(pass_on)

    def go_on(self) -> None:
        """The server answers again, all that it was asked meanwhile."""
        self.hangs = False
        for page_side, said in self._held:
            page_side.send(said)

    async def go(self) -> None:
        """The server ends its socket."""
        self.gone = True
        await self._sides[-1].close()


async def test_a_server_that_hangs_is_shown_though_its_socket_stays_open(studio: Studio) -> None:
    async with studio.open(OVERVIEW) as page:
        relay = Relay()
        await page.route_web_socket("**/_event/**", relay)
        await page.reload()
        await ready(page)
        relay.hangs = True
        await page.get_by_role("link", name="7 dni").click()
        await expect(page.get_by_text("Czekamy na odpowiedź serwera")).to_be_attached()
        bar = page.get_by_text("Serwer na razie nie odpowiada.")
        await expect(bar).to_be_in_viewport(timeout=10_000)
        assert await axe.faults(page) == []
        relay.go_on()
        await expect(bar).to_have_count(0)
        await page.wait_for_url("**days=7")
        await ready(page)
        await relay.go()
        await page.get_by_role("link", name="30 dni").click()  # waits for a socket; signing out waits for nothing
        await page.get_by_role("button", name="Konto:").click()
        await page.get_by_role("menuitem", name="Wyloguj się").click()
        await page.wait_for_url("**/login/")
