"""API keys of programs: made with at most their maker's rights, shown once, dead at once when revoked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlmodel import col

from sekretarka.core import crypto
from sekretarka.core.errors import Forbidden, Invalid
from sekretarka.core.permissions import KEY_SCOPES, Permission
from sekretarka.core.schemas import Input, InputInstant, Output, OutputInstant, Text
from sekretarka.core.scope import Scope
from sekretarka.core.settings import settings
from sekretarka.domain.organizations.models import ApiKey

SECRET_LENGTH = 43  # 62^43 is more than 256 bits


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
