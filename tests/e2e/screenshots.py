"""The pictures of README and docs, from a fresh demo: `make screenshots`."""

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, StorageState, async_playwright

from sekretarka.core.settings import settings
from tests.support import browser, site, workspace
from tests.support.processes import COMMAND, run, variables

FOLDER = workspace.ROOT / "docs" / "screenshots"


@dataclass(frozen=True)
class Picture:
    """One page, seen in one way."""

    name: str
    path: str
    width: int = 1360
    height: int = 860
    scheme: Literal["light", "dark"] = "light"
    language: str = "pl"


PICTURES = (
    Picture("overview", "/dashboard"),
    Picture("overview-dark", "/dashboard", scheme="dark"),
    Picture("overview-phone", "/dashboard", width=390, height=844),
    Picture("conversations", "/dashboard/conversations"),
    Picture("conversations-english", "/dashboard/conversations", language="en"),
    Picture("agents", "/dashboard/agents"),
    Picture("organization", "/dashboard/settings/organization"),
)


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
def calls_coming_in(shown: site.Site) -> Iterator[None]:
    """The sandbox's AI service keeps the phone ringing."""
    command = [str(COMMAND), "simulate", "--url", shown.url, "--calls", "200", "--rate", "0.2", "--speed", "1"]
    with subprocess.Popen(command, env=variables(database_url=shown.database_url, env="demo")) as calling:
        try:
            yield
        finally:
            calling.kill()


async def take(chromium: Browser, url: str, signed_in: StorageState, picture: Picture) -> Path:
    """One picture, once the page has its data and stands still."""
    context = await chromium.new_context(
        storage_state=signed_in,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        locale={"pl": "pl-PL", "en": "en-GB"}[picture.language],
        timezone_id="Europe/Warsaw",
        reduced_motion="reduce",
        device_scale_factor=1.5,
    )
    await context.add_cookies([{"name": "lang", "value": picture.language, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}{picture.path}")
    await page.wait_for_selector("h1")
    await page.wait_for_timeout(2500)
    target = FOLDER / f"{picture.name}.png"
    await page.screenshot(path=target)
    await context.close()
    return target


async def main() -> None:
    """Start the product, fill it, take every picture, stop."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    workspace.start()
    try:
        database_url = f"sqlite:///{workspace.folder() / 'site.db'}"
        seeded = run("seed", "--demo", database_url=database_url, env="demo", log_level="WARNING")
        assert seeded.returncode == 0, seeded.stderr
        shown = site.start(database_url, env="demo", log_level="WARNING")
        executable, needed = browser.find()
        with calls_coming_in(shown):
            await take_all(shown.url, executable, {"HOME": str(workspace.folder()), **needed})
    finally:
        workspace.end()


async def take_all(url: str, executable: Path, environment: dict[str, str | float | bool]) -> None:
    """Every picture, with one sign-in."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable, args=browser.FLAGS, env=environment)
        signed_in = await sign_in(chromium, url)
        for picture in PICTURES:
            target = await take(chromium, url, signed_in, picture)
            print(target.relative_to(workspace.ROOT))  # noqa: T201 - what the command made
        await chromium.close()


if __name__ == "__main__":
    assert settings.env != "production"
    asyncio.run(main())
