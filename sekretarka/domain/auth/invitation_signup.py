"""The link of an invitation opened by somebody we do not know yet: what it offers, and an account made by it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from sekretarka.core.actor import system
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Duplicate, Invalid
from sekretarka.core.permissions import Role
from sekretarka.core.web.schemas import Input, Output, OutputInstant
from sekretarka.domain.accounts import login_throttling, password_policy, passwords
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import User
from sekretarka.domain.accounts.schemas import Language, Name, NewPassword
from sekretarka.domain.auth.registration import Registered, create_user
from sekretarka.domain.organizations import invitations
from sekretarka.domain.organizations.models import Invitation

PURPOSE = "join"
Token = Annotated[str, Field(min_length=1, max_length=200, repr=False)]


class InvitationToken(Input):
    """The token that the link in the email carries after its `#`."""

    token: Token


class InvitationSignup(InvitationToken):
    """Somebody without an account accepts an invitation; the new account has the invited address."""

    name: Name
    language: Language = "pl"
    password: NewPassword


class Offer(Output):
    """Who invites whom to what. `hasAccount` tells the invited user whether to sign in or to register."""

    organization_name: str
    invited_by: str | None
    email: str
    role: Role
    expires_at: OutputInstant
    has_account: bool


async def look_up(token: str, network: str) -> Offer:
    """What the link of a token offers; `NotFound`, or `Gone` for one that is used, revoked or expired. Failed attempts
    count against the network: `LoginThrottled`."""
    async with begin(system(), write=True) as uow:
        ticket = await login_throttling.count_attempt(uow, PURPOSE, network)
    async with begin(system(), write=True) as uow:
        offer = await _offer(uow, token)
        await login_throttling.uncount_attempt(uow, ticket)
    return offer


async def prepare(data: InvitationSignup, network: str) -> str:
    """Count the attempt and hash the password, before any transaction waits for it; returns the hash. `LoginThrottled`,
    `NotFound` or `Gone` as `look_up`, `Invalid` for a password made of the user's own names."""
    async with begin(system(), write=True) as uow:
        await login_throttling.count_attempt(uow, PURPOSE, network)
    async with begin(system()) as uow:
        row, _ = await invitations.get_pending(uow, data.token)
    if password_policy.is_derived_from(data.password, [row.email, data.name]):
        raise Invalid.field(["body", "password"], "guessable_password", password_policy.GUESSABLE_MESSAGE)
    return await passwords.derive(data.password)


async def register(uow: UnitOfWork, data: InvitationSignup, password_hash: str) -> Registered:
    """An account for the invited address, verified by the link, and the membership; no organization of one's own.
    `NotFound` or `Gone` as `look_up`; `Duplicate` when the address has an account, whose owner accepts signed in."""
    row, _ = await invitations.get_pending(uow, data.token)
    user = await _new_user(uow, row, data, password_hash)
    await invitations.redeem(uow, row, user)
    return Registered(user.id, user.email)


async def _new_user(uow: UnitOfWork, row: Invitation, data: InvitationSignup, password_hash: str) -> User:
    user = User(
        email=row.email, email_key=row.email_key, password_hash=password_hash, name=data.name, language=data.language
    )
    if not await create_user(uow, user):
        raise Duplicate("This e-mail address has an account already", details={"existing": "account"})
    return user


async def _offer(uow: UnitOfWork, token: str) -> Offer:
    row, organization = await invitations.get_pending(uow, token)
    return Offer(
        organization_name=organization.name,
        invited_by=await _name(uow, row.invited_by_id),
        email=row.email,
        role=row.role,
        expires_at=row.expires_at,
        has_account=await accounts.find_by_email(uow, row.email) is not None,
    )


async def _name(uow: UnitOfWork, user_id: UUID | None) -> str | None:
    user = await accounts.find_by_id(uow, user_id) if user_id else None
    return user.name if user else None
