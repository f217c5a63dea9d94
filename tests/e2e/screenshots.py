"""Every screen in every look, from a fresh demo: `make screenshots`.

The pictures are for looking at and go to a folder that git ignores; the README's own goes to `docs/pictures`.
"""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, StorageState, async_playwright

from sekretarka.core.runtime.settings import settings
from tests.support import browser, site, workspace
from tests.support.processes import COMMAND, run, variables

FOLDER = workspace.ROOT / "screenshots"
README = workspace.ROOT / "docs" / "pictures" / "overview.png"
README_IS = "overview-light-pl-1440"
SIZES = {1440: 900, 390: 844}
AT_ONCE = 2

Scheme = Literal["light", "dark"]
# Name, address, and what is opened there by its first link, if anything.
SCREENS = (
    ("login", "/login", None),
    ("register", "/register", None),
    ("reset", "/reset", None),
    ("new-password", "/reset/new", None),
    ("verify", "/verify", None),
    ("mail", "/sandbox/mail", None),
    ("sms", "/sandbox/sms", None),
    ("overview", "/dashboard", None),
    ("tasks", "/dashboard/tasks", None),
    ("task", "/dashboard/tasks", "#tasks li a"),
    ("task-new", "/dashboard/tasks?new=1", None),
    ("tasks-done", "/dashboard/tasks?view=done", None),
    ("conversations", "/dashboard/conversations", None),
    ("conversation", "/dashboard/conversations?outcome=booked", "tbody a"),
    ("conversations-empty", "/dashboard/conversations?search=qwxyz", None),
    ("appointments", "/dashboard/appointments?view=day", None),
    ("appointments-week", "/dashboard/appointments?view=week", None),
    ("appointments-month", "/dashboard/appointments?view=month", None),
    ("appointments-list", "/dashboard/appointments?view=list", None),
    ("appointment", "/dashboard/appointments?view=list", "section li a"),
    ("appointment-new", "/dashboard/appointments?view=day&new=1", None),
    ("messages", "/dashboard/messages", None),
    ("messages-thread", "/dashboard/messages", "#threads li a"),
    ("message-new", "/dashboard/messages?new=1", None),
    ("clients", "/dashboard/clients", None),
    ("client", "/dashboard/clients", "tbody a"),
    ("agents", "/dashboard/agents", None),
    ("agent", "/dashboard/agents", "article a"),
    ("services", "/dashboard/services", None),
    ("service", "/dashboard/services", "tbody a"),
    ("staff", "/dashboard/services?tab=staff", None),
    ("hours", "/dashboard/settings/hours", None),
    ("templates", "/dashboard/settings/templates?template=reminder_day", None),
    ("integrations", "/dashboard/settings/integrations", None),
    ("integration-new", "/dashboard/settings/integrations?new=twilio", None),
    ("profile", "/dashboard/settings/profile", None),
    ("notifications", "/dashboard/settings/notifications", None),
    ("security", "/dashboard/settings/security", None),
    ("organization", "/dashboard/settings/organization", None),
    ("team", "/dashboard/settings/team", None),
    ("team-invite", "/dashboard/settings/team?invite=1", None),
    ("new-organization", "/dashboard/organizations/new", None),
    ("invite", "/invite", None),
    ("api-keys", "/dashboard/settings/api-keys", None),
    ("api-key-new", "/dashboard/settings/api-keys?new=1", None),
    ("not-found", "/nie-ma-takiej", None),
)
SIGNED_OUT = ("login", "register", "reset", "new-password", "verify")


@dataclass(frozen=True)
class Picture:
    """One screen, seen in one way."""

    screen: str
    path: str
    opens: str | None
    scheme: Scheme
    language: str
    width: int

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.screen}-{self.scheme}-{self.language}-{self.width}"


def pictures() -> list[Picture]:
    """Screens by theme, language and size."""
    schemes: tuple[Scheme, ...] = ("light", "dark")
    return [
        Picture(screen, path, opens, scheme, language, width)
        for screen, path, opens in SCREENS
        for scheme in schemes
        for language in ("pl", "en")
        for width in SIZES
    ]


async def sign_in(chromium: Browser, url: str) -> StorageState:
    """As a person does, the demo's form is filled in already; the cookies."""
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(f"{url}/login")
    await page.wait_for_load_state("networkidle")
    await page.click("button[type=submit]")
    await page.wait_for_url("**/dashboard/**")
    cookies = await context.storage_state()
    await context.close()
    return cookies


@contextlib.contextmanager
def calls_coming_in(demo: site.Site) -> Iterator[None]:
    """The sandbox's AI service makes calls."""
    command = [str(COMMAND), "simulate", "--url", demo.url, "--calls", "200", "--rate", "0.2", "--speed", "1"]
    with subprocess.Popen(command, env=variables(database_url=demo.database_url, env="demo")) as calling:
        try:
            yield
        finally:
            calling.kill()


async def take(chromium: Browser, url: str, signed_in: StorageState, picture: Picture) -> Path:
    """One picture, once the page has its data and stands still."""
    context = await chromium.new_context(
        storage_state=None if picture.screen in SIGNED_OUT else signed_in,
        viewport={"width": picture.width, "height": SIZES[picture.width]},
        color_scheme=picture.scheme,
        locale={"pl": "pl-PL", "en": "en-GB"}[picture.language],
        timezone_id="Europe/Warsaw",
        reduced_motion="reduce",
        device_scale_factor=1.5 if picture.name == README_IS else 1,
    )
    await context.add_cookies([{"name": "lang", "value": picture.language, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}{picture.path}")
    await page.wait_for_selector("h1")
    await settle(page)
    if picture.opens:
        await page.locator(picture.opens).first.click()
        await settle(page)
    target = FOLDER / f"{picture.name}.png"
    await page.screenshot(path=target)
    await context.close()
    return target


async def settle(page: Page) -> None:
    """Data has come and nothing moves."""
    await page.wait_for_function("() => !document.querySelector('.skeleton')")
    await page.wait_for_timeout(1500)


async def main() -> None:
    """Start the product, fill it, take every picture, stop."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    workspace.start()
    try:
        database_url = f"sqlite:///{workspace.folder() / 'site.db'}"
        seeded = run("seed", "--demo", database_url=database_url, env="demo", log_level="WARNING")
        assert seeded.returncode == 0, seeded.stderr
        demo = site.start(database_url, env="demo", log_level="WARNING")
        executable, needed = browser.find()
        with calls_coming_in(demo):
            await take_all(demo.url, executable, {"HOME": str(workspace.folder()), **needed})
    finally:
        workspace.end()


async def take_all(url: str, executable: Path, environment: dict[str, str | float | bool]) -> None:
    """Every picture, with one sign-in, a few at once."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable, args=browser.FLAGS, env=environment)
        signed_in = await sign_in(chromium, url)
        free = asyncio.Semaphore(AT_ONCE)

        async def take_one(picture: Picture) -> None:
            async with free:
                target = await take(chromium, url, signed_in, picture)
                print(target.relative_to(workspace.ROOT), flush=True)  # noqa: T201 - what the command made

        await asyncio.gather(*(take_one(picture) for picture in pictures()))
        await chromium.close()
    README.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(FOLDER / f"{README_IS}.png", README)


if __name__ == "__main__":
    assert settings.env != "production"
    asyncio.run(main())
