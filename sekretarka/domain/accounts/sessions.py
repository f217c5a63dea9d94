"""Sessions: random tokens in browsers, their digests in the database."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core import crypto
from sekretarka.core.errors import NotFound
from sekretarka.core.scope import Scope
from sekretarka.domain.accounts.models import Session

IDLE = timedelta(days=30)
ABSOLUTE = timedelta(days=90)
ROLL_EVERY = timedelta(days=1)

_TOKEN = re.compile(r"[0-9a-f]{64}")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def is_token(value: str) -> bool:
    """Whether this can be a session's token at all."""
    return _TOKEN.fullmatch(value) is not None


def start(scope: Scope, user_id: UUID, organization_id: UUID | None, user_agent: str | None) -> tuple[Session, str]:
    """A new session and its token, which exists nowhere else from now on."""
    token = crypto.random_token()
    ends_at = scope.now + ABSOLUTE
    session = Session(
        user_id=user_id,
        organization_id=organization_id,
        token_hash=crypto.digest(token),
        seen_at=scope.now,
        expires_at=scope.now + IDLE,
        ends_at=ends_at,
        user_agent=_UNPRINTABLE.sub("", user_agent)[:200] if user_agent else None,
    )
    return scope.add(session), token


def renew(scope: Scope, session: Session) -> str:
    """A new token for a session whose rights changed; the old one is dead (SECURITY.md T4)."""
    token = crypto.random_token()
    session.token_hash = crypto.digest(token)
    scope.touch(session)
    return token


def wants_rolling(seen_at: datetime, now: datetime) -> bool:
    """Whether the idle limit should be moved: at most once a day, so that reading stays reading."""
    return now - seen_at >= ROLL_EVERY


async def roll(scope: Scope, session_id: UUID) -> None:
    """Move the idle limit, never past the absolute one."""
    session = await scope.first(select(Session).where(Session.id == session_id).with_for_update())
    if session is not None and wants_rolling(session.seen_at, scope.now):
        session.seen_at = scope.now
        session.expires_at = min(scope.now + IDLE, session.ends_at)
        scope.touch(session)


async def end(scope: Scope, token: str) -> None:
    """Sign out the browser that holds this token; nothing happens for a token that is none."""
    await scope.execute(sa.delete(Session).where(col(Session.token_hash) == crypto.digest(token)))


async def end_all(scope: Scope, user_id: UUID) -> None:
    """Sign the person out everywhere."""
    await scope.execute(sa.delete(Session).where(col(Session.user_id) == user_id))


async def find(scope: Scope) -> Sequence[Session]:
    """The signed-in person's live sessions, latest use first."""
    mine = select(Session).where(Session.user_id == scope.user_id, Session.expires_at > scope.now)
    return await scope.all(mine.order_by(col(Session.seen_at).desc(), col(Session.id)))


async def revoke(scope: Scope, session_id: UUID) -> None:
    """Sign out one of the person's own sessions."""
    mine = select(Session).where(Session.id == session_id, Session.user_id == scope.user_id)
    session = await scope.first(mine)
    if session is None:
        raise NotFound
    await scope.delete(session)


async def forget_old(scope: Scope) -> None:
    """Delete what has ended."""
    await scope.execute(sa.delete(Session).where(col(Session.expires_at) < scope.now))
