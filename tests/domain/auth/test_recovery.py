"""A mailed link sets a new password or proves an address: once, for whom it was meant, and for as long as it says."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from pydantic import ValidationError
from sqlmodel import select

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, Invalid, LinkExpired, LoginThrottled
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.web.rate_policies import LINK_EMAILS
from sekretarka.domain.accounts import tokens
from sekretarka.domain.accounts.models import OneTimeToken, Purpose, Session, User
from sekretarka.domain.auth.recovery import PasswordReset
from sekretarka.domain.auth.session_auth import actor_of_session
from sekretarka.domain.auth.sign_in import Browser, sign_in
from sekretarka.domain.auth.verification import Verification
from tests.support.accounts import PASSWORD, person, session_of
from tests.support.email_links import ask_for_reset, ask_for_verification, set_password, verify
from tests.support.jobs import jobs, mailed

HERE = "203.0.113.7"
NEW = "zupełnie nowe 99"

pytestmark = pytest.mark.usefixtures("light_hashes")


def token_in(message: dict[str, Any]) -> str:
    match = re.search(r"#token=([0-9a-f]{64})", message["text"])
    assert match
    assert message["html"].count(match[0]) == 2
    return match[1]


async def reset_token(email: str = "iga@example.com", network: str = HERE) -> str:
    await ask_for_reset(email, network)
    [message] = await mailed()
    return token_in(message)


async def verification_token(email: str = "iga@example.com") -> str:
    await ask_for_verification(email, HERE)
    [message] = await mailed()
    return token_in(message)


def wish(token: str, password: str = NEW) -> PasswordReset:
    return PasswordReset(token=token, password=password)


async def the_user() -> User:
    async with begin(actor.system()) as uow:
        user = await uow.one_or_none(select(User))
    assert user is not None
    return user


async def change_user(**values: Any) -> None:
    async with begin(actor.system(), write=True) as uow:
        await uow.execute(sa.update(User).values(**values))


async def outcome(doing: Awaitable[Any]) -> str:
    try:
        await doing
    except AppError as error:
        return error.code
    return "OK"


async def test_reset_ends_sessions_and_tokens(database: engine.Database) -> None:
    user = await person()
    old = await session_of(user)
    token, other = await reset_token("IGA@Example.com "), await reset_token()
    await set_password(wish(token), HERE)
    assert await actor_of_session(old) is None
    assert await outcome(sign_in("iga@example.com", PASSWORD, Browser(HERE))) == "INVALID_CREDENTIALS"
    assert await outcome(sign_in("iga@example.com", NEW, Browser(HERE))) == "OK"
    assert await outcome(set_password(wish(token), HERE)) == "LINK_EXPIRED"
    assert await outcome(set_password(wish(other), HERE)) == "LINK_EXPIRED"
    assert (await the_user()).email_verified_at is not None
    [message] = await mailed("iga@example.com")
    assert message["subject"] == "Twoje hasło zostało zmienione"


async def test_an_address_without_account_gets_no_email_but_costs_the_same_job(database: engine.Database) -> None:
    await person()
    for email in ("nikt@example.com", "iga@example.com"):
        await ask_for_reset(email, HERE)
    job_without_account, job_with_account = await jobs()
    assert (job_without_account.name, job_without_account.state) == (job_with_account.name, job_with_account.state)
    assert [message["to"] for message in await mailed()] == ["iga@example.com"]


async def test_the_email_goes_to_the_accounts_own_spelling_and_in_its_language(database: engine.Database) -> None:
    await person("Iga@Example.com", email_key="iga@example.com", language="en")
    await ask_for_reset("iGA@example.COM", HERE)
    [message] = await mailed()
    assert (message["to"], message["subject"]) == ("Iga@Example.com", "Set a new password")


async def test_only_a_digest_is_stored(database: engine.Database) -> None:
    await person()
    token = await reset_token()
    async with begin(actor.system()) as uow:
        rows = (await uow.execute(sa.select(OneTimeToken.__table__))).all()  # type: ignore[attr-defined]
        [job, *_] = (await uow.execute(sa.text("SELECT payload FROM jobs WHERE state = 'pending'"))).all() or [("",)]
    assert token not in repr(rows) + repr(job)
    assert crypto.sha256_hex(token) in repr(rows)


@pytest.mark.parametrize("doing", ["reset", "verify"])
async def test_token_works_for_one_of_fifty_concurrent_uses(database: engine.Database, doing: str) -> None:
    await person()
    if doing == "reset":
        token = await reset_token()
        uses = [set_password(wish(token, f"{NEW} {n}"), f"198.51.100.{n}") for n in range(50)]
    else:
        token = await verification_token()
        uses = [verify(Verification(token=token), f"198.51.100.{n}") for n in range(50)]
    outcomes = await asyncio.gather(*map(outcome, uses))
    assert sorted(outcomes) == ["LINK_EXPIRED"] * 49 + ["OK"]


async def test_two_tokens_of_one_user_do_not_deadlock(database: engine.Database) -> None:
    await person()
    tokens = [await reset_token(), await reset_token()]
    outcomes = await asyncio.gather(*(outcome(set_password(wish(token), HERE)) for token in tokens))
    assert sorted(outcomes) == ["LINK_EXPIRED", "OK"]


@pytest.mark.parametrize(
    ("get", "use", "lifetime"),
    [
        (reset_token, lambda token: set_password(wish(token), HERE), timedelta(minutes=30)),
        (verification_token, lambda token: verify(Verification(token=token), HERE), timedelta(hours=24)),
    ],
    ids=["reset", "verify"],
)
async def test_a_link_works_until_its_time_and_for_its_address_only(
    database: engine.Database,
    get: Callable[[], Awaitable[str]],
    use: Callable[[str], Awaitable[None]],
    lifetime: timedelta,
) -> None:
    await person()
    with time_machine.travel(clock.now(), tick=False) as time:
        token = await get()
        time.shift(lifetime)
        assert await outcome(use(token)) == "LINK_EXPIRED"
        token = await get()
        await change_user(email="inny@example.com", email_key="inny@example.com")
        assert await outcome(use(token)) == "LINK_EXPIRED"
        await change_user(email="iga@example.com", email_key="iga@example.com")
        time.shift(lifetime - timedelta(seconds=1))
        assert await outcome(use(token)) == "OK"


async def test_a_link_is_for_one_purpose(database: engine.Database) -> None:
    await person()
    reset, verification_ = await reset_token(), await verification_token()
    assert await outcome(set_password(wish(verification_), HERE)) == "LINK_EXPIRED"
    assert await outcome(verify(Verification(token=reset), HERE)) == "LINK_EXPIRED"
    assert await outcome(set_password(wish("ab" * 32), HERE)) == "LINK_EXPIRED"
    assert (await the_user()).email_verified_at is None


@pytest.mark.parametrize("password", ["krótkie", "qwerty123456", "x" * 129])
async def test_weak_passwords_are_rejected(database: engine.Database, password: str) -> None:
    with pytest.raises(ValidationError):
        wish("ab" * 32, password)


async def test_password_of_own_names_is_rejected_and_the_link_still_works(database: engine.Database) -> None:
    await person()
    token = await reset_token()
    with pytest.raises(Invalid) as refused:
        await set_password(wish(token, "iga-nowak-1"), HERE)
    assert refused.value.details_json()[0]["code"] == "guessable_password"
    await set_password(wish(token), HERE)


async def test_a_mailbox_gets_three_emails_an_hour(database: engine.Database) -> None:
    await person()
    with time_machine.travel(clock.now(), tick=False) as time:
        for number in range(8):
            await ask_for_reset("iga@example.com", f"198.51.100.{number}")
        assert len(await mailed()) == LINK_EMAILS.limit
        time.shift(timedelta(hours=1))
        await ask_for_reset("iga@example.com", HERE)
        assert len(await mailed()) == 1


@pytest.mark.parametrize("asking", ["reset", "verify"])
async def test_network_may_request_twenty_links(database: engine.Database, asking: str) -> None:
    async def ask(number: int) -> None:
        email = f"nikt{number}@example.com"
        if asking == "reset":
            await ask_for_reset(email, HERE)
        else:
            await ask_for_verification(email, HERE)

    for number in range(20):
        await ask(number)
    with pytest.raises(LoginThrottled):
        await ask(20)
    assert len(await jobs()) == 20


async def test_link_verifies_once_and_verified_users_get_none(
    database: engine.Database, configure: Callable[..., None]
) -> None:
    configure(require_verified_email=True)
    await person()
    assert await outcome(sign_in("iga@example.com", PASSWORD, Browser(HERE))) == "EMAIL_NOT_VERIFIED"
    await verify(Verification(token=await verification_token()), HERE)
    assert await outcome(sign_in("iga@example.com", PASSWORD, Browser(HERE))) == "OK"
    await mailed()
    await ask_for_verification("iga@example.com", HERE)
    assert await mailed() == []


async def test_a_changed_password_ends_links_of_every_kind(database: engine.Database) -> None:
    user = await person()
    await session_of(user)
    verification_ = await verification_token()
    await set_password(wish(await reset_token()), HERE)
    assert await outcome(verify(Verification(token=verification_), HERE)) == "LINK_EXPIRED"
    async with begin(actor.system()) as uow:
        assert await uow.count(select(Session)) == 0


async def test_old_links_are_purged(database: engine.Database) -> None:
    await person()
    await reset_token()
    with time_machine.travel(clock.now() + timedelta(days=8)):
        async with begin(actor.system(), write=True) as uow:
            await tokens.purge_expired(uow)
    async with begin(actor.system()) as uow:
        assert await uow.count(select(OneTimeToken)) == 0


async def test_token_of_a_changed_address_is_rejected(database: engine.Database) -> None:
    user = await person()
    await person("ola@example.com")
    async with begin(actor.system(), write=True) as uow:
        token = await tokens.issue(uow, user, Purpose.RESET_PASSWORD)
    assert token is not None
    await set_password(wish(token), HERE)
    assert await outcome(sign_in("ola@example.com", PASSWORD, Browser(HERE))) == "OK"
    with pytest.raises(LinkExpired):
        await set_password(wish(token), HERE)
