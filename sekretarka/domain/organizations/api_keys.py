"""API keys of programs: made with at most their maker's rights, shown once, dead at once when revoked."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import join, outerjoin
from sqlmodel import col

from sekretarka.core import clock, crypto
from sekretarka.core.actor import Actor, system
from sekretarka.core.errors import Forbidden, Invalid, InvalidApiKey
from sekretarka.core.events import LiveHead
from sekretarka.core.lookups import Lookup
from sekretarka.core.permissions import KEY_SCOPES, ROLE_PERMISSIONS, Permission, Role
from sekretarka.core.schemas import Input, InputInstant, Output, OutputInstant, Text
from sekretarka.core.scope import Scope, open_scope
from sekretarka.core.settings import settings
from sekretarka.domain.organizations.access import LIVE_MEMBERSHIP
from sekretarka.domain.organizations.models import ApiKey, Membership

SECRET_LENGTH = 43  # 62^43 is more than 256 bits
USE_NOTED_EVERY = timedelta(minutes=1)
_KEY = re.compile(r"(sk_(?:live|test)_([0-9A-Za-z]{8})_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})")


MAKERS = (col(Membership.user_id) == col(ApiKey.created_by_id)) & (
    col(Membership.organization_id) == col(ApiKey.organization_id)
)
KEY = Lookup(
    sa.select(
        col(ApiKey.id),
        col(ApiKey.organization_id),
        col(ApiKey.key_hash),
        col(ApiKey.scopes),
        col(ApiKey.expires_at),
        col(ApiKey.last_used_at),
        col(ApiKey.revoked_at),
        col(Membership.role),
        col(LiveHead.changes),
    )
    .select_from(
        outerjoin(
            join(ApiKey, LIVE_MEMBERSHIP, MAKERS),
            LiveHead,
            col(LiveHead.organization_id) == col(ApiKey.organization_id),
        )
    )
    .where(col(ApiKey.prefix) == sa.bindparam("prefix", type_=sa.String))
)
NO_KEY: Sequence[Any] = (None, None, crypto.digest("none"), *(None,) * 6)


class ApiKeyCreate(Input):
    """A key for a program. `scopes` are limited to what its maker may do, now and whenever it is used."""

    name: Annotated[str, Text(80, 1)]
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=len(KEY_SCOPES))]
    expires_at: InputInstant | None = None


class ApiKeyView(Output):
    """A key without its secret; `prefix` tells keys apart."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    name: str
    prefix: str
    scopes: list[str]
    created_by_id: UUID | None
    expires_at: OutputInstant | None
    last_used_at: OutputInstant | None
    revoked_at: OutputInstant | None


async def create(scope: Scope, data: ApiKeyCreate) -> tuple[ApiKey, str]:
    """A new key and its secret, which is shown this once. Only people make keys."""
    scope.require(Permission.API_KEYS_WRITE)
    if scope.actor.kind != "user":
        raise Forbidden  # a key must die with the person who made it
    if not set(data.scopes) <= set(KEY_SCOPES) & scope.actor.permissions:
        raise Invalid.field(["body", "scopes"], "scope_beyond_own", "A key cannot do more than you may")
    if data.expires_at is not None and data.expires_at <= scope.now:
        raise Invalid.field(["body", "expiresAt"], "in_past", "This time has passed")
    row, secret = issue(scope, scope.organization_id, scope.user_id, data.name, data.scopes, data.expires_at)
    return row, secret


def issue(
    scope: Scope,
    organization_id: UUID,
    created_by_id: UUID,
    name: str,
    scopes: Iterable[Permission],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Store a key of known rights; `create` checks them."""
    prefix = crypto.random_base62(8)
    mode = "live" if settings.env == "production" else "test"
    bare = f"sk_{mode}_{prefix}_{crypto.random_base62(SECRET_LENGTH)}"
    secret = f"{bare}_{crypto.checksum(bare)}"
    row = ApiKey(
        organization_id=organization_id,
        name=name,
        prefix=prefix,
        key_hash=crypto.digest(secret),
        scopes=sorted(set(scopes)),
        created_by_id=created_by_id,
        expires_at=expires_at,
    )
    return scope.add(row), secret


async def find(scope: Scope) -> Sequence[ApiKey]:
    """The organisation's keys, newest first, revoked ones too."""
    scope.require(Permission.API_KEYS_READ)
    return await scope.all(scope.select(ApiKey).order_by(col(ApiKey.created_at).desc(), col(ApiKey.id).desc()))


async def revoke(scope: Scope, key_id: UUID) -> ApiKey:
    """End a key for good; repeating it changes nothing."""
    scope.require(Permission.API_KEYS_WRITE)
    row = await scope.get(ApiKey, key_id, lock=True)
    if row.revoked_at is None:
        row.revoked_at = scope.now
        scope.touch(row)
    return row


async def actor_of_authorization(header: str) -> Actor:
    """The program behind an `Authorization: Bearer sk_…` header; `InvalidApiKey` for anything else."""
    scheme, _, key = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidApiKey
    return await actor_of_api_key(key.strip())


async def actor_of_api_key(key: str) -> Actor:
    """The program behind an API key, with what key and maker's present role both allow; else `InvalidApiKey`."""
    match = _KEY.fullmatch(key)
    if match is None or not crypto.equal(crypto.checksum(match[1]), match[3]):
        raise InvalidApiKey
    found: Sequence[Any] | None = await KEY.first(prefix=match[2])
    key_id, organization_id, key_hash, scopes, expires_at, last_used_at, revoked_at, role, changes = found or NO_KEY
    # The comparison runs for an unknown prefix as well: an answer's time says nothing about which prefixes exist.
    if not crypto.equal(crypto.digest(key), key_hash) or found is None or revoked_at is not None:
        raise InvalidApiKey
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise InvalidApiKey
    if last_used_at is None or now - last_used_at >= USE_NOTED_EVERY:
        await _note_use(organization_id, key_id)
    return Actor(
        "api_key",
        organization_id=organization_id,
        api_key_id=key_id,
        scopes=_rights(tuple(scopes), role),
        changes=changes or 0,
    )


@lru_cache(maxsize=1024)
def _rights(scopes: tuple[str, ...], role: Role) -> frozenset[Permission]:
    return frozenset(Permission(scope) for scope in scopes if scope in KEY_SCOPES) & ROLE_PERMISSIONS[role]


async def _note_use(organization_id: UUID, key_id: UUID) -> None:
    """Once a minute and key, whoever comes first; of fifty requests at once one writes, the others find it done."""
    now = clock.now()
    mine = (col(ApiKey.organization_id) == organization_id) & (col(ApiKey.id) == key_id)
    stale = col(ApiKey.last_used_at).is_(None) | (col(ApiKey.last_used_at) <= now - USE_NOTED_EVERY)
    async with open_scope(system(), write=True) as scope:
        await scope.execute(sa.update(ApiKey).where(mine & stale).values(last_used_at=now))
