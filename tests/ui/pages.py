"""Pages that are open and loaded, and what they show."""

from collections.abc import Callable

from sekretarka.ui.reflex_internals import ROOT
from tests.ui.conftest import Dashboard
from tests.ui.tab import Tab

BOOT = f"{ROOT}.hydrate_and_load"
SESSION = f"{ROOT}.sekretarka___ui___session____session_state"


async def open_page(dashboard: Dashboard, session: str, **options: str) -> Tab:
    """A tab with the overview open and loaded."""
    router = {"pathname": "/dashboard", "asPath": "/dashboard"}
    boot = {"name": BOOT, "payload": {}, "router_data": router}
    tab = await dashboard.tab(session, boot=boot, **options)
    await tab.until(lambda: any(delta.get(SESSION, {}).get("email_rx_state_") for delta in tab.deltas))
    await tab.settle()
    return tab


def shows(tab: Tab, live_calls: int) -> Callable[[], bool]:
    return lambda: any(delta.get(SESSION, {}).get("live_calls_rx_state_") == live_calls for delta in tab.deltas)
