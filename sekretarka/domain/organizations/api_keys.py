"""API keys of programs: made with at most their maker's rights, shown once, dead at once when revoked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import outerjoin
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Forbidden, Invalid, InvalidStateTransition
from sekretarka.core.permissions import KEY_SCOPES, ROLE_PERMISSIONS, Permission
from sekretarka.core.runtime import crypto
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.accounts.models import User
from sekretarka.domain.organizations.key_schemas import ApiKeyCreate, ApiKeyPatch, ApiKeyView, KeyStatus
from sekretarka.domain.organizations.models import ApiKey, Membership

SECRET_LENGTH = 43  # 62^43 is more than 256 bits
OVERLAP = timedelta(hours=24)  # a rotated key works on for so long: nobody exchanges it in two places at once


@dataclass(frozen=True)
class _Maker:
    """Who made a key: the name, and their permissions now; None when they are no member any more."""

    name: str
    may: frozenset[Permission] | None


async def create(uow: UnitOfWork, data: ApiKeyCreate) -> tuple[ApiKey, str]:
    """A new key and its secret in clear, which is not stored. `Forbidden` unless a user asks, `Invalid` for scopes
    beyond the caller's own or a time that has passed."""
    _require_user(uow)
    _check(uow, data.scopes, data.expires_at)
    return issue(uow, uow.organization_id, uow.user_id, data.name, data.scopes, data.expires_at)


def issue(
    uow: UnitOfWork,
    organization_id: UUID,
    created_by_id: UUID,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Store a key of these scopes without checking them (`create` does); returns the row and the secret in clear."""
    mode = "live" if settings.env == "production" else "test"
    prefix = f"sk_{mode}_{crypto.random_base62(8)}"
    bare = f"{prefix}_{crypto.random_base62(SECRET_LENGTH)}"
    secret = f"{bare}_{crypto.checksum(bare)}"
    row = ApiKey(
        organization_id=organization_id,
        name=name,
        prefix=prefix,
        key_hash=crypto.sha256_hex(secret),
        scopes=sorted(set(scopes)),
        created_by_id=created_by_id,
        expires_at=expires_at,
    )
    return uow.add(row), secret


async def page(uow: UnitOfWork, query: PageQuery) -> Page[ApiKey]:
    """A page of the organization's keys, newest first; also revoked and expired ones."""
    uow.require(Permission.API_KEYS_READ)
    return await paginate(uow, uow.select(ApiKey), SortKey(col(ApiKey.created_at)), query, {})


async def find(uow: UnitOfWork) -> Sequence[ApiKey]:
    """All of the organization's keys, newest first; also revoked and expired ones."""
    uow.require(Permission.API_KEYS_READ)
    return await uow.list(uow.select(ApiKey).order_by(col(ApiKey.created_at).desc(), col(ApiKey.id).desc()))


async def get(uow: UnitOfWork, key_id: UUID) -> ApiKey:
    """One of the organization's keys, or `NotFound`."""
    uow.require(Permission.API_KEYS_READ)
    return await uow.get(ApiKey, key_id)


async def update(uow: UnitOfWork, key_id: UUID, patch: ApiKeyPatch) -> ApiKey:
    """Merge patch. `InvalidStateTransition` for a revoked key, `Invalid` for an added scope that the caller lacks or a
    time that has passed, `Forbidden` unless a user asks."""
    _require_user(uow)
    row = await uow.get(ApiKey, key_id, lock=True)
    if row.revoked_at is not None:
        raise InvalidStateTransition.between("revoked", "changed", message="A revoked key does not change")
    added = set(patch.scopes) - set(row.scopes) if "scopes" in patch.model_fields_set else set()
    _check(uow, added, patch.expires_at)
    changed = False
    for name in patch.model_fields_set:
        value = sorted(set(patch.scopes)) if name == "scopes" else getattr(patch, name)
        changed |= getattr(row, name) != value
        setattr(row, name, value)
    return uow.bump_version(row) if changed else row


async def revoke(uow: UnitOfWork, key_id: UUID) -> ApiKey:
    """End a key for good; repeating it changes nothing. `NotFound`."""
    uow.require(Permission.API_KEYS_WRITE)
    row = await uow.get(ApiKey, key_id, lock=True)
    if row.revoked_at is None:
        row.revoked_at = uow.now
        uow.bump_version(row)
    return row


async def rotate(uow: UnitOfWork, key_id: UUID) -> tuple[ApiKey, str]:
    """A new key like this one, made by the caller, and its secret; the old one works for 24 more hours at the most.
    `InvalidStateTransition` for one that has ended, `Invalid` for scopes beyond the caller's own."""
    _require_user(uow)
    old = await uow.get(ApiKey, key_id, lock=True)
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= uow.now):
        ended = "expired" if old.revoked_at is None else "revoked"
        raise InvalidStateTransition.between(ended, "rotated", message="This key has ended: make a new one")
    _check(uow, old.scopes, None)
    rotated = issue(uow, old.organization_id, uow.user_id, old.name, old.scopes, old.expires_at)
    old.expires_at = min(old.expires_at or uow.now + OVERLAP, uow.now + OVERLAP)
    uow.bump_version(old)
    return rotated


async def view(uow: UnitOfWork, *rows: ApiKey) -> list[ApiKeyView]:
    """The keys as API and pages show them: with the maker's name, the status, and the scopes that are effective now."""
    makers = await _makers(uow, rows)
    return [_view(uow, row, makers.get(row.id)) for row in rows]


def _require_user(uow: UnitOfWork) -> None:
    uow.require(Permission.API_KEYS_WRITE)
    if uow.actor.kind != "user":
        raise Forbidden  # a key must die with the user who made it


def _check(uow: UnitOfWork, scopes: Iterable[str], expires_at: datetime | None) -> None:
    if not set(scopes) <= set(KEY_SCOPES) & uow.actor.permissions:
        raise Invalid.field(["body", "scopes"], "scope_beyond_own", "A key cannot do more than you may")
    if expires_at is not None and expires_at <= uow.now:
        raise Invalid.field(["body", "expiresAt"], "in_past", "This time has passed")


async def _makers(uow: UnitOfWork, rows: Sequence[ApiKey]) -> dict[UUID, _Maker]:
    """Who made each key."""
    member = (col(Membership.user_id) == col(User.id)) & (col(Membership.organization_id) == uow.organization_id)
    statement = (
        sa.select(col(User.id), col(User.name), col(Membership.role))
        .select_from(outerjoin(User, Membership, member))
        .where(col(User.id).in_({row.created_by_id for row in rows}))
    )
    users = {user.id: user for user in await uow.execute(statement)}
    makers = {}
    for row in rows:
        if user := users.get(row.created_by_id):
            makers[row.id] = _Maker(user.name, ROLE_PERMISSIONS[user.role] if user.role else None)
    return makers


def _view(uow: UnitOfWork, row: ApiKey, maker: _Maker | None) -> ApiKeyView:
    permissions = maker.may if maker else None
    status: KeyStatus = "active"
    if row.revoked_at is not None:
        status = "revoked"
    elif row.expires_at is not None and row.expires_at <= uow.now:
        status = "expired"
    elif permissions is None:
        status = "orphaned"
    return ApiKeyView(
        **{name: getattr(row, name) for name in ApiKeyView.model_fields if hasattr(row, name)},
        effective_scopes=[name for name in row.scopes if status == "active" and permissions and name in permissions],
        created_by_name=maker.name if maker else None,
        status=status,
    )
