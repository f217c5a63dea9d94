"""One-time tokens that travel in mailed links: for one purpose, one person, one address, one use (SECURITY.md T11)."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core import crypto
from sekretarka.core.errors import LinkExpired
from sekretarka.core.scope import Scope
from sekretarka.domain.accounts.models import OneTimeToken, Purpose, User

LIFETIMES: Mapping[Purpose, timedelta] = {
    Purpose.RESET_PASSWORD: timedelta(minutes=30),
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
}
MOST_AN_HOUR = 3  # letters of one kind to one person: nobody's mailbox is filled through us
KEPT = timedelta(days=7)


async def issue(scope: Scope, user: User, purpose: Purpose) -> str | None:
    """A new token, which exists nowhere else from now on; None when the person was sent enough of them lately."""
    hour_ago = scope.now - timedelta(hours=1)
    lately = select(OneTimeToken).where(
        OneTimeToken.user_id == user.id, OneTimeToken.purpose == purpose, OneTimeToken.created_at > hour_ago
    )
    if await scope.count(lately) >= MOST_AN_HOUR:
        return None
    token = crypto.random_token()
    scope.add(
        OneTimeToken(
            purpose=purpose,
            user_id=user.id,
            email_key=user.email_key,
            token_hash=crypto.digest(token),
            created_at=scope.now,
            expires_at=scope.now + LIFETIMES[purpose],
        )
    )
    return token


async def holder(scope: Scope, token: str, purpose: Purpose, *, lock: bool = False) -> User:
    """Whose token this is, as long as it can be used; `LinkExpired` alike for used, old, foreign and invented ones."""
    statement = (
        select(User)
        .join(OneTimeToken, (col(OneTimeToken.user_id) == col(User.id)) & _usable(scope, token, purpose))
        .where(col(OneTimeToken.email_key) == col(User.email_key))
    )
    user = await scope.first(statement.with_for_update(of=User) if lock else statement)
    if user is None:
        raise LinkExpired
    return user


async def use(scope: Scope, token: str, purpose: Purpose) -> User:
    """The same, locked, and the token used up by this alone, whoever else tries at the same moment."""
    # The person is locked first: two links of one person never wait for each other in a ring.
    user = await holder(scope, token, purpose, lock=True)
    used = sa.update(OneTimeToken).where(_usable(scope, token, purpose)).values(used_at=scope.now, updated_at=scope.now)
    if (await scope.execute(used)).rowcount != 1:
        raise LinkExpired
    return user


async def revoke(scope: Scope, user_id: UUID, *purposes: Purpose) -> None:
    """Links sent so far no longer work; every change of password or address calls this."""
    sent = sa.update(OneTimeToken).where(
        col(OneTimeToken.user_id) == user_id,
        col(OneTimeToken.purpose).in_(purposes or tuple(Purpose)),
        col(OneTimeToken.used_at).is_(None),
    )
    await scope.execute(sent.values(used_at=scope.now, updated_at=scope.now))


async def forget_old(scope: Scope) -> None:
    """Delete what no link can use any more."""
    await scope.execute(sa.delete(OneTimeToken).where(col(OneTimeToken.expires_at) < scope.now - KEPT))


def _usable(scope: Scope, token: str, purpose: Purpose) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(OneTimeToken.token_hash) == crypto.digest(token),
        col(OneTimeToken.purpose) == purpose,
        col(OneTimeToken.used_at).is_(None),
        col(OneTimeToken.expires_at) > scope.now,
    )
