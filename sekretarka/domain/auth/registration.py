"""New accounts: user, organization and ownership are created together or not at all."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.exc import IntegrityError

from sekretarka.core.actor import system
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork, begin
from sekretarka.core.errors import Duplicate
from sekretarka.core.permissions import KEY_SCOPES
from sekretarka.core.web.schemas import BoundedStr, Input
from sekretarka.domain.accounts import login_throttling, mail, password_policy, passwords
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import EmailAddress, email_key
from sekretarka.domain.accounts.models import User
from sekretarka.domain.accounts.schemas import Language, Name, NewPassword
from sekretarka.domain.auth import verification
from sekretarka.domain.organizations import api_keys
from sekretarka.domain.organizations.memberships import create_organization
from sekretarka.domain.organizations.models import Organization

PURPOSE = "register"


class Registration(Input):
    """Someone opens an account. Without `organizationName` the organization is named after the user."""

    email: EmailAddress
    name: Name
    organization_name: Annotated[str, BoundedStr(120, 1)] | None = None
    language: Language = "pl"
    password: NewPassword

    @field_validator("password")
    @classmethod
    def _strong(cls, value: str, info: ValidationInfo) -> str:
        values = info.data
        context = (values.get("email"), values.get("name"), values.get("organization_name"))
        if password_policy.is_derived_from(value, [name for name in context if name]):
            raise PydanticCustomError("guessable_password", password_policy.GUESSABLE_MESSAGE)
        return value


@dataclass(frozen=True)
class Registered:
    """The answer to a registration. For an address that has an account, `user_id` is random and looks the same."""

    user_id: UUID
    email: str


@dataclass(frozen=True)
class CreatedOwner:
    """The ids of a new owner and organization, and the API key in clear, for the command line."""

    user_id: UUID
    organization_id: UUID
    api_key: str


async def prepare(data: Registration, network: str) -> str:
    """Count the attempt and hash the password, before any transaction waits for it; returns the hash. `LoginThrottled`
    for a network at its limit."""
    await login_throttling.count_request(PURPOSE, network)
    return await passwords.derive(data.password)


async def register(uow: UnitOfWork, data: Registration, password_hash: str) -> Registered:
    """Open an account and email its verification link. An address that has an account gets the same answer and costs
    the same work, and an email that says so (api.md#registration)."""
    created = await _open_account(uow, data, password_hash)
    if created is None:
        await _remind(uow, data.email)
    else:
        await verification.send_link(uow, created[0])
    return Registered(created[0].id if created else new_id(), data.email)


async def create_owner(email: str, password: str, organization: str, name: str | None = None) -> CreatedOwner:
    """A new owner with an organization and an API key of every scope, created by who runs the system: the address
    counts as verified. `Duplicate` when it has an account, `pydantic.ValidationError` for bad values."""
    values: dict[str, Any] = {"email": email, "password": password, "organizationName": organization}
    data = Registration.model_validate({**values, "name": name or email.partition("@")[0][:120]})
    password_hash = await passwords.derive(data.password)
    async with begin(system(), write=True) as uow:
        created = await _open_account(uow, data, password_hash)
        if created is None:
            raise Duplicate("This e-mail address has an account already")
        user, created_organization = created
        user.email_verified_at = uow.now
        _, secret = api_keys.issue(uow, created_organization.id, user.id, name="create-owner", scopes=KEY_SCOPES)
    return CreatedOwner(user.id, created_organization.id, secret)


async def _open_account(uow: UnitOfWork, data: Registration, password_hash: str) -> tuple[User, Organization] | None:
    """User, organization, ownership; None when the address has an account, also one made this very moment."""
    if await accounts.find_by_email(uow, data.email) is not None:
        return None
    user = User(
        email=data.email,
        email_key=email_key(data.email),
        password_hash=password_hash,
        name=data.name,
        language=data.language,
    )
    if not await create_user(uow, user):
        return None
    organization = await create_organization(uow, Organization(name=data.organization_name or data.name), user.id)
    return user, organization


async def create_user(uow: UnitOfWork, user: User) -> bool:
    """Store a new user; False when the address has an account, also one created at this very moment."""
    try:
        async with uow.savepoint():
            uow.add(user)
            await uow.flush()
    except IntegrityError:
        return False
    return True


async def _remind(uow: UnitOfWork, email: str) -> None:
    """Tell whoever has the address that it has an account, in the account's own language and once a day."""
    user = await accounts.find_by_email(uow, email)
    if user is not None:
        day = uow.now.date().isoformat()
        link, key = mail.page_url("/login"), f"account-exists:{user.id}:{day}"
        await mail.send(uow, "account_exists", to=user.email, language=user.language, link=link, key=key)
