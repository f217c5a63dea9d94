"""An organization per test on the running site, its users signed in, and pages that must not fail."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, expect

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.models import TenantTable
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import sessions
from sekretarka.domain.agents.models import Agent, AgentStatus
from tests import factories
from tests.support import axe
from tests.support.browser import PHONE as PHONE
from tests.support.browser import WIDE as WIDE
from tests.support.browser import Pages
from tests.support.site import Site

LOOKS = (("light", WIDE), ("light", PHONE), ("dark", WIDE))
ALL_LOOKS = (*LOOKS, ("dark", PHONE))
COOKIE = "authjs.session-token"
LISTEN = """() => {
  window.notes = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.notes += 1; return start.apply(this, when); };
}"""  # counts the notes that the page plays


class Console:
    """What pages report: a script's failure or a console error fails the test."""

    def __init__(self) -> None:
        self._faults: list[str] = []
        self._expected: list[str] = []
        self._heard: list[BrowserContext] = []

    def listen(self, context: BrowserContext) -> None:
        """Hear all pages of a context."""
        if context not in self._heard:
            self._heard.append(context)
            context.on("weberror", self._fail)
            context.on("console", self._hear)

    def leave(self) -> None:
        """Hear them no more, as the next test may use the same ones; inside the loop, which tells the browser."""
        for context in self._heard:
            context.remove_listener("weberror", self._fail)
            context.remove_listener("console", self._hear)

    def _fail(self, failure: WebError) -> None:
        self._faults.append(str(failure.error))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._faults.append(message.text)

    def expect(self, part: str) -> None:
        """What the test is about, as `status of 404`."""
        self._expected.append(part)

    def faults(self) -> list[str]:
        """What was reported and not expected."""
        return [fault for fault in self._faults if not any(part in fault for part in self._expected)]


@pytest.fixture(autouse=True)
def console(request: pytest.FixtureRequest) -> Iterator[Console]:
    """Of every page that the test opens in any context."""
    heard = Console()
    if "browser" not in request.fixturenames:
        yield heard
        return
    browser: Browser = request.getfixturevalue("browser")
    browser.on("context", heard.listen)
    yield heard
    browser.remove_listener("context", heard.listen)
    assert heard.faults() == []


async def each_look(page: Page, looks: Iterable[tuple[Any, Any]] = LOOKS) -> AsyncIterator[tuple[str, Any]]:
    """Show an open page in one look after another: loading it anew would cost more than looking."""
    for theme, size in looks:
        await page.emulate_media(color_scheme=theme)
        await page.set_viewport_size(size)
        await expect(page.locator("html.dark")).to_have_count(1 if theme == "dark" else 0)
        yield theme, size


async def look_over(page: Page, about: object, looks: Iterable[tuple[Any, Any]] = LOOKS) -> None:
    """In every look: axe finds no fault, and nothing scrolls sideways; `about` says what is open."""
    async for look in each_look(page, looks):
        assert await axe.faults(page) == [], (about, look)
        assert await page.evaluate("document.documentElement.scrollWidth") <= look[1]["width"], (about, look)


async def submit(page: Page, button: str, **fields: str) -> None:
    """Fill in the form of a page by the ids of its fields, once its scripts run: what is typed before may be lost."""
    await expect(page.get_by_role("button", name=button)).to_be_enabled()
    for name, value in fields.items():
        await page.fill(f"#{name}", value)
    await page.get_by_role("button", name=button).click()


@dataclass(frozen=True)
class Studio:
    """An organization with an owner, a viewer and one agent, on the site's own database."""

    url: str
    organization_id: UUID
    agent: Agent
    tokens: dict[Role, str]
    browser: Browser
    pages: Pages
    console: Console

    @asynccontextmanager
    async def open(
        self, path: str, role: Role | None = Role.OWNER, lang: str = "pl", refused: int | None = None, **options: Any
    ) -> AsyncIterator[Page]:
        """The page as a user of that role, or nobody, sees it; a script's failure or a console error fails the test.

        `refused` is the status of an answer that the test is about: Chromium notes each in the console.
        """
        page = await self.pages.lend(**options)
        self.console.listen(page.context)
        cookies = {"lang": lang, **({COOKIE: self.tokens[role]} if role else {})}
        await page.context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in cookies.items()]
        )
        if refused:
            self.console.expect(f"status of {refused} ")
        await page.goto(f"{self.url}{path}")
        await page.wait_for_selector("html:not([data-wait])")
        yield page
        await self.pages.take_back(page, f"{self.url}/favicon.svg")

    async def stored(self, row: TenantTable) -> Any:
        """The row as it is now."""
        async with begin(actor.system(self.organization_id)) as uow:
            return await uow.get(type(row), row.id)


@pytest.fixture
async def studio(site: Site, browser: Browser, pages: Pages, console: Console) -> AsyncIterator[Studio]:
    """One for each test: tests never meet."""
    engine.connect(site.database_url)
    tokens = {}
    async with begin(actor.system(), write=True) as uow:
        organization = await factories.add_organization(uow)
        for role in (Role.OWNER, Role.VIEWER):
            member = await factories.add_member(uow, organization.id, role)
            assert member.user_id is not None
            _, tokens[role] = sessions.start(uow, member.user_id, organization.id, None)
    agent = await factories.agent(
        organization.id,
        phone_number="+48221000200",
        greeting="Dzień dobry, tu Ola.",
        status=AgentStatus.INACTIVE,
    )
    yield Studio(site.url, organization.id, agent, tokens, browser, pages, console)
    console.leave()
    await engine.disconnect()
