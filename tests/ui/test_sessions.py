"""A tab lives exactly as long as its session and its rights do."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts.models import Session
from sekretarka.domain.organizations.models import Membership
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.ui import signed_calls as ringing
from tests.ui.conftest import Dashboard, People, Person, sign_out
from tests.ui.tab import unguarded

BOOT = f"{ROOT}.hydrate_and_load"
LOAD = f"{ROOT}.sekretarka___ui___session____session_state.load"
TEAM = f"{ROOT}.sekretarka___ui___pages___team___state____team_state"
REMOVE = f"{TEAM}.remove"
FOLLOW = f"{ROOT}.sekretarka___ui___live____live_state.follow"


async def _change_role(person: Person, role: Role | None) -> None:
    of_person = col(Membership.user_id) == person.actor.user_id
    change = (
        sa.delete(Membership).where(of_person)
        if role is None
        else sa.update(Membership).where(of_person).values(role=role)
    )
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(change)


async def _move(person: Person, organization_id: UUID) -> None:
    change = sa.update(Session).where(col(Session.user_id) == person.actor.user_id)
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(change.values(organization_id=organization_id))


async def test_a_revoked_session_is_denied_on_the_next_event_and_leaves_an_empty_state(
    dashboard: Dashboard, people: People
) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(unguarded("hold"), {"word": "before"})
    await sign_out(people["owner"])
    await tab.call(unguarded("hold"), {"word": "after"})
    assert dashboard.ran() == ["hold owner"]
    assert "/login?callbackUrl=/dashboard" in tab.scripts()
    seen = len(tab.deltas)
    await tab.call(BOOT)
    assert "before" in tab.text()
    assert '"before"' not in str(tab.deltas[seen:])


async def test_an_idle_tab_is_sent_away_when_its_session_ends(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["owner"].session)
    await tab.call(LOAD)
    await tab.send(FOLLOW)
    await tab.settle()
    await sign_out(people["owner"])
    await tab.until(lambda: "/login" in tab.scripts(), 15)


async def test_a_changed_role_empties_the_tab_and_loads_it_afresh(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["admin"].session)
    await tab.call(unguarded("hold"), {"word": "as-admin"})
    await _change_role(people["admin"], Role.VIEWER)
    await tab.call(unguarded("write"), {"n": 1})
    assert "location.reload" in tab.scripts()
    assert dashboard.ran() == ["hold admin"]
    await tab.close()
    again = await dashboard.reopen(tab.token, people["admin"].session)
    await again.call(BOOT)
    await again.call(unguarded("write"), {"n": 1})
    assert dashboard.ran() == ["hold admin"]
    assert "as-admin" not in again.text()


async def test_a_removed_member_can_do_nothing_any_more(dashboard: Dashboard, people: People) -> None:
    tab = await dashboard.tab(people["admin"].session)
    await tab.call(unguarded("write"), {"n": 1})
    await _change_role(people["admin"], None)
    await tab.call(unguarded("write"), {"n": 2})
    await tab.call(unguarded("write"), {"n": 3})
    assert dashboard.ran() == ["write 1 None"]
    assert "FORBIDDEN" not in tab.scripts(), "the page itself says that there is no organisation"


async def test_an_idle_tab_of_a_removed_member_is_sent_away(dashboard: Dashboard, people: People) -> None:
    """By the team's own screen, as an owner does it."""
    member = people["staff"]
    tab, owner = await dashboard.tab(member.session), await dashboard.tab(people["owner"].session)
    await tab.call(LOAD)
    await tab.send(FOLLOW)
    await tab.settle()
    await owner.call(REMOVE, {"user_id": str(member.actor.user_id)})
    await tab.until(lambda: "/login" in tab.scripts(), 15)


async def test_another_organisation_begins_with_an_empty_tree(dashboard: Dashboard, people: People) -> None:
    owner = people["owner"]
    other = await factories.organization(name="Drugi salon")
    assert owner.actor.user_id is not None
    async with begin(actor.system(), write=True) as uow:
        uow.add(Membership(organization_id=other.id, user_id=owner.actor.user_id, role=Role.OWNER))
    tab = await dashboard.tab(owner.session)
    await tab.call(unguarded("hold"), {"word": "first-salon"})
    await _move(owner, other.id)
    await tab.call(unguarded("hold"), {"word": "x"})
    assert "location.reload" in tab.scripts()
    await tab.close()
    again = await dashboard.reopen(tab.token, owner.session, boot={"name": BOOT})
    await again.settle()
    assert "first-salon" not in again.text()


async def test_what_each_role_is_sent_on_load_is_their_own(dashboard: Dashboard, people: People) -> None:
    """Hydrate and load every page's frame as everybody: no secret, no hash, no row of another business."""
    own_call = await ringing.past_call(people.organization_id)
    other_call = await ringing.past_call(people.other_organization_id)
    async with begin(actor.system()) as uow:
        hashes = (await uow.execute(sa.select(col(Session.token_hash)))).scalars().all()
    for who, foreign in [(role.value, other_call) for role in Role] + [("stranger", own_call)]:
        tab = await dashboard.tab(people[who].session, boot={"name": BOOT, "payload": {}})
        for path in ("/dashboard", "/dashboard/conversations", "/dashboard/agents", "/dashboard/settings/organization"):
            await tab.call(BOOT, path=path)
            await tab.settle(path)
        text = tab.text()
        assert str(foreign.id) not in text
        assert str(foreign.organization_id) not in text
        for canary in (people[who].session, "whsec_", "$argon2", *hashes):
            assert canary not in text


async def test_of_two_tabs_that_choose_a_role_the_later_one_is_told(dashboard: Dashboard, people: People) -> None:
    member = str(people["staff"].actor.user_id)
    tab, other = await dashboard.tab(people["owner"].session), await dashboard.tab(people["owner"].session)
    await other.call(f"{TEAM}.change_role", {"user_id": member, "role": "viewer", "shown": "staff"})
    seen = len(tab.deltas)
    await tab.call(f"{TEAM}.change_role", {"user_id": member, "role": "admin", "shown": "staff"})
    await tab.until_script("w międzyczasie zmienił")
    rows = [delta[TEAM]["rows_rx_state_"] for delta in tab.deltas[seen:] if "rows_rx_state_" in delta.get(TEAM, {})]
    assert {row["id"]: row["role"] for row in rows[-1]}[member] == "viewer", "what it is by now is shown"
