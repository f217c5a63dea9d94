"""A page of the dashboard in one tab, by its events and vars alone."""

from typing import Any, ClassVar, Self

from sekretarka.ui.reflex_internals import ROOT
from tests.ui.conftest import Dashboard
from tests.ui.tab import Tab


class Screen:
    """One open tab at the page `path`; `seen` is the latest value of a var, of the page's own `state` or another."""

    path: ClassVar[str]
    state: ClassVar[str]

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    @classmethod
    async def open(cls, dashboard: Dashboard, session: str) -> Self:
        """A new tab that knows all its vars."""
        tab = await dashboard.tab(session)
        await tab.call(f"{ROOT}.hydrate_and_load", path="/login")
        return cls(tab)

    async def event(self, name: str, payload: dict[str, Any] | None = None, /, **query: str) -> None:
        """Cause an event at the address with this query."""
        query_string = "&".join(f"{key}={value}" for key, value in query.items())
        router = {"pathname": self.path, "asPath": f"{self.path}?{query_string}", "query": query}
        await self.tab.raw("event", {"name": name, "payload": payload or {}, "router_data": router})
        await self.tab.settle(f"{self.path}?{query_string}")

    def seen(self, name: str, state: str | None = None) -> Any:
        """What the page would draw now."""
        of = state or self.state
        values = [delta[of] for delta in self.tab.deltas if of in delta]
        return next((value[f"{name}_rx_state_"] for value in reversed(values) if f"{name}_rx_state_" in value), None)
