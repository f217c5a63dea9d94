"""Accounts at providers and users here: each has one owner, whatever happens at the same moment."""

import asyncio

import pytest
from sqlmodel import col, select

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import EmailNotVerified, LoginThrottled
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts import tokens
from sekretarka.domain.accounts.models import Identity, Purpose, Session, User
from sekretarka.domain.auth.openid import AccountNotLinked, link, sign_in
from sekretarka.domain.auth.recovery import PasswordReset
from sekretarka.domain.auth.sign_in import Browser
from sekretarka.domain.organizations.models import Membership
from sekretarka.providers.openid.ports import UserInfo
from tests import factories
from tests.support import email_links as links
from tests.support.accounts import person, session_of

HERE = Browser("203.0.113.7", "a browser")


def vouched(subject: str = "ola-1", email: str = "ola@example.com", *, verified: bool = True) -> UserInfo:
    return UserInfo("google", "https://accounts.google.com", subject, email, verified, "Ola Lis", None)


async def counts() -> tuple[int, int, int]:
    async with begin(actor.system()) as uow:
        row_counts = [await uow.count(select(table)) for table in (User, Identity, Membership)]
    return row_counts[0], row_counts[1], row_counts[2]


async def session_id(token_owner: User) -> Session:
    async with begin(actor.system()) as uow:
        newest = select(Session).where(Session.user_id == token_owner.id).order_by(col(Session.id).desc())
        session = await uow.one_or_none(newest)
    assert session is not None
    return session


async def test_concurrent_tabs_of_one_user_create_one_user(database: engine.Database) -> None:
    results = await asyncio.gather(*(sign_in(vouched(), HERE, "pl") for _ in range(8)), return_exceptions=True)
    assert [result for result in results if isinstance(result, BaseException)] == []
    assert await counts() == (1, 1, 1)


async def test_concurrent_sign_ins_with_one_address_create_one_user(database: engine.Database) -> None:
    """Two subjects vouch for one address in the same moment: one opens the account, the other is told to link."""
    results = await asyncio.gather(*(sign_in(vouched(f"s{n}"), HERE, "pl") for n in range(2)), return_exceptions=True)
    assert [type(result) for result in results if isinstance(result, BaseException)] == [AccountNotLinked]
    assert await counts() == (1, 1, 1)


async def test_identity_linked_by_two_users_at_once_belongs_to_one(database: engine.Database) -> None:
    sessions = []
    for email in ("iga@example.com", "ewa@example.com"):
        user = await factories.user(email=email)
        await session_of(user)
        sessions.append(await session_id(user))
    attempts = (link(vouched(), session.id, HERE) for session in sessions)
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(result) for result in results if isinstance(result, BaseException)] == [AccountNotLinked]
    assert (await counts())[1] == 1


async def test_linking_the_address_one_has_proves_it(database: engine.Database) -> None:
    user = await factories.user(email="Ola@example.com")
    await session_of(user)
    await link(vouched(), (await session_id(user)).id, HERE)
    async with begin(actor.system()) as uow:
        stored_user = await accounts.find_by_email(uow, "ola@example.com")
    assert stored_user is not None
    assert stored_user.email_verified_at is not None


@pytest.mark.usefixtures("light_hashes")
async def test_squatter_of_an_address_is_locked_out_when_its_owner_resets(
    database: engine.Database,
) -> None:
    """Pre-hijacking: a thief registers the victim's address and links an account; the victim resets the password."""
    victim = await person("ola@example.com")
    await session_of(victim)
    await link(vouched("thief", "thief@example.com"), (await session_id(victim)).id, HERE)
    with pytest.raises(AccountNotLinked):
        await sign_in(vouched(), HERE, "pl")
    async with begin(actor.system(), write=True) as uow:
        token = await tokens.issue(uow, victim, Purpose.RESET_PASSWORD)
    await links.set_password(PasswordReset(token=str(token), password="zupełnie nowe 99"), HERE.network)
    assert (await counts())[1] == 0
    await sign_in(vouched("thief", "thief@example.com"), HERE, "pl")
    assert (await counts())[0] == 2, "the thief has an account of their own now"


async def test_new_accounts_are_counted_by_network(database: engine.Database) -> None:
    for n in range(20):
        await sign_in(vouched(f"s{n}", f"osoba-{n}@example.com"), HERE, "pl")
    with pytest.raises(LoginThrottled):
        await sign_in(vouched("s20", "osoba-20@example.com"), HERE, "pl")
    await sign_in(vouched("s1", "osoba-1@example.com"), HERE, "pl")


async def test_nothing_is_linked_without_a_proven_address(database: engine.Database) -> None:
    user = await factories.user()
    await session_of(user)
    with pytest.raises(EmailNotVerified):
        await link(vouched(verified=False), (await session_id(user)).id, HERE)
