"""A real Chromium: an installed one, or the one npm has, unpacked once."""

import contextlib
import os
import platform
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Dialog, Page, async_playwright

from tests.support import not_run, npm, workspace

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Pages may reach this machine only.
FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]


WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
STYLE = {"viewport", "color_scheme"}  # what an open page can change


def find() -> tuple[Path, dict[str, str]]:
    """The executable and the variables it needs."""
    installed = next((path for name in NAMES if (path := shutil.which(name))), None)
    if installed:
        return Path(installed), {}
    if platform.system() == "Darwin":
        if MAC.exists():
            return MAC, {}
        not_run.missing("no browser: install Google Chrome")
    if platform.machine() not in ("x86_64", "AMD64"):
        not_run.missing("no browser: install the package chromium")
    return unpacked()


def unpacked() -> tuple[Path, dict[str, str]]:
    """The Chromium of npm's @sparticuz/chromium with its own libraries and fonts."""
    folder = workspace.ROOT / ".build" / "chromium"
    with workspace.locked("chromium", workspace.ROOT / ".build"):
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            npm.node("chromium.mjs", variables={"TMPDIR": str(folder)})
            (folder / "done").touch()
    return folder / "chromium", {
        "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
        "FONTCONFIG_PATH": str(folder / "fonts"),
    }


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium per test process; a test opens its own context in it."""
    executable, variables = find()
    home = tempfile.mkdtemp(dir=workspace.folder())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=FLAGS, env={**os.environ, **variables, "HOME": home}
        )
        yield browser
        with contextlib.suppress(Exception):
            await browser.close()


class Pages:
    """Pages that one test after another uses: what was fetched and compiled for the first is there for the next, which
    halves the processor time of opening one. Each is in a context of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._reusable: set[Page] = set()
        self._free: list[Page] = []
        self._own_listeners: set[str] = set()

    async def lend(self, **options: Any) -> Page:
        """An empty page, without cookies; in a new context if `options` are more than a page can change."""
        options = {"viewport": WIDE, "color_scheme": "light", **options}
        is_plain = options.keys() <= STYLE
        if not self._free or not is_plain:
            page = await (await self._browser.new_context(reduced_motion="reduce", **options)).new_page()
            self._own_listeners |= set(page._impl_obj.event_names())
            self._reusable |= {page} if is_plain else set()
            return page
        page = self._free.pop()
        await page.set_viewport_size(options["viewport"])
        await page.emulate_media(color_scheme=options["color_scheme"])
        return page

    async def take_back(self, page: Page, url: str) -> None:
        """Empty it at an address of the same origin without scripts: leaving the origin would end its process."""
        context = page.context
        if page not in self._reusable or self._is_changed(page):
            await context.close()
            return
        for other in context.pages[1:]:
            await other.close()
        page.on("dialog", _leave)
        await page.goto(url)
        page.remove_listener("dialog", _leave)
        await page.mouse.move(-1, -1)
        await page.evaluate("localStorage.clear(); sessionStorage.clear()")
        await context.clear_cookies()
        self._free.append(page)

    def _is_changed(self, page: Page) -> bool:
        """Somebody listens to it, answers for its servers, or closed it."""
        own = page._impl_obj
        taken_over = own._routes or own._web_socket_routes or own._bindings
        return page.is_closed() or bool(taken_over) or not self._own_listeners.issuperset(own.event_names())


async def _leave(dialog: Dialog) -> None:
    """With whatever was not saved."""
    await dialog.accept()


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    """The pages of the test process's Chromium."""
    return Pages(browser)
