"""Accounts at OpenID providers that sign users in: one user may have several, each belongs to one user."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Conflict, NotFound
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import Identity, User
from sekretarka.providers.openid.ports import UserInfo


class LastSignInMethod(Conflict):
    """The only way that the user could sign in would be unlinked."""

    code, message = "LAST_SIGN_IN", "Without this account you could not sign in any more: set a password first"


def query(uow: UnitOfWork) -> SelectOfScalar[Identity]:
    """A SELECT of the signed-in user's linked accounts. `Unauthenticated` or `Forbidden` for a caller who is no
    user."""
    return select(Identity).where(Identity.user_id == uow.user_id)


async def find(uow: UnitOfWork) -> Sequence[Identity]:
    """The signed-in user's linked accounts, in the order of linking."""
    return await uow.list(query(uow).order_by(col(Identity.created_at), col(Identity.id)))


async def owner_of(uow: UnitOfWork, user_info: UserInfo) -> User | None:
    """The user whose account at the provider this is, by issuer and subject; None when it is linked to nobody."""
    same_account = (Identity.issuer == user_info.issuer) & (Identity.subject == user_info.subject)
    return await uow.one_or_none(select(User).join(Identity, col(Identity.user_id) == col(User.id)).where(same_account))


async def link(uow: UnitOfWork, user: User, user_info: UserInfo) -> bool:
    """Let this account sign the user in; False when it is linked already, also if that happened at this very moment."""
    row = Identity(
        user_id=user.id,
        provider=user_info.provider,
        issuer=user_info.issuer,
        subject=user_info.subject,
        email=str(user_info.email),
    )
    try:
        async with uow.savepoint():
            uow.add(row)
            await uow.flush()
    except IntegrityError:
        return False
    return True


async def unlink(uow: UnitOfWork, identity_id: UUID) -> Identity:
    """Remove one of the user's linked accounts. `NotFound`; `LastSignInMethod` when nothing else would sign them in."""
    user = await accounts.me(uow, lock=True)
    identities = await find(uow)
    row = next((identity for identity in identities if identity.id == identity_id), None)
    if row is None:
        raise NotFound
    uow.check_precondition(row)
    if is_last_sign_in_method(user, identities, row):
        raise LastSignInMethod
    await uow.delete(row)
    return row


def is_last_sign_in_method(user: User, identities: Sequence[Identity], row: Identity) -> bool:
    """Whether this one of the user's linked accounts is the only sign-in method left."""
    offered = {provider.id for provider in settings.openid_providers}
    return user.password_hash is None and not any(
        identity.provider in offered for identity in identities if identity is not row
    )


async def delete_all(uow: UnitOfWork, user_id: UUID) -> None:
    """Delete all of the user's linked accounts."""
    await uow.execute(sa.delete(Identity).where(col(Identity.user_id) == user_id))
