"""The whole way in both languages: register, connect an agent, a call arrives live, read it, find it, sign out."""

import re
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from sekretarka.core.text.i18n import Language, translate
from sekretarka.domain.agents.models import Agent
from tests.support import axe
from tests.support.site import Site
from tests.ui.signed_calls import Line

pytestmark = pytest.mark.browser

PASSWORD = "bardzo-dlugie-haslo-7"
OVERVIEW = re.compile(r"/dashboard/?$")
SAID = "Ile kosztuje keratyna?"


async def registered(page: Page, site: Site, lang: Language) -> None:
    await page.goto(f"{site.url}/register/")
    await page.fill("#name", "Ala Nowa")
    await page.fill("#organizationName", "Salon Wrzos")
    await page.fill("#email", f"osoba-{uuid4().hex}@example.com")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name=translate(lang, "register.submit")).click()
    await page.wait_for_url(OVERVIEW)
    await expect(page.get_by_role("link", name=translate(lang, "overview.connect"))).to_be_visible()


async def connected(page: Page, site: Site, lang: Language) -> Line:
    """A new agent from the empty overview; its endpoint and secret as its owner copies them."""
    await page.get_by_role("link", name=translate(lang, "overview.connect")).click()
    await page.get_by_role("link", name=translate(lang, "agents.new")).first.click()
    await page.fill("#name", "Ola")
    await page.get_by_role("dialog").get_by_role("button", name=translate(lang, "agents.create")).click()
    await page.wait_for_url("**?agent=*&tab=connection")
    await expect(page.get_by_role("region", name="Ola").get_by_role("heading", name="Ola")).to_be_visible()
    read = "async (path) => (await (await fetch(path)).json()).data"
    [agent] = await page.evaluate(read, "/api/v1/agents")
    secret = await page.evaluate(read, f"/api/v1/agents/{agent['id']}/connection/secret")
    endpoint_id = UUID(agent["connection"]["endpoint"].rpartition("/")[2])
    row = Agent(id=UUID(agent["id"]), organization_id=UUID(agent["organizationId"]), name="Ola")
    return Line(site.url, row, secret["secret"], endpoint_id)


@pytest.mark.parametrize("lang", ["pl", "en"])
async def test_registers_and_signs_out(site: Site, browser: Browser, lang: Language) -> None:
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    await context.add_cookies([{"name": "lang", "value": lang, "url": site.url}])
    page = await context.new_page()
    await registered(page, site, lang)
    assert await axe.faults(page) == []
    line = await connected(page, site, lang)
    assert await axe.faults(page) == []

    await page.get_by_role("link", name=translate(lang, "nav.overview")).first.click()
    await page.wait_for_url(OVERVIEW)
    await line.ring("call_1", callerName="Zofia Wrona")
    await expect(page.get_by_text("Zofia Wrona").first).to_be_visible(timeout=3_000)
    await line.say("call_1", 1, SAID)
    await expect(page.get_by_text(SAID).first).to_be_visible(timeout=3_000)
    assert await axe.faults(page) == []

    await page.get_by_role("link", name=translate(lang, "nav.conversations")).first.click()
    await page.get_by_role("link", name="Zofia Wrona").click()
    await expect(page.get_by_role("dialog").get_by_text(SAID)).to_be_visible()
    assert await axe.faults(page) == []
    await page.keyboard.press("Escape")
    search = page.get_by_role("searchbox")
    await search.press_sequentially("WRONA", delay=20)
    await page.wait_for_url("**?search=WRONA")
    await expect(page.get_by_role("link", name="Zofia Wrona")).to_be_visible()
    await search.fill("nikt taki")
    await expect(page.get_by_role("link", name="Zofia Wrona")).to_have_count(0)
    assert await axe.faults(page) == []

    await page.get_by_role("button", name=translate(lang, "shell.user_menu")).click()
    await page.get_by_role("menuitem", name=translate(lang, "shell.sign_out")).click()
    await page.wait_for_url("**/login/")
    await page.goto(f"{site.url}/dashboard/conversations")
    await page.wait_for_url("**/login/**")
    await context.close()
