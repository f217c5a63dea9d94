"""Emailed links from end to end: requested in the browser, sent over SMTP, read in the sandbox's mailbox, used once."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocket, expect

from sekretarka.core.database import engine
from tests.e2e.conftest import ALL_LOOKS, Console, Studio, look_over, submit
from tests.support import accounts
from tests.support.site import Site

pytestmark = pytest.mark.browser

NEW = "zupełnie nowe 99 lawenda"
PAGES = ("/reset/", "/reset/new/", "/verify/")


async def open_email(context: BrowserContext, site: Site, subject: str, to: str) -> Page:
    """Wait for the email on the list that renews itself, and open it: a click that meets a renewal would be lost."""
    box = await context.new_page()
    await box.goto(f"{site.url}/sandbox/mail")
    email_page = box.get_by_role("link").filter(has_text=subject).filter(has_text=to)
    path = await email_page.first.get_attribute("href", timeout=20_000)
    await box.goto(f"{site.url}{path}")
    await expect(box.get_by_role("heading", level=1)).to_have_text(subject)
    return box


async def follow(context: BrowserContext, email_page: Page, button: str) -> Page:
    """Press the button of the email; the page it opens."""
    async with context.expect_page() as opened:
        await email_page.frame_locator("iframe").get_by_role("link", name=button).click()
    page = await opened.value
    await page.wait_for_load_state()
    return page


async def sign_in(page: Page, email: str) -> None:
    """With the new password, on the sign-in page."""
    await submit(page, "Zaloguj się", email=email, password=NEW)
    await page.wait_for_url("**/dashboard/**")


async def test_a_password_is_reset_by_email(site: Site, browser: Browser, console: Console) -> None:
    for refused in ("status of 422", "status of 410"):  # a weak password, a used link
        console.expect(refused)
    email = f"iga-{uuid4().hex}@example.com"
    engine.connect(site.database_url)
    await accounts.person(email)
    await engine.disconnect()
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="pl-PL")
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url + (request.post_data or "")))
    frames: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: frames.append(frame))  # noqa: PLW0108 - a builtin is no listener

    context.on("page", lambda page: page.on("websocket", listen))
    page = await context.new_page()
    await page.goto(f"{site.url}/login/")
    await page.get_by_role("link", name="Nie pamiętam hasła").click()
    await submit(page, "Wyślij link", email=email.upper())
    await expect(page.get_by_role("status").filter(has_text="link jest już w drodze")).to_be_focused()
    email_page = await open_email(context, site, "Ustaw nowe hasło", email)
    token = (await email_page.locator("pre").inner_text()).partition("#token=")[2][:64]
    page = await follow(context, email_page, "Ustaw nowe hasło")
    assert page.url == f"{site.url}/reset/new/"
    await submit(page, "Ustaw hasło", password="qwerty123456")
    await expect(page.locator("#password-error")).to_have_text("To hasło łatwo odgadnąć. Wybierz inne.")
    await submit(page, "Ustaw hasło", password=NEW)
    await expect(page.get_by_role("status").filter(has_text="Hasło zmienione.")).to_be_visible()
    await sign_in(page, email)
    # The token went to the server in two posts and was in no address, and on no socket.
    confirming = f"{site.url}/api/auth/password/reset"
    assert {what.partition("{")[0] for what in requests if token in what} == {confirming}
    assert frames
    assert not any(token in str(frame) or NEW in str(frame) for frame in frames)
    page = await follow(context, email_page, "Ustaw nowe hasło")
    await submit(page, "Ustaw hasło", password=f"{NEW} 2")
    await expect(page.locator("#form-error")).to_have_text("Ten link został już użyty albo stracił ważność.")
    await context.close()


async def test_email_is_verified_by_link(studio: Studio, site: Site) -> None:
    async with studio.open("/dashboard/settings/profile/") as page:
        await expect(page.get_by_text("Niepotwierdzony")).to_be_visible()
        email = await page.input_value("#email")
        await page.get_by_role("button", name="Wyślij link").click()
        await expect(page.get_by_text("Wysłaliśmy link do potwierdzenia adresu.")).to_be_visible()
        email_page = await open_email(page.context, site, "Potwierdź swój adres e-mail", email)
        opened = await follow(page.context, email_page, "Potwierdź adres")
        await page.reload()
        await expect(page.get_by_text("Niepotwierdzony")).to_be_visible()  # looking changes nothing
        await opened.get_by_role("button", name="Potwierdź adres").click()
        await opened.wait_for_url("**/dashboard/")
        await page.reload()
        await expect(page.get_by_text("Potwierdzony", exact=True)).to_be_visible()


async def test_passes_axe(studio: Studio) -> None:
    for path in PAGES:
        async with studio.open(path) as page:
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            await look_over(page, path, ALL_LOOKS)
