"""axe-core inside a page: what a screen reader or a keyboard would stumble over."""

from functools import cache

from playwright.async_api import Page

from tests.support import npm

# Base UI's own guards around an open menu: invisible, they only hand the focus on.
IGNORED = [["[data-base-ui-focus-guard]"]]


@cache
def _source() -> str:
    return (npm.install() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def faults(page: Page) -> list[str]:
    """Every violation as one readable line."""
    await page.evaluate(_source() + "\n;undefined")
    report = await page.evaluate("(exclude) => axe.run({exclude}, {resultTypes: ['violations']})", IGNORED)
    return [f"{fault['id']}: {node['html'][:160]}" for fault in report["violations"] for node in fault["nodes"]]
