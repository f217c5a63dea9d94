"""The screens of keys and sessions through their events: what they show, what they end, what they never tell."""

from typing import Any

import httpx2

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Permission
from sekretarka.domain.accounts.sessions import find
from sekretarka.domain.organizations import api_keys
from sekretarka.ui.reflex_internals import ROOT
from tests.ui.conftest import Dashboard, People, Person, sign_in
from tests.ui.tab import Tab, unguarded

SECURITY = f"{ROOT}.sekretarka___ui___pages___security___state____security_state"
KEYS = f"{ROOT}.sekretarka___ui___pages___api_keys___state____api_keys_state"
LOAD = f"{ROOT}.sekretarka___ui___session____session_state.load"
FOLLOW = f"{ROOT}.sekretarka___ui___live____live_state.follow"


def seen(tab: Tab, state: str, name: str) -> Any:
    """The latest value of a var."""
    values = [delta[state] for delta in tab.deltas if state in delta]
    return next((value[f"{name}_rx_state_"] for value in reversed(values) if f"{name}_rx_state_" in value), None)


async def elsewhere(dashboard: Dashboard, person: Person) -> tuple[Tab, str]:
    """Another browser of the same person with a page open, and its session's id."""
    again = await sign_in(person.actor)
    tab = await dashboard.tab(again.session)
    await tab.call(LOAD)
    await tab.send(FOLLOW)
    await tab.settle()
    async with begin(person.actor) as uow:
        return tab, str((await find(uow))[0].id)


async def test_ending_a_session_here_empties_and_sends_away_the_page_there(
    dashboard: Dashboard, people: People
) -> None:
    owner = people["owner"]
    other_tab, session_id = await elsewhere(dashboard, owner)
    this_tab = await dashboard.tab(owner.session)
    await this_tab.call(f"{SECURITY}.load")
    rows = seen(this_tab, SECURITY, "rows")
    assert [row["current"] for row in rows] == [True, False]
    assert rows[1]["id"] == session_id
    await this_tab.call(f"{SECURITY}.revoke", {"session_id": session_id})
    assert len(seen(this_tab, SECURITY, "rows")) == 1
    await other_tab.until(lambda: "/login" in other_tab.scripts(), 15)
    await other_tab.call(unguarded("hold"), {"word": "after"})
    assert dashboard.ran() == []
    await this_tab.call(unguarded("hold"), {"word": "still here"})
    assert dashboard.ran() == ["hold owner"]


async def test_all_others_are_sent_away_at_once(dashboard: Dashboard, people: People) -> None:
    owner = people["owner"]
    others = [(await elsewhere(dashboard, owner))[0] for _ in range(2)]
    this_tab, stranger = await dashboard.tab(owner.session), await dashboard.tab(people["stranger"].session)
    await this_tab.call(f"{SECURITY}.revoke_others")
    for tab in others:
        await tab.call(unguarded("hold"), {"word": "after"})
        await tab.until(lambda tab=tab: "/login" in tab.scripts(), 15)  # type: ignore[misc]
    for tab in (this_tab, stranger):
        await tab.call(unguarded("hold"), {"word": "still here"})
    assert dashboard.ran() == ["hold owner", "hold owner"]


async def test_a_new_key_goes_to_its_browser_and_nowhere_else(dashboard: Dashboard, people: People) -> None:
    this_tab, other_browser = [await dashboard.tab(people["admin"].session) for _ in range(2)]
    await other_browser.call(f"{KEYS}.load")
    form = {"name": "Recepcja", "lifetime": "30", "scope.agents:read": "agents:read"}
    await this_tab.call(f"{KEYS}.create", {"form": form})
    async with begin(people["owner"].actor) as uow:
        [row] = await api_keys.find(uow)
    [secret_script] = [script for script in this_tab.events if "sekretarka:secret" in str(script)]
    start = str(secret_script).index(f"{row.prefix}_")
    secret = str(secret_script)[start : start + 67]
    async with httpx2.AsyncClient(base_url=dashboard.url, headers={"Authorization": f"Bearer {secret}"}) as program:
        assert (await program.get("/api/v1/agents")).status_code == 200
        assert (await program.get("/api/v1/conversations")).status_code == 403
    assert seen(this_tab, KEYS, "rows")[0]["name"] == "Recepcja"
    await other_browser.call(f"{KEYS}.load")
    for text in (str(this_tab.deltas), other_browser.text(), dashboard.logged()):
        assert secret not in text


async def test_what_no_key_may_be_stands_at_its_field(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["admin"].session)
    beyond = str(Permission.ORGANIZATIONS_DELETE)
    for form, field in (
        ({"name": "x"}, "scopes"),
        ({"scope.agents:read": "on"}, "name"),
        ({"name": "x", f"scope.{beyond}": "on"}, "scopes"),
        ({"name": "x", "scope.agents:fly": "on"}, "scopes"),
    ):
        await tab.call(f"{KEYS}.create", {"form": form})
        assert set(seen(tab, KEYS, "field_errors")) == {field}
    assert "sekretarka:secret" not in tab.scripts()
    async with begin(actor.system(people.organization_id)) as uow:
        assert await api_keys.find(uow) == []
