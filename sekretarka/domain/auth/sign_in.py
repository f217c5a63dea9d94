"""Signing in and out with a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import select

from sekretarka.core.actor import system
from sekretarka.core.database.db_errors import retry_on_conflict
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import EmailNotVerified, InvalidCredentials
from sekretarka.core.runtime import crypto
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import format_datetime, language
from sekretarka.domain.accounts import login_throttling, mail, passwords, sessions, user_agents
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import email_key
from sekretarka.domain.accounts.login_throttling import CountedAttempt
from sekretarka.domain.accounts.models import User
from sekretarka.domain.organizations.memberships import default_organization
from sekretarka.domain.organizations.models import Organization

PURPOSE = "sign-in"
NEW_ACCOUNT_PERIOD = timedelta(hours=1)  # the first browsers of a new account are no news
DEFAULT_ZONE = "Europe/Warsaw"


@dataclass(frozen=True)
class Browser:
    """Where someone signs in from: `network` is from `rate_limiter.address`. `token` is the session the browser held
    before, which ends; `device` is what an earlier `SignedIn` gave it to be recognized by."""

    network: str
    user_agent: str | None = None
    token: str | None = None
    device: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """A new session: `token` for an HttpOnly cookie, `device` for a cookie that outlives the session."""

    token: str
    expires_at: datetime
    device: str


@dataclass(frozen=True)
class _Attempt:
    account: str
    counted_as: str
    device: str
    user_id: UUID | None
    password_hash: str | None
    network: CountedAttempt


async def sign_in(email: str, password: str, browser: Browser) -> SignedIn:
    """A new session for the right password.

    `InvalidCredentials` alike for an unknown user, a wrong password and an account whose delay has not passed;
    `LoginThrottled` for a network at its limit; `EmailNotVerified` only after the right password; `Unavailable` when
    too many passwords wait to be checked.
    """
    account = email_key(email)
    try:
        async with login_throttling.turn(f"network {browser.network}", f"account {account}"):
            return await _sign_in(account, password, browser)
    except InvalidCredentials:
        async with begin(system(), write=True) as uow:
            await login_throttling.record_failure(uow, browser.network)
        raise


async def _sign_in(account: str, password: str, browser: Browser) -> SignedIn:
    attempt = await retry_on_conflict(lambda: _count_attempt(account, browser))
    match = await passwords.verify(password, attempt.password_hash)
    if not match or attempt.user_id is None or attempt.password_hash is None:
        raise InvalidCredentials
    renewed = await passwords.derive(password) if match is passwords.Match.OUTDATED else None
    signed_in = await retry_on_conflict(lambda: _enter(attempt, browser, renewed))
    if signed_in is None:
        raise EmailNotVerified
    return signed_in


async def _enter(attempt: _Attempt, browser: Browser, renewed: str | None) -> SignedIn | None:
    """A session after the right password, whose hash becomes `renewed`; None while the address is not verified."""
    async with begin(system(), write=True) as uow:
        user = await _unchanged(uow, attempt)
        if renewed is not None:
            user.password_hash = renewed
            uow.bump_version(user)
        # Network, then account, as they were counted: two sign-ins never wait for each other.
        await login_throttling.uncount_attempt(uow, attempt.network)
        await login_throttling.clear_account(uow, attempt.counted_as)
        return await start_session(uow, user, browser, attempt.device) if may_sign_in(user) else None


async def sign_out(token: str) -> None:
    """Delete the session of this token; nothing happens when there is none."""
    async with begin(system(), write=True) as uow:
        await sessions.end(uow, token)


async def _count_attempt(account: str, browser: Browser) -> _Attempt:
    """Count the attempt before the password is looked at, so that a thousand at once are a thousand counted."""
    device = _known_device(account, browser)
    counted_as = f"{account}|{device}" if device else account
    async with begin(system()) as uow:
        await login_throttling.check_network(uow, PURPOSE, browser.network)
    async with begin(system(), write=True) as uow:
        network = await login_throttling.count_attempt(uow, PURPOSE, browser.network)
        admitted = await login_throttling.count_account_failure(uow, counted_as)
        user = await accounts.find_by_email(uow, account)
    if not admitted:
        raise InvalidCredentials
    return _Attempt(
        account=account,
        counted_as=counted_as,
        device=device or _new_device(account),
        user_id=user.id if user else None,
        password_hash=user.password_hash if user else None,
        network=network,
    )


def device_token(account: str, browser: Browser) -> str:
    """The token by which this browser is recognized for an account (`email_key`): the one it has, or a new one."""
    return _known_device(account, browser) or _new_device(account)


def _known_device(account: str, browser: Browser) -> str | None:
    return browser.device if browser.device and _is_known(browser.device, account) else None


def _new_device(account: str) -> str:
    """What a browser that signed in is known by: guesses from elsewhere never make it wait (security.md#t7)."""
    device = crypto.random_token(16)
    return f"{device}.{crypto.hmac_hex('device', f'{account}|{device}')}"


def _is_known(value: str, account: str) -> bool:
    device, _, proof = value.partition(".")
    return crypto.equal(proof, crypto.hmac_hex("device", f"{account}|{device}"))


async def _unchanged(uow: UnitOfWork, attempt: _Attempt) -> User:
    """The user, unless the password was changed or the account deleted while this one was being verified."""
    user = await uow.one_or_none(select(User).where(User.id == attempt.user_id).with_for_update())
    if user is None or user.password_hash != attempt.password_hash:
        raise InvalidCredentials
    return user


def may_sign_in(user: User) -> bool:
    """Whether the user's address was verified, or that is not required (`REQUIRE_VERIFIED_EMAIL`)."""
    return user.email_verified_at is not None or not settings.require_verified_email


async def start_session(uow: UnitOfWork, user: User, browser: Browser, device: str) -> SignedIn:
    """A new session for the user in the `default_organization`; the session the browser came with ends. A sign-in from
    a `device` that the browser did not bring is told by email, unless the account is new."""
    if browser.token:
        await sessions.end(uow, browser.token)
    organization_id = await default_organization(uow, user.id)
    if device != browser.device and uow.now - user.created_at > NEW_ACCOUNT_PERIOD:
        await _notify_new_sign_in(uow, user, browser, organization_id)
    session, token = sessions.start(uow, user.id, organization_id, browser.user_agent)
    return SignedIn(token, session.expires_at, device)


async def _notify_new_sign_in(uow: UnitOfWork, user: User, browser: Browser, organization_id: UUID | None) -> None:
    """An email about a sign-in from a browser not seen before; once a day for the same network (security.md#t7)."""
    organization = await uow.one_or_none(select(Organization).where(Organization.id == organization_id))
    zone, lang = organization.timezone if organization else DEFAULT_ZONE, language(user.language)
    device = user_agents.parse(browser.user_agent or "")
    network = crypto.hmac_hex("sign-in-network", f"{user.id}|{browser.network}")[:16]
    await mail.send(
        uow,
        "new_sign_in",
        to=user.email,
        language=lang,
        link=mail.page_url("/reset"),
        key=f"new-sign-in:{user.id}:{network}:{uow.now.date().isoformat()}",
        when=f"{format_datetime(lang, uow.now, zone)} ({zone})",
        browser=", ".join(filter(None, (device.browser, device.system))) or "?",
    )
