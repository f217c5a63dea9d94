"""axe-core inside a page: what a screen reader or a keyboard would stumble over."""

from functools import cache

from playwright.async_api import Page

from tests.support import npm

# Base UI's own guards around an open menu: invisible, they only hand the focus on.
IGNORED = [["[data-base-ui-focus-guard]"]]

# Once nothing moves: colours change in a moment, and what inherits one after that.
RUN = """async (exclude) => {
  const running = () => document.getAnimations().filter((one) => one.playState === 'running');
  while (running().length) await Promise.allSettled(running().map((one) => one.finished));
  const {violations} = await axe.run({exclude}, {resultTypes: ['violations']});
  return violations.flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${node.html.slice(0, 160)}`));
}"""


@cache
def _source() -> str:
    return (npm.install() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def faults(page: Page) -> list[str]:
    """Every violation as one readable line; what passed stays in the page."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_source() + "\n;undefined")
    found: list[str] = await page.evaluate(RUN, IGNORED)
    return found
