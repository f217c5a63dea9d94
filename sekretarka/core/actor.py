"""Who is calling: one value that every entry point makes and every service reads."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from sekretarka.core.permissions import ROLE_PERMISSIONS, Permission, Role
from sekretarka.core.text.phone import DEFAULT_REGION

ActorKind = Literal["anonymous", "user", "api_key", "endpoint", "client", "system"]


@dataclass(frozen=True)
class Actor:
    """The caller of a unit of work. A `user` without `organization_id` is signed in but member of nothing."""

    kind: ActorKind
    organization_id: UUID | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None
    api_key_id: UUID | None = None
    role: Role | None = None
    scopes: frozenset[Permission] = field(default_factory=frozenset)
    # The call in which the AI acts.
    conversation_id: UUID | None = None
    # The country of the organization, where phone numbers without a country code are read.
    country: str = field(default=DEFAULT_REGION, compare=False)
    # How many changes of the organization were committed when the caller was looked up; what was read since is newer.
    changes: int | None = field(default=None, compare=False)

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything this caller may do in its organization; empty for a user without a role."""
        if self.kind == "system":
            return frozenset(Permission)
        if self.kind == "user":
            return ROLE_PERMISSIONS[self.role] if self.role else frozenset()
        return self.scopes


ANONYMOUS = Actor("anonymous")


def system(organization_id: UUID | None = None) -> Actor:
    """The system itself: worker, command line, event handlers; limited to one organization when given."""
    return Actor("system", organization_id=organization_id)


def endpoint(organization_id: UUID) -> Actor:
    """A verified webhook sender: may do nothing but what its handler does with its own organization's rows."""
    return Actor("endpoint", organization_id=organization_id)


def client(organization_id: UUID) -> Actor:
    """A client who acts by the link to one of their appointments, which is all that they are shown."""
    scopes = frozenset({Permission.APPOINTMENTS_READ, Permission.APPOINTMENTS_WRITE})
    return Actor("client", organization_id=organization_id, scopes=scopes)
