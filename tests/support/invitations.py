"""Invitations as invited users get them: by the link in the email."""

import re
from uuid import UUID

from sekretarka.core import actor
from sekretarka.core.actor import Actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import email_key
from sekretarka.domain.organizations import invitations
from sekretarka.domain.organizations.invitations import InvitationCreate
from sekretarka.domain.organizations.models import Invitation
from tests import factories
from tests.support.jobs import mailed

_LINK = re.compile(r"(\S+)/invite#token=([0-9a-f]{64})")


async def invite(by: Actor, email: str, role: Role = Role.STAFF, organization_id: UUID | None = None) -> Invitation:
    """Ask somebody to join."""
    where = organization_id or by.organization_id
    assert where is not None
    async with begin(by, write=True) as uow:
        return await invitations.create(uow, where, InvitationCreate(email=email, role=role))


async def email_text(email: str) -> str:
    """The text of the one email that waits for this address."""
    [message] = [message for message in await mailed() if email_key(message["to"]) == email_key(email)]
    return str(message["text"])


async def token_of(email: str) -> str:
    """The token in that email's link."""
    match = _LINK.search(await email_text(email))
    assert match is not None
    return match[2]


async def token_for(user_id: UUID, by: Actor | None = None, role: Role = Role.STAFF) -> str:
    """The token that lets a person join a business, some other one if none is named."""
    async with begin(actor.system()) as uow:
        user = await accounts.find_by_id(uow, user_id)
    assert user is not None
    await invite(by or await factories.member((await factories.organization(name="Warsztat")).id), user.email, role)
    return await token_of(user.email)
