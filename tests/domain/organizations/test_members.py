"""Members: who may change whom, an owner always stays, and nothing is left of who is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from sekretarka.core import actor
from sekretarka.core.actor import ANONYMOUS, Actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import (
    AppError,
    Forbidden,
    InvalidApiKey,
    LastOwner,
    NotFound,
    PreconditionFailed,
    Unauthenticated,
)
from sekretarka.core.permissions import KEY_SCOPES, Permission, Role, covers
from sekretarka.core.runtime import clock
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.accounts.models import User
from sekretarka.domain.auth.api_key_auth import actor_of_api_key
from sekretarka.domain.auth.session_auth import actor_of_session
from sekretarka.domain.organizations import api_keys, members
from sekretarka.domain.organizations.members import MemberView
from sekretarka.domain.organizations.models import Invitation, Membership, Organization
from tests import factories
from tests.support.accounts import joins, session_of


async def changed(by: Actor, who: Actor, role: Role) -> Membership:
    async with begin(by, write=True) as uow:
        return await members.change_role(uow, place(who), person(who), role)


async def removed(by: Actor, who: Actor) -> Membership:
    async with begin(by, write=True) as uow:
        return await members.remove(uow, place(who), person(who))


def place(who: Actor) -> UUID:
    assert who.organization_id is not None
    return who.organization_id


def person(who: Actor) -> UUID:
    assert who.user_id is not None
    return who.user_id


async def roles(organization_id: UUID) -> dict[UUID, Role]:
    async with begin(actor.system()) as uow:
        rows = await uow.list(select(Membership).where(Membership.organization_id == organization_id))
    return {row.user_id: row.role for row in rows}


async def listed(by: Actor) -> list[MemberView]:
    async with begin(by) as uow:
        return (await members.page(uow, place(by), PageQuery()))[1]


async def user_of(who: Actor) -> User:
    async with begin(actor.system()) as uow:
        user = await uow.one_or_none(select(User).where(User.id == person(who)))
    assert user is not None
    return user


@pytest.fixture
async def team(database: engine.Database) -> dict[Role, Actor]:
    """One of each, and a second owner to be demoted or removed."""
    business = await factories.organization()
    team = {role: await factories.member(business.id, role) for role in Role}
    await factories.member(business.id, Role.OWNER)
    return team


async def test_members_are_listed_with_profile_and_last_use(team: dict[Role, Actor]) -> None:
    staff = team[Role.STAFF]
    await session_of(await user_of(staff), place(staff))
    elsewhere = await factories.organization(name="Warsztat")
    admin = await user_of(team[Role.ADMIN])
    await joins(admin, elsewhere.id)
    await session_of(admin, elsewhere.id)
    views = {view.role: view for view in await listed(team[Role.ADMIN])}
    assert set(views) == set(Role)
    seen = views[Role.STAFF].last_seen_at
    assert seen is not None
    assert clock.now() - seen < timedelta(minutes=1)
    assert views[Role.ADMIN].last_seen_at is None, "what somebody does in another business is nobody's business"
    assert views[Role.STAFF].user_id == staff.user_id
    assert views[Role.STAFF].email == (await user_of(staff)).email


@pytest.mark.parametrize("role", list(Role))
async def test_member_names_show_names_only(team: dict[Role, Actor], role: Role) -> None:
    async with begin(team[role]) as uow:
        member_names = await members.names(uow)
    assert {user_id for user_id, _ in member_names} == set(await roles(place(team[role])))
    if Permission.MEMBERS_READ not in team[role].permissions:
        with pytest.raises(Forbidden):
            await listed(team[role])


@pytest.mark.parametrize("own_role", list(Role))
async def test_roles_above_ones_own_cannot_be_granted_or_removed(team: dict[Role, Actor], own_role: Role) -> None:
    by = team[own_role]
    manages = own_role in (Role.OWNER, Role.ADMIN)
    for before in Role:
        for after in Role:
            other = await factories.member(place(by), before)
            may = manages and covers(own_role, before) and covers(own_role, after)
            if may:
                assert (await changed(by, other, after)).role is after
            else:
                with pytest.raises(Forbidden):
                    await changed(by, other, after)
            assert (await roles(place(by)))[person(other)] is (after if may else before)


@pytest.mark.parametrize("own_role", list(Role))
async def test_removal_permissions_by_role(team: dict[Role, Actor], own_role: Role) -> None:
    by = team[own_role]
    for other_role in Role:
        other = await factories.member(place(by), other_role)
        may = own_role in (Role.OWNER, Role.ADMIN) and covers(own_role, other_role)
        if may:
            await removed(by, other)
        else:
            with pytest.raises(Forbidden):
                await removed(by, other)
        assert (person(other) in await roles(place(by))) != may


def test_the_order_of_roles() -> None:
    assert [[covers(own_role, other_role) for other_role in Role] for own_role in Role] == [
        [True, True, True, True],
        [False, True, True, True],
        [False, False, True, True],
        [False, False, False, True],
    ]


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_may_leave(team: dict[Role, Actor], role: Role) -> None:
    home = await factories.organization(name="Dom")
    await joins(await user_of(team[role]), home.id)
    token = await session_of(await user_of(team[role]), place(team[role]))
    await removed(team[role], team[role])
    assert person(team[role]) not in await roles(place(team[role]))
    caller = await actor_of_session(token)
    assert caller is not None
    assert caller.organization_id == home.id, "who left works on, elsewhere"


async def test_last_owner_cannot_leave(database: engine.Database) -> None:
    business = await factories.organization()
    owner, admin = await factories.member(business.id), await factories.member(business.id, Role.ADMIN)
    with pytest.raises(LastOwner):
        await changed(owner, owner, Role.ADMIN)
    with pytest.raises(LastOwner):
        await removed(owner, owner)
    with pytest.raises(Forbidden):
        await removed(admin, owner)
    await changed(owner, admin, Role.OWNER)
    await changed(owner, owner, Role.VIEWER)
    assert await roles(business.id) == {person(owner): Role.VIEWER, person(admin): Role.OWNER}


async def test_the_same_role_again_changes_nothing(team: dict[Role, Actor]) -> None:
    before = await changed(team[Role.OWNER], team[Role.STAFF], Role.STAFF)
    assert before.version == 1


async def test_a_role_that_was_not_shown_is_not_replaced(team: dict[Role, Actor]) -> None:
    owner, staff = team[Role.OWNER], team[Role.STAFF]
    for role, shown, refused in (
        (Role.ADMIN, Role.VIEWER, True),
        (Role.VIEWER, Role.STAFF, False),
        (Role.ADMIN, Role.STAFF, True),
        (Role.VIEWER, Role.STAFF, False),  # what it is already: nothing to lose
    ):
        async with begin(owner, write=True) as uow:
            with pytest.raises(PreconditionFailed) if refused else nullcontext():
                await members.change_role(uow, place(staff), person(staff), role, shown=shown)
    assert (await roles(place(owner)))[person(staff)] is Role.VIEWER


Act = Callable[[Actor, Actor], Awaitable[Membership]]


async def demote(by: Actor, who: Actor) -> Membership:
    return await changed(by, who, Role.ADMIN)


async def resign(by: Actor, _who: Actor) -> Membership:
    return await changed(by, by, Role.VIEWER)


async def businesses_of_two(count: int) -> list[tuple[Actor, Actor]]:
    """Made at once, as commits are what takes time."""
    iga, ola = await factories.user(), await factories.user()
    pairs = []
    async with begin(actor.system(), write=True) as uow:
        for _ in range(count):
            business = uow.add(Organization(name="Studio Lawenda"))
            await uow.flush()
            owners = [Actor("user", business.id, user.id, role=Role.OWNER) for user in (iga, ola)]
            for who in owners:
                uow.add(Membership(organization_id=business.id, user_id=person(who), role=Role.OWNER))
            pairs.append((owners[0], owners[1]))
    return pairs


async def race(act: Act, other_act: Act, rounds: int) -> None:
    """Over and over two owners do it to each other, or both step back, at the same moment."""
    pairs = await businesses_of_two(rounds)
    tries = [attempt for iga, ola in pairs for attempt in (act(iga, ola), other_act(ola, iga))]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert {type(result) for result in results} <= {Membership, LastOwner, Forbidden, NotFound}
    async with begin(actor.system()) as uow:
        owners = await uow.list(select(Membership).where(Membership.role == Role.OWNER))
    assert sorted(row.organization_id for row in owners) == sorted(place(iga) for iga, _ in pairs), "one always stays"


RACES = pytest.mark.parametrize(
    ("act", "other_act"), [(demote, demote), (removed, demote), (resign, resign), (removed, resign)]
)


@RACES
async def test_concurrent_removals_keep_one_owner(database: engine.Database, act: Act, other_act: Act) -> None:
    await race(act, other_act, 20)


@pytest.mark.soak
@RACES
async def test_one_owner_stays_in_five_hundred_businesses(database: engine.Database, act: Act, other_act: Act) -> None:
    await race(act, other_act, 500)


def offered(by: Actor, role: Role) -> Invitation:
    return Invitation(
        organization_id=place(by), invited_by_id=by.user_id, email="x", email_key="x", role=role, token_hash=role
    )


async def test_removed_member_loses_sessions_keys_and_invitations(team: dict[Role, Actor]) -> None:
    admin, owner = team[Role.ADMIN], team[Role.OWNER]
    user = await user_of(admin)
    other_organization, own_organization_id = await factories.organization(name="Warsztat"), place(admin)
    await joins(user, other_organization.id, Role.STAFF)
    own_token, other_token = await session_of(user, own_organization_id), await session_of(user, other_organization.id)
    async with begin(actor.system(), write=True) as uow:
        _, key = api_keys.issue(uow, place(admin), user.id, "AI", KEY_SCOPES)
        _, other_key = api_keys.issue(uow, other_organization.id, user.id, "AI", KEY_SCOPES)
        uow.add(offered(admin, Role.STAFF))
    await removed(owner, admin)
    assert await actor_of_session(own_token) is None
    with pytest.raises(NotFound):
        await actor_of_session(other_token, place(admin))
    assert await actor_of_session(other_token) is not None
    assert (await actor_of_api_key(other_key)).organization_id == other_organization.id
    await joins(user, place(admin), Role.ADMIN)
    with pytest.raises(InvalidApiKey):
        await actor_of_api_key(key)
    async with begin(actor.system()) as uow:
        [left] = await uow.list(select(Invitation).where(Invitation.invited_by_id == user.id))
    assert left.revoked_at is not None


@pytest.mark.parametrize(("role", "stored"), [(Role.VIEWER, set()), (Role.ADMIN, {Role.ADMIN, Role.STAFF})])
async def test_demoted_members_invitations_are_limited_to_their_role(
    team: dict[Role, Actor], role: Role, stored: set[Role]
) -> None:
    other = await factories.member(place(team[Role.OWNER]))
    async with begin(actor.system(), write=True) as uow:
        for each in (Role.OWNER, Role.ADMIN, Role.STAFF):
            uow.add(offered(other, each))
    await changed(team[Role.OWNER], other, role)
    async with begin(actor.system()) as uow:
        rows = await uow.list(select(Invitation).where(Invitation.invited_by_id == other.user_id))
    assert {row.role for row in rows if row.revoked_at is None} == stored


async def test_new_role_applies_from_the_next_request(team: dict[Role, Actor]) -> None:
    token = await session_of(await user_of(team[Role.STAFF]), place(team[Role.STAFF]))
    async with begin(actor.system(), write=True) as uow:
        _, key = api_keys.issue(uow, place(team[Role.ADMIN]), person(team[Role.ADMIN]), "AI", KEY_SCOPES)
    await changed(team[Role.OWNER], team[Role.STAFF], Role.VIEWER)
    await changed(team[Role.OWNER], team[Role.ADMIN], Role.VIEWER)
    caller = await actor_of_session(token)
    assert caller is not None
    assert caller.role is Role.VIEWER
    assert Permission.CONVERSATIONS_WRITE not in (await actor_of_api_key(key)).permissions


async def test_permissions_come_from_the_role_in_that_organization(team: dict[Role, Actor]) -> None:
    """An owner at home is a viewer here."""
    guest = await user_of(team[Role.VIEWER])
    home = await factories.organization(name="Dom")
    await joins(guest, home.id)
    at_home = Actor("user", organization_id=home.id, user_id=guest.id, role=Role.OWNER)
    with pytest.raises(Forbidden):
        await changed(at_home, team[Role.STAFF], Role.VIEWER)
    with pytest.raises(Forbidden):
        await removed(at_home, team[Role.STAFF])


Try = Callable[[UnitOfWork, UUID, UUID], Awaitable[Any]]
TRIES: list[Try] = [
    members.get,
    lambda uow, where, _who: members.page(uow, where, PageQuery()),
    lambda uow, where, who: members.change_role(uow, where, who, Role.VIEWER),
    members.remove,
]


@pytest.mark.parametrize("attempt", TRIES)
async def test_strangers_anonymous_callers_and_keys_are_rejected(team: dict[Role, Actor], attempt: Try) -> None:
    where, who = place(team[Role.STAFF]), person(team[Role.STAFF])
    stranger = await factories.member((await factories.organization(name="Warsztat")).id)

    async def refusal(by: Actor, organization_id: UUID, user_id: UUID) -> type[AppError]:
        with pytest.raises(AppError) as caught:
            async with begin(by, write=True) as uow:
                await attempt(uow, organization_id, user_id)
        return caught.type

    assert await refusal(stranger, where, who) is NotFound
    assert await refusal(stranger, uuid4(), who) is NotFound
    assert await refusal(ANONYMOUS, where, who) is Unauthenticated
    if attempt is not TRIES[1]:
        assert await refusal(team[Role.OWNER], where, person(stranger)) is NotFound
    if attempt in TRIES[2:]:
        assert await refusal(Actor("api_key", where, scopes=frozenset(Permission)), where, who) is Forbidden
