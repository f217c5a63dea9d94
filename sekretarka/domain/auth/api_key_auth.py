"""Which program is calling: an API key becomes an `Actor`, with its maker's rights as they are at this moment."""

import asyncio
import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import join, outerjoin
from sqlmodel import col

from sekretarka.core.actor import Actor, system
from sekretarka.core.database.live_events import LiveCursor
from sekretarka.core.database.prepared_query import PreparedQuery
from sekretarka.core.database.unit_of_work import begin
from sekretarka.core.errors import AppError, InvalidApiKey
from sekretarka.core.permissions import KEY_SCOPES, ROLE_PERMISSIONS, Permission, Role
from sekretarka.core.runtime import clock, crypto
from sekretarka.domain.organizations.memberships import ACTIVE_MEMBERSHIP
from sekretarka.domain.organizations.models import ApiKey, Membership, Organization

USE_RECORDED_EVERY = timedelta(minutes=1)
_KEY = re.compile(r"((sk_(?:live|test)_[0-9A-Za-z]{8})_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})")
MAKERS = (col(Membership.user_id) == col(ApiKey.created_by_id)) & (
    col(Membership.organization_id) == col(ApiKey.organization_id)
)
KEY = PreparedQuery(
    sa.select(
        col(ApiKey.id),
        col(ApiKey.organization_id),
        col(ApiKey.key_hash),
        col(ApiKey.scopes),
        col(ApiKey.expires_at),
        col(ApiKey.last_used_at),
        col(ApiKey.revoked_at),
        col(Membership.role),
        col(Organization.country),
        col(LiveCursor.revision),
    )
    .select_from(
        outerjoin(
            join(ApiKey, ACTIVE_MEMBERSHIP, MAKERS),
            LiveCursor,
            col(LiveCursor.organization_id) == col(ApiKey.organization_id),
        )
    )
    .where(col(ApiKey.prefix) == sa.bindparam("prefix", type_=sa.String))
)
NO_KEY: Sequence[Any] = (None, None, crypto.sha256_hex("none"), *(None,) * 7)

log = logging.getLogger(__name__)
_recording: dict[UUID, asyncio.Task[None]] = {}


async def actor_of_authorization(header: str) -> Actor:
    """The actor of an `Authorization: Bearer sk_…` header; `InvalidApiKey` for anything else."""
    scheme, _, key = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidApiKey
    return await actor_of_api_key(key.strip())


async def actor_of_api_key(key: str) -> Actor:
    """The actor of an API key, its scopes those that both the key and its maker's present role allow. `InvalidApiKey`
    when it is malformed, unknown, revoked or expired, or its maker is no member any more."""
    match = _KEY.fullmatch(key)
    if match is None or not crypto.equal(crypto.checksum(match[1]), match[3]):
        raise InvalidApiKey  # a typing error costs no query
    row: Sequence[Any] | None = await KEY.fetch_row(prefix=match[2])
    key_id, organization_id, key_hash, scopes, expires_at, last_used_at, revoked_at, role, country, changes = (
        row or NO_KEY
    )
    # The comparison runs for an unknown prefix as well: an answer's time says nothing about which prefixes exist.
    if not crypto.equal(crypto.sha256_hex(key), key_hash) or row is None or revoked_at is not None:
        raise InvalidApiKey
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise InvalidApiKey
    if last_used_at is None or now - last_used_at >= USE_RECORDED_EVERY:
        _record_use(organization_id, key_id, now)
    return Actor(
        "api_key",
        organization_id=organization_id,
        api_key_id=key_id,
        scopes=_rights(tuple(scopes), role),
        country=country,
        changes=changes or 0,
    )


@lru_cache(maxsize=1024)
def _rights(scopes: tuple[str, ...], role: Role) -> frozenset[Permission]:
    return frozenset(Permission(scope) for scope in scopes if scope in KEY_SCOPES) & ROLE_PERMISSIONS[role]


async def flush_uses() -> None:
    """Wait until the uses of keys that were noticed so far are stored (`last_used_at`)."""
    await asyncio.gather(*_recording.values())


def _record_use(organization_id: UUID, key_id: UUID, now: datetime) -> None:
    """Beside the request, which does not wait for it; of many requests at once one notes it."""
    if key_id not in _recording:
        task = asyncio.create_task(_store_use(organization_id, key_id, now))
        _recording[key_id] = task
        task.add_done_callback(lambda _: _recording.pop(key_id, None))


async def _store_use(organization_id: UUID, key_id: UUID, now: datetime) -> None:
    """Once a minute and key, whichever process comes first."""
    this_key = (col(ApiKey.organization_id) == organization_id) & (col(ApiKey.id) == key_id)
    stale = col(ApiKey.last_used_at).is_(None) | (col(ApiKey.last_used_at) <= now - USE_RECORDED_EVERY)
    try:
        async with begin(system(), write=True) as uow:
            await uow.execute(sa.update(ApiKey).where(this_key & stale).values(last_used_at=now))
    except AppError:
        log.warning("the use of key %s was not noted", key_id)
