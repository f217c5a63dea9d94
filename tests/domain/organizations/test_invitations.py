"""Invitations: who may send which, that the email's link alone opens them, once, and how they end."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database import engine
from sekretarka.core.database.jobs import Job
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import (
    AppError,
    Duplicate,
    Forbidden,
    Gone,
    InvalidStateTransition,
    LoginThrottled,
    NotFound,
)
from sekretarka.core.permissions import Permission, Role, covers
from sekretarka.core.runtime import crypto
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.accounts.models import User
from sekretarka.domain.auth import invitation_signup
from sekretarka.domain.auth.invitation_signup import InvitationSignup
from sekretarka.domain.auth.registration import Registered
from sekretarka.domain.organizations import invitations, members
from sekretarka.domain.organizations.models import Invitation, Membership, Organization
from tests import factories
from tests.support import email_links as links
from tests.support.accounts import PASSWORD, person
from tests.support.invitations import email_text, invite, token_of
from tests.support.jobs import mailed

EWA = "ewa@example.com"
pytestmark = pytest.mark.usefixtures("light_hashes")


@pytest.fixture
async def owner(database: engine.Database) -> Actor:
    """Iga, who owns Studio Lawenda."""
    return await factories.member((await factories.organization()).id)


def place(who: Actor) -> UUID:
    assert who.organization_id is not None
    return who.organization_id


async def accepted(token: str, user: User) -> Membership:
    async with begin(Actor("user", user_id=user.id), write=True) as uow:
        return await invitations.accept(uow, token)


async def registered(token: str, network: str = "203.0.113.7", **values: Any) -> Registered:
    body = {"token": token, "name": "Ewa Lis", "password": PASSWORD, **values}
    return await links.join(InvitationSignup.model_validate(body), network)


async def ended(by: Actor, row: Invitation) -> Invitation:
    async with begin(by, write=True) as uow:
        return await invitations.revoke(uow, row.organization_id, row.id)


async def again(by: Actor, row: Invitation) -> Invitation:
    async with begin(by, write=True) as uow:
        return await invitations.resend(uow, row.organization_id, row.id)


async def waiting(by: Actor) -> list[str]:
    async with begin(by) as uow:
        page = await invitations.page(uow, place(by), PageQuery())
        return [f"{row.email} {invitations.status_of(row, uow.now)}" for row in page.rows]


async def memberships(user_id: UUID) -> list[tuple[UUID, Role]]:
    async with begin(actor.system()) as uow:
        rows = await uow.list(select(Membership).where(Membership.user_id == user_id))
    return [(row.organization_id, row.role) for row in rows]


async def test_invitation_email_names_inviter_organization_and_role(owner: Actor) -> None:
    row = await invite(owner, " Ewa@Example.com ")
    assert (row.email, row.expires_at - row.created_at > timedelta(days=6, hours=23)) == ("Ewa@example.com", True)
    text = await email_text(EWA)
    assert "Iga Nowak zaprasza Cię do zespołu Studio Lawenda. Twoja rola: pracownik." in text
    assert "http://localhost:8000/invite#token=" in text
    assert await waiting(owner) == ["Ewa@example.com pending"]


async def test_only_the_digest_of_the_token_is_stored(owner: Actor) -> None:
    row = await invite(owner, EWA)
    async with begin(actor.system()) as uow:
        [queued] = [job.payload for job in await uow.list(select(Job))]
    token = await token_of(EWA)
    assert len(bytes.fromhex(token)) == 32
    assert row.token_hash == crypto.sha256_hex(token)
    assert token not in queued


@pytest.mark.parametrize("own_role", list(Role))
async def test_invitation_permissions_by_role(owner: Actor, own_role: Role) -> None:
    by = await factories.member(place(owner), own_role)
    for role in Role:
        email = f"{role}@example.com"
        if own_role in (Role.OWNER, Role.ADMIN) and covers(own_role, role):
            row = await invite(by, email, role)
            await again(by, row)
            await ended(by, row)
            continue
        other = await invite(owner, email, role)
        for refused in (invite(by, f"x{email}", role), again(by, other)):
            with pytest.raises(Forbidden):
                await refused
        if own_role is not Role.ADMIN:
            with pytest.raises(Forbidden):
                await ended(by, other)


async def test_only_members_with_permission_invite(owner: Actor) -> None:
    row = await invite(owner, EWA)
    key = Actor("api_key", place(owner), scopes=frozenset(Permission))
    stranger = await factories.member((await factories.organization(name="Warsztat")).id)
    for by, refusal in ((key, Forbidden), (stranger, NotFound)):
        for attempt in (invite(by, "ola@example.com", organization_id=place(owner)), again(by, row), ended(by, row)):
            with pytest.raises(refusal):
                await attempt
    elsewhere = await factories.member(place(stranger))
    with pytest.raises(NotFound):
        async with begin(elsewhere, write=True) as uow:
            await invitations.revoke(uow, place(elsewhere), row.id)


async def test_pending_invitation_is_not_sent_twice(owner: Actor) -> None:
    async with begin(actor.system()) as uow:
        [user] = await uow.list(select(User).where(User.id == owner.user_id))
    with pytest.raises(Duplicate) as member:
        await invite(owner, user.email.upper())
    assert member.value.details == {"existing": "member"}
    await invite(owner, EWA)
    with pytest.raises(Duplicate) as invited:
        await invite(owner, "EWA@EXAMPLE.COM", Role.VIEWER)
    assert invited.value.details == {"existing": "invitation"}
    with time_machine.travel(timedelta(days=8)):
        await invite(owner, EWA, Role.VIEWER)
        assert await waiting(owner) == [f"{EWA} pending"]


async def test_concurrent_invitations_of_one_address_create_one(owner: Actor) -> None:
    results = await asyncio.gather(*(invite(owner, EWA) for _ in range(8)), return_exceptions=True)
    assert [type(result) for result in results if not isinstance(result, Duplicate)] == [Invitation]
    assert len(await mailed()) == 1


async def test_the_same_happens_for_a_known_and_an_unknown_address(owner: Actor) -> None:
    await person(EWA, language="en")
    registered_invitee, unregistered_invitee = await invite(owner, EWA), await invite(owner, "ola@example.com")
    hidden = {"id", "email", "email_key", "token_hash", "created_at", "updated_at", "expires_at"}
    assert registered_invitee.model_dump(exclude=hidden) == unregistered_invitee.model_dump(exclude=hidden)
    text, other_text = [re.sub(r"token=\w+", "", message["text"]) for message in await mailed()]
    assert text == other_text


async def test_joining_with_an_account(owner: Actor) -> None:
    ewa = await person(EWA)
    await invite(owner, EWA, Role.ADMIN)
    token = await token_of(EWA)
    row = await accepted(token, ewa)
    assert (row.organization_id, row.role) == (place(owner), Role.ADMIN)
    assert await waiting(owner) == []
    async with begin(actor.system()) as uow:
        [stored] = await uow.list(select(User).where(User.id == ewa.id))
    assert stored.email_verified_at is not None, "the link came to that address"
    with pytest.raises(Gone) as used:
        await accepted(token, ewa)
    assert used.value.details == {"status": "accepted"}


async def test_joining_without_one(owner: Actor) -> None:
    await invite(owner, EWA)
    token = await token_of(EWA)
    offer = await invitation_signup.look_up(token, "203.0.113.7")
    assert (offer.organization_name, offer.invited_by, offer.email, offer.role, offer.has_account) == (
        "Studio Lawenda", "Iga Nowak", EWA, Role.STAFF, False,
    )  # fmt: skip
    signup = await registered(token)
    assert await memberships(signup.user_id) == [(place(owner), Role.STAFF)], "and no organization of their own"
    async with begin(actor.system()) as uow:
        [user] = await uow.list(select(User).where(User.id == signup.user_id))
    assert (user.email, user.name, user.email_verified_at is not None) == (EWA, "Ewa Lis", True)
    with pytest.raises(Gone):
        await registered(token)


async def test_existing_account_accepts_signed_in(owner: Actor) -> None:
    ewa = await person(EWA)
    await invite(owner, EWA)
    token = await token_of(EWA)
    assert (await invitation_signup.look_up(token, "203.0.113.7")).has_account
    with pytest.raises(Duplicate):
        await registered(token, password="inne hasło 88")
    async with begin(actor.system()) as uow:
        [stored] = await uow.list(select(User).where(User.email_key == EWA))
    assert stored.password_hash == ewa.password_hash
    assert (await accepted(token, ewa)).role is Role.STAFF, "and nothing was used up"


@pytest.mark.parametrize("password", ["stefania-2026!", "pomidorowa pomidorowa"])
async def test_a_password_is_not_made_of_ones_names(owner: Actor, password: str) -> None:
    await invite(owner, "stefania@example.com")
    with pytest.raises(AppError) as refused:
        await registered(await token_of("stefania@example.com"), name="Pomidorowa", password=password)
    assert refused.value.code == "VALIDATION_ERROR"


async def test_invitation_of_another_address_is_forbidden(owner: Actor) -> None:
    mallory = await person("mallory@example.com")
    await invite(owner, EWA)
    token = await token_of(EWA)
    with pytest.raises(Forbidden):
        await accepted(token, mallory)
    ewa = await person(EWA)
    async with begin(actor.system(), write=True) as uow:
        moved = {"email": "nowa@example.com", "email_key": "nowa@example.com"}
        await uow.execute(sa.update(User).where(col(User.id) == ewa.id).values(moved))
    with pytest.raises(Forbidden):
        await accepted(token, ewa)


async def test_member_cannot_be_invited_again(owner: Actor) -> None:
    ewa = await person(EWA)
    await invite(owner, EWA, Role.ADMIN)
    async with begin(actor.system(), write=True) as uow:
        uow.add(Membership(organization_id=place(owner), user_id=ewa.id, role=Role.VIEWER))
    with pytest.raises(Duplicate):
        await accepted(await token_of(EWA), ewa)
    assert await memberships(ewa.id) == [(place(owner), Role.VIEWER)]


async def refusal(token: str, user: User) -> str:
    with pytest.raises(AppError) as by_session:
        await accepted(token, user)
    with pytest.raises(AppError) as by_link:
        await invitation_signup.look_up(token, "203.0.113.8")
    with pytest.raises(AppError) as by_form:
        await registered(token, "203.0.113.8")
    [error] = {f"{it.value.code} {it.value.details or ''}" for it in (by_session, by_link, by_form)}
    return error


async def test_how_invitations_end(owner: Actor) -> None:
    ewa = await person(EWA)
    assert await refusal("0" * 64, ewa) == "NOT_FOUND "
    assert await refusal("żaden", ewa) == "NOT_FOUND "
    row = await invite(owner, EWA)
    first = await token_of(EWA)
    await again(owner, row)
    second = await token_of(EWA)
    assert await refusal(first, ewa) == "NOT_FOUND ", "a new letter ends the old link"
    with time_machine.travel(timedelta(days=7, seconds=1)):
        assert await refusal(second, ewa) == "GONE {'status': 'expired'}"
        assert await waiting(owner) == [f"{EWA} expired"]
        await again(owner, row)
        assert await waiting(owner) == [f"{EWA} pending"]
        third = await token_of(EWA)
    await ended(owner, row)
    assert (await ended(owner, row)).revoked_at is not None, "twice is as good as once"
    assert await refusal(third, ewa) == "GONE {'status': 'revoked'}"
    assert await waiting(owner) == []
    with pytest.raises(InvalidStateTransition):
        await again(owner, row)


async def test_an_answered_invitation_cannot_be_taken_back(owner: Actor) -> None:
    row = await invite(owner, EWA)
    await registered(await token_of(EWA))
    for attempt in (ended(owner, row), again(owner, row)):
        with pytest.raises(InvalidStateTransition):
            await attempt


async def test_deleted_organization_cannot_invite(owner: Actor) -> None:
    ewa = await person(EWA)
    await invite(owner, EWA)
    token = await token_of(EWA)
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(Organization).values(deleted_at=uow.now))
    assert await refusal(token, ewa) == "NOT_FOUND "


async def test_demotion_withdraws_invitations(owner: Actor) -> None:
    ewa, admin = await person(EWA), await factories.member(place(owner), Role.ADMIN)
    await invite(admin, EWA)
    token = await token_of(EWA)
    assert admin.user_id is not None
    async with begin(owner, write=True) as uow:
        await members.change_role(uow, place(owner), admin.user_id, Role.STAFF)
    assert await refusal(token, ewa) == "GONE {'status': 'revoked'}"


async def test_fifty_accept_at_once_and_one_joins(owner: Actor) -> None:
    ewa = await person(EWA)
    await invite(owner, EWA)
    token = await token_of(EWA)
    results = await asyncio.gather(*(accepted(token, ewa) for _ in range(50)), return_exceptions=True)
    assert [type(result) for result in results if not isinstance(result, (Gone, Duplicate))] == [Membership]
    assert await memberships(ewa.id) == [(place(owner), Role.STAFF)]


async def test_many_register_by_one_link_at_once_and_one_account_is_made(owner: Actor) -> None:
    await invite(owner, EWA)
    token = await token_of(EWA)
    results = await asyncio.gather(*(registered(token) for _ in range(15)), return_exceptions=True)
    assert [type(result) for result in results if not isinstance(result, (Gone, Duplicate))] == [Registered]


async def test_emails_per_address_are_limited(owner: Actor) -> None:
    row = await invite(owner, EWA)
    for _ in range(19):
        await again(owner, row)
    with pytest.raises(LoginThrottled):
        await again(owner, row)
    other = await factories.member((await factories.organization(name="Warsztat")).id)
    with pytest.raises(LoginThrottled):
        await invite(other, EWA)
    await invite(other, "ola@example.com")


async def test_guessing_tokens_is_slowed_down(database: engine.Database) -> None:
    for number in range(20):
        with pytest.raises(NotFound):
            await invitation_signup.look_up(f"{number:064x}", "203.0.113.9")
    with pytest.raises(LoginThrottled):
        await invitation_signup.look_up("0" * 64, "203.0.113.9")
