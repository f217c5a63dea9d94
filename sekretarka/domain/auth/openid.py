"""Signing in with an account at an OpenID provider, and linking one (api.md#account-linking)."""

from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlmodel import select

from sekretarka.core.actor import system
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Conflict, EmailNotVerified, Unauthenticated
from sekretarka.core.text.i18n import Language
from sekretarka.domain.accounts import identities, login_throttling, sessions
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import EmailAddress, ImageUrl, email_key
from sekretarka.domain.accounts.models import Session, User
from sekretarka.domain.accounts.schemas import Name
from sekretarka.domain.auth import registration
from sekretarka.domain.auth.sign_in import Browser, SignedIn, device_token, may_sign_in, start_session
from sekretarka.domain.organizations.memberships import create_organization
from sekretarka.domain.organizations.models import Organization
from sekretarka.providers.openid.ports import UserInfo

_email: TypeAdapter[str] = TypeAdapter(EmailAddress)
_name: TypeAdapter[str] = TypeAdapter(Name)
_picture: TypeAdapter[str] = TypeAdapter(ImageUrl)
_MAX_NAME_LENGTH = 120


class AccountNotLinked(Conflict):
    """The account at the provider is linked to another user, or its address has an account that it is not linked to."""

    code, message = "ACCOUNT_NOT_LINKED", "Sign in the way you did before, then link this account in the settings"


async def sign_in(user_info: UserInfo, browser: Browser, language: Language) -> SignedIn:
    """A new session for the owner of this account at a provider; a new account and organization for who has none yet.

    `EmailNotVerified` when the provider does not vouch for the address of a new account, or the user's own must be
    verified first; `AccountNotLinked` when the new account's address has one already (who verified an address elsewhere
    proves nothing about who registered it here); `LoginThrottled` when the network registers too many.
    """
    async with begin(system()) as uow:
        if await identities.owner_of(uow, user_info) is None:
            await login_throttling.check_network(uow, registration.PURPOSE, browser.network)
    async with begin(system(), write=True) as uow:
        user = await identities.owner_of(uow, user_info)
        if user is None:
            await login_throttling.count_attempt(uow, registration.PURPOSE, browser.network)
            user = await _open_account(uow, _with_verified_email(user_info), language)
        if not may_sign_in(user):
            raise EmailNotVerified
        return await start_session(uow, user, browser, device_token(user.email_key, browser))


async def link(user_info: UserInfo, session_id: UUID, browser: Browser) -> SignedIn:
    """Let this account sign in the user of a session, which goes on under a new token.

    `Unauthenticated` when the session has ended meanwhile, `EmailNotVerified` when the provider does not vouch for the
    address, `AccountNotLinked` when the account is another user's.
    """
    user_info = _with_verified_email(user_info)
    async with begin(system(), write=True) as uow:
        of_session = select(Session.user_id).where(Session.id == session_id).scalar_subquery()
        user = await uow.one_or_none(select(User).where(User.id == of_session).with_for_update())
        session = await uow.one_or_none(select(Session).where(Session.id == session_id).with_for_update())
        if user is None or session is None or session.expires_at <= uow.now:
            raise Unauthenticated
        owner = await identities.owner_of(uow, user_info)
        if owner is not None and owner.id != user.id:
            raise AccountNotLinked
        if owner is None and not await identities.link(uow, user, user_info):
            raise AccountNotLinked
        if user.email_verified_at is None and user.email_key == email_key(user_info.email or ""):
            user.email_verified_at = uow.now
            uow.bump_version(user)
        token = sessions.rotate_token(uow, session)
        return SignedIn(token, session.expires_at, device_token(user.email_key, browser))


def _with_verified_email(user_info: UserInfo) -> UserInfo:
    """The user with an address that the provider vouches for, as we write addresses."""
    if not user_info.email_verified:
        raise EmailNotVerified
    try:
        return UserInfo(**{**vars(user_info), "email": _email.validate_python(user_info.email)})
    except ValidationError:
        raise EmailNotVerified from None


async def _open_account(uow: UnitOfWork, user_info: UserInfo, language: Language) -> User:
    email = str(user_info.email)
    user = User(
        email=email,
        email_key=email_key(email),
        name=_valid_or_none(_name, user_info.name) or email.partition("@")[0],
        avatar_url=_valid_or_none(_picture, user_info.picture),
        language=language,
        email_verified_at=uow.now,
    )
    if await accounts.find_by_email(uow, email) is not None or not await registration.create_user(uow, user):
        owner = await identities.owner_of(uow, user_info)  # from another tab, this very moment
        if owner is None:
            raise AccountNotLinked
        return owner
    if not await identities.link(uow, user, user_info):
        raise AccountNotLinked
    await create_organization(uow, Organization(name=user.name), user.id)
    return user


def _valid_or_none(kind: TypeAdapter[str], value: str | None) -> str | None:
    """What a provider says about a user, where it is valid here."""
    try:
        return kind.validate_python(value[:_MAX_NAME_LENGTH] if kind is _name and value else value)
    except ValidationError:
        return None
