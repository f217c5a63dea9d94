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
    """A new token (64 hexadecimal digits) for the user's present address, of which only the digest is stored; None when
    the user was sent as many of the purpose as `LINK_EMAILS` allows."""
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
    """The user whose token this is, locked with `lock`; `LinkExpired` alike for one that is used, old, of another
    purpose or address, or made up."""
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
    """Use the token up and return its owner, locked; `LinkExpired` as `owner_of`, and for all but one who do so at
    once."""
    # The user is locked first: two links of one user never wait for each other in a ring.
    user = await owner_of(uow, token, purpose, lock=True)
    used = sa.update(OneTimeToken).where(_usable(uow, token, purpose)).values(used_at=uow.now, updated_at=uow.now)
    if (await uow.execute(used)).rowcount != 1:
        raise LinkExpired
    return user


async def revoke(uow: UnitOfWork, user_id: UUID, *purposes: Purpose) -> None:
    """Make the user's unused tokens of these purposes (of all when none is given) unusable. Every change of password or
    address calls this."""
    sent = sa.update(OneTimeToken).where(
        col(OneTimeToken.user_id) == user_id,
        col(OneTimeToken.purpose).in_(purposes or tuple(Purpose)),
        col(OneTimeToken.used_at).is_(None),
    )
    await uow.execute(sent.values(used_at=uow.now, updated_at=uow.now))


async def purge_expired(uow: UnitOfWork) -> None:
    """Delete tokens that expired longer than `RETENTION` ago."""
    await uow.execute(sa.delete(OneTimeToken).where(col(OneTimeToken.expires_at) < uow.now - RETENTION))


def _usable(uow: UnitOfWork, token: str, purpose: Purpose) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(OneTimeToken.token_hash) == crypto.sha256_hex(token),
        col(OneTimeToken.purpose) == purpose,
        col(OneTimeToken.used_at).is_(None),
        col(OneTimeToken.expires_at) > uow.now,
    )
