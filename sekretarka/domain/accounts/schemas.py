"""Inputs and outputs of accounts."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from sekretarka.core.permissions import Role
from sekretarka.core.phone import Phone
from sekretarka.core.schemas import Input, Output, OutputInstant, Text
from sekretarka.core.settings import settings
from sekretarka.domain.accounts import passwords, strength
from sekretarka.domain.accounts.fields import PictureAddress
from sekretarka.domain.accounts.models import Identity, User

Name = Annotated[str, Text(120, 1)]
Language = Literal["pl", "en"]


def _uncommon(password: str) -> str:
    if strength.is_common(password):
        raise PydanticCustomError("common_password", strength.COMMON)
    return password


# Whoever takes one also asks `strength.is_about` with the person's names.
NewPassword = Annotated[
    str, Field(min_length=passwords.MINIMUM, max_length=passwords.MAXIMUM, repr=False), AfterValidator(_uncommon)
]


class UserPatch(Input):
    """What people may change about themselves; `phone` and `avatarUrl` take `null` to clear."""

    name: Name = ""
    phone: Phone | None = None
    avatar_url: PictureAddress | None = None
    language: Language = "pl"


class UserView(Output):
    """The signed-in person, with the organisation of this session and the role there."""

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
        """The view of a person who acts for an organisation."""
        shared = {name: getattr(user, name) for name in cls.model_fields if hasattr(user, name)}
        return cls(**shared, organization_id=organization_id, role=role)


class IdentityView(Output):
    """A linked account: it signs the person in. `name` is how the provider is called, `email` is the address there."""

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
        names = {one.id: one.name for one in settings.openid_providers}
        shared = {name: getattr(row, name) for name in cls.model_fields if name != "name"}
        return cls(**shared, name=names.get(row.provider, row.provider))


class SessionUser(Output):
    """The person of a session, in the words of Auth.js."""

    id: UUID
    name: str
    email: str
    image: str | None
    organization_id: UUID | None
    role: Role | None


class SessionView(Output):
    """What `GET /api/auth/session` says."""

    user: SessionUser
    expires: OutputInstant
