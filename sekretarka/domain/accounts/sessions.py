"""Sessions: random tokens in browsers, their digests in the database."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core import crypto
from sekretarka.core.errors import NotFound, Unauthenticated
from sekretarka.core.paging import Order, Page, PageQuery, paginate
from sekretarka.core.scope import Scope
from sekretarka.domain.accounts.models import Session

IDLE = timedelta(days=30)
ABSOLUTE = timedelta(days=90)
ROLL_EVERY = timedelta(hours=1)

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
    """Whether the idle limit should be moved: at most once an hour, so that reading stays reading."""
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


async def end_all(scope: Scope, user_id: UUID, but: UUID | None = None) -> int:
    """Sign the person out everywhere, `but` in that session; how many there were."""
    hers = sa.delete(Session).where(col(Session.user_id) == user_id)
    ended = await scope.execute(hers if but is None else hers.where(col(Session.id) != but))
    return int(ended.rowcount)


async def page(scope: Scope, query: PageQuery) -> Page[Session]:
    """A page of the signed-in person's live sessions, latest use first."""
    return await paginate(scope, _mine(scope), Order(col(Session.seen_at)), query, {"user": scope.user_id})


async def find(scope: Scope) -> list[Session]:
    """The signed-in person's live sessions: the one that asks, then the others, latest use first."""
    found = await scope.all(_mine(scope).order_by(col(Session.seen_at).desc(), col(Session.id).desc()))
    return sorted(found, key=lambda session: session.id != scope.actor.session_id)


async def revoke(scope: Scope, session_id: UUID) -> None:
    """Sign out one of the person's own browsers."""
    session = await scope.first(_mine(scope).where(Session.id == session_id).with_for_update())
    if session is None:
        raise NotFound
    await scope.delete(session)


async def revoke_others(scope: Scope) -> int:
    """Sign out every browser of the person's but the one that asks; how many there were."""
    return await end_all(scope, scope.user_id, but=scope.actor.session_id)


async def current(scope: Scope) -> Session:
    """The session that asks, locked; `Unauthenticated` when it ended meanwhile."""
    session = await scope.first(_mine(scope).where(Session.id == scope.actor.session_id).with_for_update())
    if session is None:
        raise Unauthenticated
    return session


def _mine(scope: Scope) -> SelectOfScalar[Session]:
    return select(Session).where(Session.user_id == scope.user_id, Session.expires_at > scope.now)


async def forget_old(scope: Scope) -> None:
    """Delete what has ended."""
    await scope.execute(sa.delete(Session).where(col(Session.expires_at) < scope.now))
