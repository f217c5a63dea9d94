"""An organization per test on the running site, its users signed in, and pages that must not fail."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.models import TenantTable
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import sessions
from sekretarka.domain.agents.models import Agent, AgentStatus
from tests import factories
from tests.support.site import Site

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
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

    def listen(self, context: BrowserContext) -> None:
        """Hear all pages of a context."""
        context.on("weberror", lambda failure: self._faults.append(str(failure.error)))
        context.on("console", self._hear)

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


@dataclass(frozen=True)
class Studio:
    """An organization with an owner, a viewer and one agent, on the site's own database."""

    url: str
    organization_id: UUID
    agent: Agent
    tokens: dict[Role, str]
    browser: Browser
    console: Console

    @asynccontextmanager
    async def open(
        self, path: str, role: Role | None = Role.OWNER, lang: str = "pl", refused: int | None = None, **options: Any
    ) -> AsyncIterator[Page]:
        """The page as a user of that role, or nobody, sees it; a script's failure or a console error fails the test.

        `refused` is the status of an answer that the test is about: Chromium notes each in the console.
        """
        options = {"viewport": WIDE, "reduced_motion": "reduce", **options}
        context = await self.browser.new_context(**options)
        cookies = {"lang": lang, **({COOKIE: self.tokens[role]} if role else {})}
        await context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        page = await context.new_page()
        if refused:
            self.console.expect(f"status of {refused} ")
        await page.goto(f"{self.url}{path}")
        await page.wait_for_selector("html:not([data-wait])")
        yield page
        await context.close()

    async def stored(self, row: TenantTable) -> Any:
        """The row as it is now."""
        async with begin(actor.system(self.organization_id)) as uow:
            return await uow.get(type(row), row.id)


@pytest.fixture
async def studio(site: Site, browser: Browser, console: Console) -> AsyncIterator[Studio]:
    """One for each test: tests never meet."""
    engine.connect(site.database_url)
    organization = await factories.organization()
    tokens = {}
    for role in (Role.OWNER, Role.VIEWER):
        member = await factories.member(organization.id, role)
        assert member.user_id is not None
        async with begin(actor.system(), write=True) as uow:
            _, tokens[role] = sessions.start(uow, member.user_id, organization.id, None)
    agent = await factories.agent(
        organization.id,
        phone_number="+48221000200",
        greeting="Dzień dobry, tu Ola.",
        status=AgentStatus.INACTIVE,
    )
    yield Studio(site.url, organization.id, agent, tokens, browser, console)
    await engine.disconnect()
