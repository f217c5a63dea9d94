"""Who is calling: a session's token or an API key becomes an `Actor`, with rights read from the database every time.

What is here and in `registration.py` and `sign_in.py` runs before there is a caller, so these functions open their own
scopes as the system; every other service is given one.
"""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import join
from sqlmodel import col, select

from sekretarka.core import clock, crypto
from sekretarka.core.actor import Actor, system
from sekretarka.core.errors import InvalidApiKey, NotFound
from sekretarka.core.permissions import ROLE_PERMISSIONS, Permission
from sekretarka.core.scope import open_scope
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.models import Session
from sekretarka.domain.organizations.models import ApiKey, Membership, Organization

KEY_USE_NOTED_EVERY = timedelta(minutes=1)
_KEY = re.compile(r"(sk_(?:live|test)_([0-9A-Za-z]{8})_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})")

LIVE_MEMBERSHIP = join(
    Membership,
    Organization,
    (col(Organization.id) == col(Membership.organization_id)) & col(Organization.deleted_at).is_(None),
)


async def actor_of_session(token: str, organization_override: str | UUID | None = None) -> Actor | None:
    """The person behind a session cookie, or None when it is not valid (any more).

    `organization_override` (`X-Organization-Id`) acts for another organisation of the same person, for this once;
    `NotFound` when there is no such membership.
    """
    if not sessions.is_token(token):
        return None
    override = _uuid(organization_override) if organization_override is not None else None
    async with open_scope(system()) as scope:
        found = (await scope.execute(_session_statement(token, override))).first()
        now = scope.now
    if found is None or found.Session.expires_at <= now:
        return None
    session: Session = found.Session
    if sessions.wants_rolling(session, now):
        async with open_scope(system(), write=True) as scope:
            await sessions.roll(scope, session.id)
    if override is not None and found.organization_id is None:
        raise NotFound
    return Actor(
        "user",
        organization_id=found.organization_id,
        user_id=session.user_id,
        session_id=session.id,
        role=found.role,
    )


def _session_statement(token: str, override: UUID | None) -> Any:
    wanted = override if override is not None else col(Session.organization_id)
    mine = (col(Membership.user_id) == col(Session.user_id)) & (col(Membership.organization_id) == wanted)
    return (
        sa.select(Session, col(Membership.organization_id), col(Membership.role))
        .select_from(Session)
        .outerjoin(LIVE_MEMBERSHIP, mine)
        .where(col(Session.token_hash) == crypto.digest(token))
    )


async def actor_of_api_key(key: str) -> Actor:
    """The program behind an API key, with what key and maker's present role both allow; else `InvalidApiKey`."""
    match = _KEY.fullmatch(key)
    if match is None or not crypto.equal(crypto.checksum(match[1]), match[3]):
        raise InvalidApiKey
    async with open_scope(system()) as scope:
        statement = (
            scope.across(select(ApiKey))
            .add_columns(col(Membership.role))
            .join(
                LIVE_MEMBERSHIP,
                (col(Membership.user_id) == col(ApiKey.created_by_id))
                & (col(Membership.organization_id) == col(ApiKey.organization_id)),
            )
            .where(col(ApiKey.prefix) == match[2])
        )
        found = (await scope.execute(statement)).first()
        now = scope.now
    # The comparison runs for an unknown prefix as well: an answer's time says nothing about which prefixes exist.
    right = crypto.equal(crypto.digest(key), found.ApiKey.key_hash if found else crypto.digest("none"))
    if found is None or not right:
        raise InvalidApiKey
    row: ApiKey = found.ApiKey
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        raise InvalidApiKey
    if row.last_used_at is None or now - row.last_used_at >= KEY_USE_NOTED_EVERY:
        await _note_use(row)
    scopes = frozenset(Permission(scope) for scope in row.scopes if scope in _KNOWN) & ROLE_PERMISSIONS[found.role]
    return Actor("api_key", organization_id=row.organization_id, api_key_id=row.id, scopes=scopes)


_KNOWN = frozenset(Permission)


async def _note_use(key: ApiKey) -> None:
    """Once a minute and key, whoever comes first; of fifty requests at once one writes, the others find it done."""
    now = clock.now()
    mine = (col(ApiKey.organization_id) == key.organization_id) & (col(ApiKey.id) == key.id)
    stale = col(ApiKey.last_used_at).is_(None) | (col(ApiKey.last_used_at) <= now - KEY_USE_NOTED_EVERY)
    async with open_scope(system(), write=True) as scope:
        await scope.execute(sa.update(ApiKey).where(mine & stale).values(last_used_at=now))


def _uuid(value: str | UUID) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except ValueError:
        raise NotFound from None
