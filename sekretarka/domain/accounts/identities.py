"""Accounts at OpenID providers that sign people in: one person may have several, each belongs to one person."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.errors import Conflict, NotFound
from sekretarka.core.scope import Scope
from sekretarka.core.settings import settings
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import Identity, User
from sekretarka.providers.openid.ports import Person


class LastSignIn(Conflict):
    code, message = "LAST_SIGN_IN", "Without this account you could not sign in any more: set a password first"


def query(scope: Scope) -> SelectOfScalar[Identity]:
    """The signed-in person's linked accounts."""
    return select(Identity).where(Identity.user_id == scope.user_id)


async def find(scope: Scope) -> Sequence[Identity]:
    """All of them, in the order of linking; nobody has many."""
    return await scope.all(query(scope).order_by(col(Identity.created_at), col(Identity.id)))


async def owner_of(scope: Scope, person: Person) -> User | None:
    """Whose account at the provider this is."""
    mine = (Identity.issuer == person.issuer) & (Identity.subject == person.subject)
    return await scope.first(select(User).join(Identity, col(Identity.user_id) == col(User.id)).where(mine))


async def link(scope: Scope, user: User, person: Person) -> bool:
    """Let this account sign the person in; False when it is somebody's at this very moment."""
    row = Identity(
        user_id=user.id,
        provider=person.provider,
        issuer=person.issuer,
        subject=person.subject,
        email=str(person.email),
    )
    try:
        async with scope.savepoint():
            scope.add(row)
            await scope.flush()
    except IntegrityError:
        return False
    return True


async def unlink(scope: Scope, identity_id: UUID) -> Identity:
    """Forget one of the person's linked accounts; `LastSignIn` when nothing else would sign her in."""
    user = await accounts.me(scope, lock=True)
    mine = await find(scope)
    row = next((one for one in mine if one.id == identity_id), None)
    if row is None:
        raise NotFound
    scope.demanded_of(row)
    if is_needed(user, mine, row):
        raise LastSignIn
    await scope.delete(row)
    return row


def is_needed(user: User, mine: Sequence[Identity], row: Identity) -> bool:
    """Whether this one of the person's linked accounts is the only thing left that signs her in."""
    offered = {provider.id for provider in settings.openid_providers}
    return user.password_hash is None and not any(one.provider in offered for one in mine if one is not row)


async def forget_all(scope: Scope, user_id: UUID) -> None:
    """Nobody signs in as this person by a linked account any more."""
    await scope.execute(sa.delete(Identity).where(col(Identity.user_id) == user_id))
