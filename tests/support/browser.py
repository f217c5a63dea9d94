"""A real Chromium: an installed one, or the one npm has, unpacked once."""

import contextlib
import os
import platform
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.support import not_run, npm, workspace

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Pages may reach this machine only.
FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]


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
