"""The screen of conversations through its events: what the URL asks for, what users change, live updates."""

from typing import Any
from uuid import UUID, uuid4

from sekretarka.core import actor
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.conversations.models import Conversation
from sekretarka.domain.escalations.models import Escalation
from sekretarka.ui.live import POLL_SECONDS
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.ui import signed_calls as ringing
from tests.ui.conftest import Dashboard, People
from tests.ui.edits import edit
from tests.ui.tab import Tab

STATE = f"{ROOT}.sekretarka___ui___pages___conversations___state____conversations_state"
BOOT = f"{ROOT}.hydrate_and_load"
PATH = "/dashboard/conversations"
SOON = POLL_SECONDS / 2  # by the notification, not by the poll


class Screen:
    """One open tab of the screen; `seen` is the latest value of each of its vars."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    async def go_to(self, **query: str) -> None:
        """Go to the address with these filters."""
        await self.event(f"{STATE}.load", {}, **query)

    async def event(self, name: str, payload: dict[str, Any], **query: str) -> None:
        """Cause an event there."""
        query_string = "&".join(f"{key}={value}" for key, value in query.items())
        router = {"pathname": PATH, "asPath": f"{PATH}?{query_string}", "query": query}
        await self.tab.raw("event", {"name": name, "payload": payload, "router_data": router})
        await self.tab.settle(f"{PATH}?{query_string}")

    def seen(self, name: str) -> Any:
        """What the page would draw now."""
        values = [delta[STATE] for delta in self.tab.deltas if STATE in delta]
        return next((value[f"{name}_rx_state_"] for value in reversed(values) if f"{name}_rx_state_" in value), None)


async def screen(dashboard: Dashboard, session: str) -> Screen:
    """The screen in a new tab, which knows all its vars."""
    tab = await dashboard.tab(session)
    await tab.call(BOOT, path="/login")
    return Screen(tab)


async def stored(organization_id: UUID, conversation_id: UUID) -> Conversation:
    """The row as it is now."""
    async with begin(actor.system(organization_id)) as uow:
        return await uow.get(Conversation, conversation_id)


async def test_url_filters_the_list(dashboard: Dashboard, people: People) -> None:
    ola, kuba = [await factories.agent(people.organization_id, name=name) for name in ("Ola", "Kuba")]
    calls = [await ringing.past_call(people.organization_id, agent) for agent in (ola, ola, kuba)]
    page = await screen(dashboard, people["viewer"].session)
    for query, count in (
        ({}, 3),
        ({"agent": str(kuba.id)}, 1),
        ({"outcome": "booked", "agent": str(ola.id)}, 2),
        ({"outcome": "spam"}, 0),
        ({"status": "active"}, 0),
        ({"search": "botoks"}, 0),
        ({"search": "KERATYNE"}, 3),
        ({"from": "2026-11-20", "to": "2026-11-20"}, 3),
        ({"from": "2026-11-21"}, 0),
        ({"status": "nonsense", "page": "-1", "id": "x"}, 3),
    ):
        await page.go_to(**query)
        assert page.seen("total") == count, query
        assert len(page.seen("rows")) == count
    assert {row["agent"] for row in page.seen("rows")} == {"Ola", "Kuba"}
    assert {row["id"] for row in page.seen("rows")} == {str(call.id) for call in calls}


async def test_long_list_is_paginated(dashboard: Dashboard, people: People) -> None:
    agent = await factories.agent(people.organization_id)
    for _ in range(27):
        await ringing.past_call(people.organization_id, agent)
    page = await screen(dashboard, people["viewer"].session)
    await page.go_to(outcome="booked")
    assert (page.seen("first"), page.seen("last"), page.seen("total")) == (1, 25, 27)
    assert page.seen("next_href") == f"{PATH}?outcome=booked&page=2"
    await page.go_to(outcome="booked", page="2")
    assert (page.seen("first"), page.seen("last")) == (26, 27)
    assert page.seen("previous_href") == f"{PATH}?outcome=booked"
    assert page.seen("has_next") is False


async def test_open_conversation_shows_everything_but_the_transcript(dashboard: Dashboard, people: People) -> None:
    call = await ringing.past_call(people.organization_id)
    page = await screen(dashboard, people["viewer"].session)
    await page.go_to(id=str(call.id), tab="summary")
    detail = page.seen("detail")
    assert (detail["who"], detail["phone"], detail["outcome"], detail["mood"]) == (
        "Łucja Żak",
        "601 000 111",
        "booked",
        "good",
    )
    assert detail["cost"] == 37
    assert page.seen("tab") == "summary"
    # R4: transcripts are read from the API, the state never holds them.
    assert "Ile kosztuje keratyna?" not in page.tab.text()


async def test_unknown_conversation_is_shown_as_missing(dashboard: Dashboard, people: People) -> None:
    foreign_call = await ringing.past_call(people.other_organization_id)
    page = await screen(dashboard, people["owner"].session)
    for unknown in (str(uuid4()), str(foreign_call.id)):
        await page.go_to(id=unknown)
        assert page.seen("missing") is True
        assert page.seen("detail") is None


async def test_outcome_notes_and_follow_up_are_edited(dashboard: Dashboard, people: People) -> None:
    call = await ringing.past_call(people.organization_id)
    page = await screen(dashboard, people["staff"].session)
    await page.go_to(id=str(call.id), tab="summary")
    form = {"outcome": "message", "state": "open", "urgency": "high", "note": "Oddzwonić", "notes": "Stała klientka"}
    await page.event(f"{STATE}.save", edit(page.seen("record"), form), id=str(call.id))
    now = await stored(people.organization_id, call.id)
    assert (now.outcome, now.follow_up_state, now.follow_up_urgency) == ("message", "open", "high")
    assert (now.follow_up_note, now.notes) == ("Oddzwonić", "Stała klientka")
    assert page.seen("detail")["outcome"] == "message"
    assert page.seen("rows")[0]["follow_up"] == "high"


async def test_follow_up_is_assigned_to_a_member(dashboard: Dashboard, people: People) -> None:
    call = await ringing.past_call(people.organization_id)
    page = await screen(dashboard, people["staff"].session)
    await page.go_to(id=str(call.id), tab="summary")
    team = {person["id"] for person in page.seen("members")}
    assert team == {str(people[role].actor.user_id) for role in ("owner", "admin", "staff", "viewer")}
    stranger, owner = str(people["stranger"].actor.user_id), str(people["owner"].actor.user_id)
    for assignee, expected in ((owner, owner), (stranger, owner), ("", None)):
        form = {"state": "open", "urgency": "normal", "note": "", "assigneeId": assignee}
        await page.event(f"{STATE}.save", edit(page.seen("record"), form), id=str(call.id))
        now = (await stored(people.organization_id, call.id)).follow_up_assignee_id
        assert (str(now) if now else None) == expected
        assert set(page.seen("field_errors")) == ({"assigneeId"} if assignee == stranger else set())
    assert page.seen("detail")["assignee"] == ""


async def test_unchanged_fields_stay_open_to_the_ai(dashboard: Dashboard, people: People) -> None:
    call = await ringing.past_call(people.organization_id)
    page = await screen(dashboard, people["staff"].session)
    await page.go_to(id=str(call.id), tab="summary")
    form = {"notes": "tylko notatka"}
    await page.event(f"{STATE}.save", edit(page.seen("record"), form), id=str(call.id))
    now = await stored(people.organization_id, call.id)
    assert now.notes == "tylko notatka"
    assert now.field_versions.get("outcome") == call.field_versions.get("outcome")


async def test_invalid_input_is_shown_at_its_field(dashboard: Dashboard, people: People) -> None:
    call = await ringing.past_call(people.organization_id)
    page = await screen(dashboard, people["staff"].session)
    await page.go_to(id=str(call.id), tab="summary")
    for form, field in (
        ({"notes": "x" * 10_001}, "notes"),
        ({"note": "x" * 2_001}, "note"),
        ({"outcome": "gone fishing"}, "outcome"),
        ({"notes": "a\u202eb"}, "notes"),
    ):
        await page.event(f"{STATE}.save", edit(page.seen("record"), form), id=str(call.id))
        assert set(page.seen("field_errors")) == {field}
        assert page.seen("field_errors")[field]["pl"]
    assert (await stored(people.organization_id, call.id)).version == call.version


async def test_list_and_open_conversation_update_live(dashboard: Dashboard, people: People) -> None:
    line = await ringing.line(dashboard.url, people.organization_id)
    await line.ring("call_1", callerName="Zofia Wrona")
    page = await screen(dashboard, people["viewer"].session)
    await page.tab.call(BOOT, path=PATH)
    await page.tab.until(lambda: page.seen("total") == 1)
    opened = page.seen("rows")[0]["id"]
    await page.event(BOOT, {}, id=opened)
    await page.tab.until(lambda: (page.seen("detail") or {}).get("id") == opened)
    version = page.seen("detail")["version"]
    await line.say("call_1", 1, "Dzień dobry, czy jest wolny termin?")
    await page.tab.until(lambda: page.seen("detail")["version"] > version, SOON)
    await line.ring("call_2", callerName="Jan Bąk")
    await page.tab.until(lambda: page.seen("total") == 2, SOON)
    assert [row["state"] for row in page.seen("rows")] == ["active", "active"]
    assert page.seen("rows")[0]["who"] == "Jan Bąk"


async def test_first_who_takes_an_urgent_call_has_it(dashboard: Dashboard, people: People) -> None:
    call = await ringing.past_call(people.organization_id, await factories.agent(people.organization_id))
    async with begin(actor.system(people.organization_id), write=True) as uow:
        owns: dict[str, Any] = {"organization_id": people.organization_id, "conversation_id": call.id}
        uow.add(Escalation(id=new_id(), minutes=5, user_ids=[str(people["staff"].actor.user_id)], **owns))
    pages = [await screen(dashboard, people[who].session) for who in ("admin", "owner")]
    for page in pages:
        await page.go_to(id=str(call.id))
        assert page.seen("detail")["escalation"] == "open", "only who is on the list takes it by opening"
    for page, said in zip(pages, ("zajmujesz się tym", "Ktoś już się tym zajmuje"), strict=True):
        await page.event(f"{STATE}.take", {"conversation_id": str(call.id)}, id=str(call.id))
        await page.tab.until_script(said)
        assert page.seen("detail")["escalation"] == "acknowledged"
    assert (await stored(people.organization_id, call.id)).follow_up_assignee_id == people["admin"].actor.user_id
