"""Inputs and outputs of accounts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from sekretarka.core.permissions import Role
from sekretarka.core.runtime.openid import GOOGLE
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.phone import Phone
from sekretarka.core.web.schemas import BoundedStr, Input, Output, OutputInstant
from sekretarka.domain.accounts import password_policy, passwords, user_agents
from sekretarka.domain.accounts.fields import ImageUrl
from sekretarka.domain.accounts.models import Identity, Session, User
from sekretarka.domain.accounts.user_agents import DeviceKind

Name = Annotated[str, BoundedStr(120, 1)]
Language = Literal["pl", "en"]
# As it was typed: `passwords.verify` compares it in more than one form, of which one may be four times as long.
Password = Annotated[str, Field(max_length=4 * passwords.MAXIMUM, repr=False)]


def _uncommon(password: str) -> str:
    if password_policy.is_common(password):
        raise PydanticCustomError("common_password", password_policy.COMMON_MESSAGE)
    return password


# Whoever takes one also asks `password_policy.is_derived_from` with the user's names.
NewPassword = Annotated[
    str,
    Field(min_length=passwords.MINIMUM, max_length=passwords.MAXIMUM, repr=False),
    BeforeValidator(lambda value: passwords.normalise(value) if isinstance(value, str) else value),
    AfterValidator(_uncommon),
]


class UserPatch(Input):
    """What users may change about themselves; `phone` and `avatarUrl` take `null` to clear."""

    name: Name = ""
    phone: Phone | None = None
    avatar_url: ImageUrl | None = None
    language: Language = "pl"


class UserView(Output):
    """The signed-in user, with the organization of this session and the role there."""

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    email: str
    name: str
    phone: str | None
    avatar_url: str | None
    language: Language
    email_verified_at: OutputInstant | None
    organization_id: UUID | None
    role: Role | None

    @classmethod
    def of(cls, user: User, organization_id: UUID | None, role: Role | None) -> "UserView":
        """The view of a user; organization and role are those of the session, None without one."""
        shared = {name: getattr(user, name) for name in cls.model_fields if hasattr(user, name)}
        return cls(**shared, organization_id=organization_id, role=role)


class IdentityView(Output):
    """A linked account: it signs the user in. `name` is how the provider is called, `email` is the address there."""

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    provider: str
    name: str
    email: str

    @classmethod
    def of(cls, row: Identity) -> "IdentityView":
        """The view of a linked account; a provider that is no longer set up is called by its id."""
        names = {GOOGLE: "Google", **{provider.id: provider.name for provider in settings.openid_providers}}
        shared = {name: getattr(row, name) for name in cls.model_fields if name != "name"}
        return cls(**shared, name=names.get(row.provider, row.provider))


class SessionUser(Output):
    """The user of a session, in the words of Auth.js."""

    id: UUID
    name: str
    email: str
    image: str | None
    organization_id: UUID | None
    role: Role | None


class SessionView(Output):
    """The user of a session and when it ends, as Auth.js reads it from `GET /api/auth/session`."""

    user: SessionUser
    expires: OutputInstant


class PasswordChange(Input):
    """A new password, and the current one as proof of who asks."""

    current_password: Password
    new_password: NewPassword


class DeviceView(Output):
    """A signed-in browser. `browser`, `system` and `device` are read from what it says of itself; null when unknown.

    `lastSeenAt` is right to the hour.
    """

    id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    last_seen_at: OutputInstant
    expires_at: OutputInstant
    browser: str | None
    system: str | None
    device: DeviceKind | None
    current: bool

    @classmethod
    def of(cls, session: Session, current_id: UUID | None) -> "DeviceView":
        """The view of one of a user's sessions; `current_id` is the one that asks."""
        browser = user_agents.parse(session.user_agent or "")
        return cls(
            id=session.id,
            version=session.version,
            created_at=session.created_at,
            updated_at=session.updated_at,
            last_seen_at=session.seen_at,
            expires_at=session.expires_at,
            browser=browser.browser,
            system=browser.system,
            device=browser.kind,
            current=session.id == current_id,
        )


class SignedOut(Output):
    """How many other browsers were signed out."""

    count: int
