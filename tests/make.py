"""One builder per table: rows with sensible values, anything of which a test may set."""

from typing import Any
from uuid import UUID

from sekretarka.core import actor, clock
from sekretarka.core.actor import Actor
from sekretarka.core.models import new_id
from sekretarka.core.permissions import Role
from sekretarka.core.scope import open_scope
from sekretarka.domain.accounts.fields import email_key
from sekretarka.domain.accounts.models import Identity, User
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.models import Agent, AgentConnection
from sekretarka.domain.organizations import invitations
from sekretarka.domain.organizations.models import Invitation, Membership, Organization


async def organization(**values: Any) -> Organization:
    """A business in Warsaw."""
    row = Organization(**{"id": new_id(), "name": "Studio Lawenda", **values})
    async with open_scope(actor.system(row.id), write=True) as scope:
        return scope.add(row)


async def user(**values: Any) -> User:
    """A person without a password."""
    user_id = new_id()
    email = values.pop("email", f"osoba-{user_id.hex}@example.com")
    row = User(**{"id": user_id, "name": "Iga Nowak", "email": email, "email_key": email.casefold(), **values})
    async with open_scope(actor.system(), write=True) as scope:
        return scope.add(row)


async def member(organization_id: UUID, role: Role = Role.OWNER, **values: Any) -> Actor:
    """A person with a role in the business, as the doors would see her."""
    person = await user(**values)
    async with open_scope(actor.system(), write=True) as scope:
        scope.add(Membership(organization_id=organization_id, user_id=person.id, role=role))
    return Actor("user", organization_id=organization_id, user_id=person.id, role=role)


async def invitation(organization_id: UUID, **values: Any) -> Invitation:
    """Somebody was invited to the business; nobody has the link."""
    row_id = new_id()
    email = values.pop("email", f"osoba-{row_id.hex}@example.com")
    expires_at = clock.now() + invitations.GOOD_FOR
    given = {"email_key": email_key(email), "role": Role.STAFF, "token_hash": row_id.hex, "expires_at": expires_at}
    row = Invitation(**{"id": row_id, "organization_id": organization_id, "email": email, **given, **values})
    async with open_scope(actor.system(), write=True) as scope:
        return scope.add(row)


async def identity(user_id: UUID, **values: Any) -> Identity:
    """An account at Google that signs the person in."""
    shared = {"provider": "google", "issuer": "https://accounts.google.com", "subject": new_id().hex}
    row = Identity(**{"user_id": user_id, **shared, "email": "osoba@gmail.example", **values})
    async with open_scope(actor.system(), write=True) as scope:
        return scope.add(row)


async def agent(organization_id: UUID, **values: Any) -> Agent:
    """An agent with a connection."""
    row = Agent(**{"id": new_id(), "organization_id": organization_id, "name": "Ola", **values})
    async with open_scope(actor.system(organization_id), write=True) as scope:
        scope.add(row)
        await scope.flush()
        connections.connect(scope, row)
    return row


async def connection(of: Agent) -> AgentConnection:
    """The connection of an agent."""
    async with open_scope(actor.system(of.organization_id)) as scope:
        return await connections.of_agent(scope, of.id)
