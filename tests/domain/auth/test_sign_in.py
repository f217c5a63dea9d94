"""Signing in: the right password, and everything that must look like a wrong one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin, is_open
from sekretarka.core.errors import AppError, EmailNotVerified, InvalidCredentials, LoginThrottled
from sekretarka.domain.accounts import login_throttling, passwords
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.auth.session_auth import actor_of_session
from sekretarka.domain.auth.sign_in import Browser, SignedIn, sign_in, sign_out
from tests import factories
from tests.support.accounts import PASSWORD, joins, person

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = Browser("203.0.113.7", "Firefox")

pytestmark = pytest.mark.usefixtures("light_hashes", "frozen")


async def outcome(email: str, password: str, browser: Browser = HERE) -> str:
    try:
        await sign_in(email, password, browser)
    except AppError as error:
        return error.code
    return "OK"


async def test_right_password_starts_a_session_in_the_oldest_organization(database: engine.Database) -> None:
    user = await person()
    first, second = await factories.organization(), await factories.organization()
    await joins(user, first.id)
    await joins(user, second.id)
    with time_machine.travel(NOON, tick=False):
        signed_in = await sign_in(" IGA@Example.com", PASSWORD, HERE)
        caller = await actor_of_session(signed_in.token)
    assert caller is not None
    assert (caller.user_id, caller.organization_id) == (user.id, first.id)
    assert signed_in.expires_at == NOON + timedelta(days=30)


async def test_every_failure_is_the_same(database: engine.Database, verified: list[str]) -> None:
    user = await person()
    await factories.user(email="bez.hasla@example.com")
    assert await outcome("iga@example.com", "złe hasło") == "INVALID_CREDENTIALS"
    assert await outcome("nikt@example.com", "złe hasło") == "INVALID_CREDENTIALS"
    assert await outcome("bez.hasla@example.com", "złe hasło") == "INVALID_CREDENTIALS"
    assert await outcome("nikt\x00@example.com", "złe hasło") == "INVALID_CREDENTIALS"
    assert await outcome("x" * 100_000, "złe hasło") == "INVALID_CREDENTIALS"
    assert await outcome("", "") == "INVALID_CREDENTIALS"
    assert verified == [user.password_hash, *[passwords.DUMMY_HASH] * 5]


async def test_dummy_hash_matches_no_password(database: engine.Database) -> None:
    for guess in ("nobody knows", "", "password"):
        assert await outcome("nikt@example.com", guess) == "INVALID_CREDENTIALS"


async def test_delayed_account_rejects_the_right_password_until_the_delay_is_over(
    database: engine.Database, verified: list[str]
) -> None:
    await person()
    with time_machine.travel(NOON, tick=False) as time:
        for number in range(9):
            await outcome("iga@example.com", "złe hasło", Browser(f"198.51.100.{number}"))
        assert len(verified) == 5
        assert await outcome("iga@example.com", PASSWORD) == "INVALID_CREDENTIALS"
        time.shift(timedelta(seconds=1.1))
        assert await outcome("iga@example.com", PASSWORD) == "OK"
        assert await outcome("iga@example.com", PASSWORD) == "OK"


async def test_unknown_addresses_are_delayed_like_known_ones(database: engine.Database, verified: list[str]) -> None:
    for number in range(9):
        await outcome("nikt@example.com", "złe hasło", Browser(f"198.51.100.{number}"))
    assert len(verified) == 5


async def test_guesses_of_many_networks_are_looked_at_no_more_often(
    database: engine.Database, verified: list[str]
) -> None:
    """In an hour of guessing, some twenty guesses are looked at; then the owner gets in within fifteen minutes."""
    await person()
    earlier_sign_in = await sign_in("iga@example.com", PASSWORD, HERE)
    verified.clear()
    with time_machine.travel(NOON, tick=False) as time:
        for round_ in range(60):
            time.shift(timedelta(minutes=1))
            guesses = (
                outcome("iga@example.com", f"hasło {n}", Browser(f"198.51.100.{round_ * 3 + n}")) for n in range(3)
            )
            assert set(await asyncio.gather(*guesses)) == {"INVALID_CREDENTIALS"}
        assert 5 <= len(verified) <= 20
        assert await outcome("iga@example.com", PASSWORD, Browser("203.0.113.9")) == "INVALID_CREDENTIALS"
        assert await outcome("iga@example.com", PASSWORD, Browser("203.0.113.9", device=earlier_sign_in.device)) == "OK"
        time.shift(timedelta(minutes=15))
        assert await outcome("iga@example.com", PASSWORD, Browser("203.0.113.9")) == "OK"


async def test_known_browser_is_delayed_by_its_own_failures_only(database: engine.Database) -> None:
    await person()
    await person("ola@example.com")
    known_browser = Browser("203.0.113.7", device=(await sign_in("iga@example.com", PASSWORD, HERE)).device)
    for number in range(9):
        await outcome("iga@example.com", "złe hasło", Browser(f"198.51.100.{number}"))
    assert await outcome("iga@example.com", PASSWORD, known_browser) == "OK"
    for number in range(9):
        browser = Browser(f"198.51.101.{number}", device=known_browser.device)
        await outcome("iga@example.com", "złe hasło", browser)
    assert await outcome("iga@example.com", PASSWORD, known_browser) == "INVALID_CREDENTIALS"


@pytest.mark.parametrize("forged", ["", ".", "x.y", "0" * 32 + "." + "0" * 64])
async def test_forged_device_tokens_are_not_trusted(database: engine.Database, forged: str) -> None:
    await person()
    await person("ola@example.com")
    olas = (await sign_in("ola@example.com", PASSWORD, HERE)).device
    for number in range(9):
        await outcome("iga@example.com", "złe hasło", Browser(f"198.51.100.{number}"))
    for device in (forged, olas):
        assert (
            await outcome("iga@example.com", PASSWORD, Browser("203.0.113.9", device=device)) == "INVALID_CREDENTIALS"
        )


async def test_network_is_limited_to_twenty_failures_alone(database: engine.Database, verified: list[str]) -> None:
    await person()
    for number in range(20):
        assert await outcome(f"nikt{number}@example.com", "złe hasło") == "INVALID_CREDENTIALS"
    with pytest.raises(LoginThrottled):
        await sign_in("iga@example.com", PASSWORD, HERE)
    assert len(verified) == 20
    assert await outcome("iga@example.com", PASSWORD, Browser("203.0.113.8")) == "OK"


@pytest.mark.parametrize(
    ("pattern", "around"), [("198.51.100.{}", "198.51.100.0/24"), ("2001:db8:7:{}::/64", "2001:db8:7::/48")]
)
async def test_many_failures_of_a_wider_network_are_told_once_and_block_nobody(
    database: engine.Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    pattern: str,
    around: str,
) -> None:
    monkeypatch.setattr(login_throttling, "ALARM_AT", 3)
    await person()

    def logged_messages() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == login_throttling.__name__]

    async def guess(*numbers: int) -> None:
        for number in numbers:
            await outcome(f"nikt{number}@example.com", "złe hasło", Browser(pattern.format(number)))

    with time_machine.travel(NOON, tick=False) as time:
        await guess(1, 2)
        assert {await outcome("iga@example.com", PASSWORD, Browser(pattern.format(n))) for n in range(5)} == {"OK"}
        await outcome("nikt@example.com", "złe hasło", Browser("203.0.113.7"))
        await outcome("nikt@example.com", "złe hasło", Browser("unknown"))
        assert logged_messages() == []
        await guess(3, 4, 5, 6, 7)
        assert logged_messages() == [f"sign-in: 3 failures from {around} within 10 minutes"]
        assert await outcome("iga@example.com", PASSWORD, Browser(pattern.format(8))) == "OK"
        time.shift(timedelta(minutes=10))
        await guess(1, 2)
        assert len(logged_messages()) == 1
        await guess(3)
        assert len(logged_messages()) == 2


async def test_successes_of_one_network_are_not_counted(database: engine.Database) -> None:
    await person()
    assert {await outcome("iga@example.com", PASSWORD) for _ in range(30)} == {"OK"}


async def test_five_of_fifty_concurrent_sign_ins_are_verified(database: engine.Database, verified: list[str]) -> None:
    await person()
    guesses = (outcome("iga@example.com", "złe hasło", Browser(f"198.51.100.{n}")) for n in range(50))
    assert set(await asyncio.gather(*guesses)) == {"INVALID_CREDENTIALS"}
    assert len(verified) == 5


async def test_many_right_passwords_of_one_account_at_once_succeed(database: engine.Database) -> None:
    await person()
    entering = (outcome("iga@example.com", PASSWORD, Browser(f"198.51.100.{n % 3}")) for n in range(30))
    assert await asyncio.gather(*entering) == ["OK"] * 30


async def test_more_colleagues_than_a_network_may_fail_sign_in_at_once(database: engine.Database) -> None:
    for number in range(25):
        await person(f"osoba{number}@example.com")
    entering = (outcome(f"osoba{number}@example.com", PASSWORD) for number in range(25))
    assert await asyncio.gather(*entering) == ["OK"] * 25


async def test_sign_ins_of_other_processes_never_wait_for_each_other(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without turns, as between processes: those of one account and network lock the same rows in the same order."""

    @asynccontextmanager
    async def no_turn(*_: str) -> AsyncIterator[None]:
        yield

    monkeypatch.setattr(login_throttling, "turn", no_turn)
    await person()
    for _ in range(20):
        entering = (outcome("iga@example.com", PASSWORD) for _ in range(4))
        assert await asyncio.gather(*entering) == ["OK"] * 4


async def test_signing_in_ends_the_session_the_browser_held(database: engine.Database) -> None:
    await person()
    other = await sign_in("iga@example.com", PASSWORD, HERE)
    first = await sign_in("iga@example.com", PASSWORD, HERE)
    second = await sign_in("iga@example.com", PASSWORD, Browser("203.0.113.7", token=first.token))
    assert second.token != first.token
    assert await actor_of_session(first.token) is None
    assert await actor_of_session(second.token)
    assert await actor_of_session(other.token)


async def test_planted_session_token_is_never_adopted(database: engine.Database) -> None:
    await person()
    planted = "ab" * 32
    signed_in = await sign_in("iga@example.com", PASSWORD, Browser("203.0.113.7", token=planted))
    assert signed_in.token != planted
    assert await actor_of_session(planted) is None


async def test_signing_out_is_at_once_and_repeatable(database: engine.Database) -> None:
    await person()
    signed_in: SignedIn = await sign_in("iga@example.com", PASSWORD, HERE)
    await sign_out(signed_in.token)
    await sign_out(signed_in.token)
    assert await actor_of_session(signed_in.token) is None


async def test_weaker_hashes_are_made_again_at_sign_in(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person()
    await outcome("iga@example.com", PASSWORD)
    stored_row = await stored()
    monkeypatch.setattr(passwords, "ITERATIONS", 2)
    assert await outcome("iga@example.com", "złe hasło") == "INVALID_CREDENTIALS"
    assert await stored() == stored_row
    assert await outcome("iga@example.com", PASSWORD) == "OK"
    assert "t=2," in await stored()
    assert await outcome("iga@example.com", PASSWORD) == "OK"


async def test_hashes_of_decomposed_passwords_are_made_again_at_sign_in(database: engine.Database) -> None:
    typed, composed = "zaz\u0307o\u0301łc\u0301-kredens", "zażółć-kredens"
    await factories.user(email="iga@example.com", password_hash=passwords._derive(typed))
    assert await outcome("iga@example.com", composed) == "OK"
    assert passwords._matches(composed, await stored())
    assert await outcome("iga@example.com", typed) == "OK"


async def stored() -> str:
    async with begin(actor.system()) as uow:
        user = await accounts.find_by_email(uow, "iga@example.com")
    assert user is not None
    return user.password_hash or ""


async def test_a_password_changed_meanwhile_is_wrong(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await person()
    verify = passwords.verify

    async def slow(password: str, stored_hash: str | None) -> passwords.Match:
        right = await verify(password, stored_hash)
        async with begin(actor.system(), write=True) as uow:
            row = await accounts.find_by_email(uow, user.email)
            assert row is not None
            row.password_hash = passwords.DUMMY_HASH
            uow.bump_version(row)
        return right

    monkeypatch.setattr(passwords, "verify", slow)
    assert await outcome("iga@example.com", PASSWORD) == "INVALID_CREDENTIALS"


async def test_nothing_is_hashed_inside_a_transaction(
    database: engine.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person()
    run, inside = passwords._in_thread, []

    async def watched(work: Callable[..., object], *arguments: str) -> object:
        inside.append(is_open())
        return await run(work, *arguments)

    monkeypatch.setattr(passwords, "_in_thread", watched)
    await outcome("iga@example.com", PASSWORD)
    await outcome("iga@example.com", "złe hasło")
    assert inside == [False, False]


async def test_unverified_email_is_reported_only_after_the_right_password(
    database: engine.Database, configure: Callable[..., None]
) -> None:
    await person()
    configure(require_verified_email=True)
    with pytest.raises(InvalidCredentials):
        await sign_in("iga@example.com", "złe hasło", HERE)
    with pytest.raises(EmailNotVerified):
        await sign_in("iga@example.com", PASSWORD, HERE)
    assert {await outcome("iga@example.com", PASSWORD) for _ in range(8)} == {"EMAIL_NOT_VERIFIED"}
