"""Signing in with an account at an OpenID provider, and linking one (api.md#account-linking)."""

from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlmodel import select

from sekretarka.core.actor import system
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Conflict, EmailNotVerified, Unauthenticated
from sekretarka.core.text.i18n import Language
from sekretarka.domain.accounts import identities, sessions, throttles
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import Email, PictureAddress, email_key
from sekretarka.domain.accounts.models import Session, User
from sekretarka.domain.accounts.schemas import Name
from sekretarka.domain.organizations import registration
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.sign_in import Browser, SignedIn, device_of, may_enter, start
from sekretarka.providers.openid.ports import Person

_email: TypeAdapter[str] = TypeAdapter(Email)
_name: TypeAdapter[str] = TypeAdapter(Name)
_picture: TypeAdapter[str] = TypeAdapter(PictureAddress)
_LONGEST_NAME = 120


class AccountNotLinked(Conflict):
    code, message = "ACCOUNT_NOT_LINKED", "Sign in the way you did before, then link this account in the settings"


async def enter(person: Person, browser: Browser, language: Language) -> SignedIn:
    """A new session for the owner of this account at a provider; a new account for who has none yet.

    `EmailNotVerified` unless the provider vouches for the address of a new account; `AccountNotLinked` when that
    address has an account already: whoever verified an address elsewhere proves nothing about who registered it here.
    """
    async with begin(system()) as uow:
        if await identities.owner_of(uow, person) is None:
            await throttles.check_network(uow, registration.PURPOSE, browser.network)
    async with begin(system(), write=True) as uow:
        user = await identities.owner_of(uow, person)
        if user is None:
            await throttles.enter_network(uow, registration.PURPOSE, browser.network)
            user = await _open_account(uow, _proven(person), language)
        if not may_enter(user):
            raise EmailNotVerified
        return await start(uow, user, browser, device_of(user.email_key, browser))


async def link(person: Person, session_id: UUID, browser: Browser) -> SignedIn:
    """Let this account sign in the person of a session, which goes on under a new token.

    `Unauthenticated` when the session has ended meanwhile, `AccountNotLinked` when the account is somebody else's.
    """
    person = _proven(person)
    async with begin(system(), write=True) as uow:
        session = await uow.one_or_none(select(Session).where(Session.id == session_id).with_for_update())
        if session is None or session.expires_at <= uow.now:
            raise Unauthenticated
        user = await uow.one_or_none(select(User).where(User.id == session.user_id))
        owner = await identities.owner_of(uow, person)
        if user is None or (owner is not None and owner.id != user.id):
            raise AccountNotLinked
        if owner is None and not await identities.link(uow, user, person):
            raise AccountNotLinked
        if user.email_verified_at is None and user.email_key == email_key(person.email or ""):
            user.email_verified_at = uow.now
            uow.bump_version(user)
        token = sessions.renew(uow, session)
        return SignedIn(token, session.expires_at, device_of(user.email_key, browser))


def _proven(person: Person) -> Person:
    """The person with an address that the provider vouches for, as we write addresses."""
    if not person.email_verified:
        raise EmailNotVerified
    try:
        return Person(**{**vars(person), "email": _email.validate_python(person.email)})
    except ValidationError:
        raise EmailNotVerified from None


async def _open_account(uow: UnitOfWork, person: Person, language: Language) -> User:
    email = str(person.email)
    user = User(
        email=email,
        email_key=email_key(email),
        name=_said(_name, person.name) or email.partition("@")[0],
        avatar_url=_said(_picture, person.picture),
        language=language,
        email_verified_at=uow.now,
    )
    if await accounts.find_by_email(uow, email) is not None or not await registration.add_user(uow, user):
        owner = await identities.owner_of(uow, person)  # from another tab, this very moment
        if owner is None:
            raise AccountNotLinked
        return owner
    if not await identities.link(uow, user, person):
        raise AccountNotLinked
    await registration.found(uow, Organization(name=user.name), user.id)
    return user


def _said(kind: TypeAdapter[str], value: str | None) -> str | None:
    """What a provider says about a person, where it is fit to be kept."""
    try:
        return kind.validate_python(value[:_LONGEST_NAME] if kind is _name and value else value)
    except ValidationError:
        return None
