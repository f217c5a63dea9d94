"""Sessions: random tokens in browsers, their digests in the database."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound, Unauthenticated
from sekretarka.core.runtime import crypto
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.accounts.models import Session

IDLE = timedelta(days=30)
ABSOLUTE = timedelta(days=90)
EXTEND_EVERY = timedelta(hours=1)

_TOKEN = re.compile(r"[0-9a-f]{64}")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def is_token(value: str) -> bool:
    """Whether this has the form of a session's token, 64 hexadecimal digits."""
    return _TOKEN.fullmatch(value) is not None


def start(uow: UnitOfWork, user_id: UUID, organization_id: UUID | None, user_agent: str | None) -> tuple[Session, str]:
    """A new session and its token (64 hexadecimal digits), of which only the digest is stored."""
    token = crypto.random_token()
    ends_at = uow.now + ABSOLUTE
    session = Session(
        user_id=user_id,
        organization_id=organization_id,
        token_hash=crypto.sha256_hex(token),
        seen_at=uow.now,
        expires_at=uow.now + IDLE,
        ends_at=ends_at,
        user_agent=_UNPRINTABLE.sub("", user_agent)[:200] if user_agent else None,
    )
    return uow.add(session), token


def rotate_token(uow: UnitOfWork, session: Session) -> str:
    """A new token for a session whose rights changed; the old one works no more (security.md#t4)."""
    token = crypto.random_token()
    session.token_hash = crypto.sha256_hex(token)
    uow.bump_version(session)
    return token


def is_extension_due(seen_at: datetime, now: datetime) -> bool:
    """Whether the idle limit should be moved: at most once an hour, so that most requests only read."""
    return now - seen_at >= EXTEND_EVERY


async def extend(uow: UnitOfWork, session_id: UUID) -> None:
    """Move the idle limit to `IDLE` from now, never past the absolute one; nothing happens for a session that is
    gone."""
    session = await uow.one_or_none(select(Session).where(Session.id == session_id).with_for_update())
    if session is not None and is_extension_due(session.seen_at, uow.now):
        session.seen_at = uow.now
        session.expires_at = min(uow.now + IDLE, session.ends_at)
        uow.bump_version(session)


async def end(uow: UnitOfWork, token: str) -> None:
    """Delete the session of this token; nothing happens when there is none."""
    await uow.execute(sa.delete(Session).where(col(Session.token_hash) == crypto.sha256_hex(token)))


async def end_all(uow: UnitOfWork, user_id: UUID, except_id: UUID | None = None) -> int:
    """Delete every session of the user but `except_id`; returns how many there were."""
    user_sessions = sa.delete(Session).where(col(Session.user_id) == user_id)
    ended = await uow.execute(user_sessions if except_id is None else user_sessions.where(col(Session.id) != except_id))
    return int(ended.rowcount)


async def page(uow: UnitOfWork, query: PageQuery) -> Page[Session]:
    """A page of the signed-in user's active sessions, latest use first."""
    return await paginate(uow, _mine(uow), SortKey(col(Session.seen_at)), query, {"user": uow.user_id})


async def find(uow: UnitOfWork) -> list[Session]:
    """The signed-in user's active sessions: the one that asks, then the others, latest use first."""
    sessions = await uow.list(_mine(uow).order_by(col(Session.seen_at).desc(), col(Session.id).desc()))
    return sorted(sessions, key=lambda session: session.id != uow.actor.session_id)


async def revoke(uow: UnitOfWork, session_id: UUID) -> None:
    """Delete one of the signed-in user's own sessions; `NotFound`."""
    session = await uow.one_or_none(_mine(uow).where(Session.id == session_id).with_for_update())
    if session is None:
        raise NotFound
    await uow.delete(session)


async def revoke_others(uow: UnitOfWork) -> int:
    """Delete every session of the signed-in user but the one that asks; returns how many there were."""
    return await end_all(uow, uow.user_id, except_id=uow.actor.session_id)


async def current(uow: UnitOfWork) -> Session:
    """The session that asks, locked; `Unauthenticated` when it has ended meanwhile."""
    session = await uow.one_or_none(_mine(uow).where(Session.id == uow.actor.session_id).with_for_update())
    if session is None:
        raise Unauthenticated
    return session


def _mine(uow: UnitOfWork) -> SelectOfScalar[Session]:
    return select(Session).where(Session.user_id == uow.user_id, Session.expires_at > uow.now)


async def purge_expired(uow: UnitOfWork) -> None:
    """Delete sessions whose idle limit has passed."""
    await uow.execute(sa.delete(Session).where(col(Session.expires_at) < uow.now))
