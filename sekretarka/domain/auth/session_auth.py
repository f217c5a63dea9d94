"""Who is calling: a session's token becomes an `Actor`, with rights read from the database every time.

What is here, in `api_key_auth.py`, `registration.py` and `sign_in.py` runs before there is a caller, so these functions
begin their own units of work as the system; every other service is given one.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import outerjoin
from sqlmodel import col

from sekretarka.core.actor import Actor, system
from sekretarka.core.database.live_events import LiveCursor
from sekretarka.core.database.prepared_query import PreparedQuery
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import NotFound
from sekretarka.core.runtime import clock, crypto
from sekretarka.core.text.phone import DEFAULT_REGION
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.models import Session, User
from sekretarka.domain.accounts.schemas import SessionUser, SessionView
from sekretarka.domain.organizations.memberships import ACTIVE_MEMBERSHIP
from sekretarka.domain.organizations.models import Membership, Organization


def _session_lookup(organization_id: Any) -> PreparedQuery:
    membership = (col(Membership.user_id) == col(Session.user_id)) & (
        col(Membership.organization_id) == organization_id
    )
    member = outerjoin(Session, ACTIVE_MEMBERSHIP, membership)
    return PreparedQuery(
        sa.select(
            col(Session.id),
            col(Session.user_id),
            col(Session.seen_at),
            col(Session.expires_at),
            col(Membership.organization_id),
            col(Membership.role),
            col(Organization.country),
            col(LiveCursor.revision),
        )
        .select_from(outerjoin(member, LiveCursor, col(LiveCursor.organization_id) == col(Membership.organization_id)))
        .where(col(Session.token_hash) == sa.bindparam("token_hash", type_=sa.String))
    )


OWN_SESSION = _session_lookup(col(Session.organization_id))
SESSION_ELSEWHERE = _session_lookup(sa.bindparam("organization_id", type_=sa.Uuid))


async def actor_of_session(token: str, organization_override: str | UUID | None = None) -> Actor | None:
    """The user behind a session cookie, or None when it is not valid (any more).

    `organization_override` (`X-Organization-Id`) is another organization of the same user to act for in this request;
    `NotFound` when the user is no member of it.
    """
    if not sessions.is_token(token):
        return None
    override = parse_organization_id(organization_override) if organization_override is not None else None
    hashed = crypto.sha256_hex(token)
    if override is None:
        row = await OWN_SESSION.fetch_row(token_hash=hashed)
    else:
        row = await SESSION_ELSEWHERE.fetch_row(token_hash=hashed, organization_id=override)
    if row is None:
        return None
    session_id, user_id, seen_at, expires_at, organization_id, role, country, changes = row
    now = clock.now()
    if expires_at <= now:
        return None
    if sessions.is_extension_due(seen_at, now):
        async with begin(system(), write=True) as uow:
            await sessions.extend(uow, session_id)
    if override is not None and organization_id is None:
        raise NotFound
    return Actor(
        "user",
        organization_id=organization_id,
        user_id=user_id,
        session_id=session_id,
        role=role,
        country=country or DEFAULT_REGION,
        changes=changes or 0,
    )


async def session_view(token: str) -> SessionView | None:
    """User and end of this session as Auth.js reads them; None when it is not valid."""
    actor = await actor_of_session(token)
    if actor is None:
        return None
    async with begin(system()) as uow:
        statement = (
            sa.select(User, col(Session.expires_at))
            .join(Session, col(Session.user_id) == col(User.id))
            .where(col(Session.id) == actor.session_id)
        )
        row = (await uow.execute(statement)).first()
    if row is None:
        return None
    user: User = row.User
    session_user = SessionUser(
        id=user.id,
        name=user.name,
        email=user.email,
        image=user.avatar_url,
        organization_id=actor.organization_id,
        role=actor.role,
    )
    return SessionView(user=session_user, expires=row.expires_at)


def parse_organization_id(value: object) -> UUID:
    """An organization's id from a header or cookie; `NotFound` when it is no UUID."""
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        raise NotFound from None
