"""One-time tokens that travel in emailed links: for one purpose, one user, one address, one use (security.md#t11)."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import LinkExpired
from sekretarka.core.runtime import crypto
from sekretarka.core.web.rate_policies import LINK_EMAILS
from sekretarka.domain.accounts.models import OneTimeToken, Purpose, User

LIFETIMES: Mapping[Purpose, timedelta] = {
    Purpose.RESET_PASSWORD: timedelta(minutes=30),
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
}
RETENTION = timedelta(days=7)


async def issue(uow: UnitOfWork, user: User, purpose: Purpose) -> str | None:
    """A new token, which exists nowhere else from now on; None when the user was sent enough of them lately."""
    window_began = uow.now - timedelta(seconds=LINK_EMAILS.window)
    lately = select(OneTimeToken).where(
        OneTimeToken.user_id == user.id, OneTimeToken.purpose == purpose, OneTimeToken.created_at > window_began
    )
    if await uow.count(lately) >= LINK_EMAILS.limit:
        return None
    token = crypto.random_token()
    uow.add(
        OneTimeToken(
            purpose=purpose,
            user_id=user.id,
            email_key=user.email_key,
            token_hash=crypto.sha256_hex(token),
            created_at=uow.now,
            expires_at=uow.now + LIFETIMES[purpose],
        )
    )
    return token


async def owner_of(uow: UnitOfWork, token: str, purpose: Purpose, *, lock: bool = False) -> User:
    """Whose token this is, as long as it can be used; `LinkExpired` alike for used, old, foreign and invented ones."""
    statement = (
        select(User)
        .join(OneTimeToken, (col(OneTimeToken.user_id) == col(User.id)) & _usable(uow, token, purpose))
        .where(col(OneTimeToken.email_key) == col(User.email_key))
    )
    user = await uow.one_or_none(statement.with_for_update(of=User) if lock else statement)
    if user is None:
        raise LinkExpired
    return user


async def consume(uow: UnitOfWork, token: str, purpose: Purpose) -> User:
    """Use the token up and return its owner, locked; `LinkExpired` as above, also for all but one at a time."""
    # The user is locked first: two links of one user never wait for each other in a ring.
    user = await owner_of(uow, token, purpose, lock=True)
    used = sa.update(OneTimeToken).where(_usable(uow, token, purpose)).values(used_at=uow.now, updated_at=uow.now)
    if (await uow.execute(used)).rowcount != 1:
        raise LinkExpired
    return user


async def revoke(uow: UnitOfWork, user_id: UUID, *purposes: Purpose) -> None:
    """Links sent so far no longer work; every change of password or address calls this."""
    sent = sa.update(OneTimeToken).where(
        col(OneTimeToken.user_id) == user_id,
        col(OneTimeToken.purpose).in_(purposes or tuple(Purpose)),
        col(OneTimeToken.used_at).is_(None),
    )
    await uow.execute(sent.values(used_at=uow.now, updated_at=uow.now))


async def purge_expired(uow: UnitOfWork) -> None:
    """Delete what no link can use any more."""
    await uow.execute(sa.delete(OneTimeToken).where(col(OneTimeToken.expires_at) < uow.now - RETENTION))


def _usable(uow: UnitOfWork, token: str, purpose: Purpose) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(OneTimeToken.token_hash) == crypto.sha256_hex(token),
        col(OneTimeToken.purpose) == purpose,
        col(OneTimeToken.used_at).is_(None),
        col(OneTimeToken.expires_at) > uow.now,
    )
