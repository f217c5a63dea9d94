"""Clients: found or made by their number, found again, changed, and made one when two are the same person."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core import folding
from sekretarka.core.errors import Duplicate, Forbidden, Invalid, NotFound
from sekretarka.core.models import new_id
from sekretarka.core.paging import Order, Page, PageQuery, paginate
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.scope import Scope
from sekretarka.domain.clients.events import ClientsMerged
from sekretarka.domain.clients.models import Client
from sekretarka.domain.clients.schemas import ClientFilter, ClientPatch

NEWEST_FIRST = Order(col(Client.created_at))
STAFF_MAY_CHANGE = {"notes"}


async def of_phone(scope: Scope, phone: str, name: str | None = None, email: str | None = None) -> Client:
    """The client of a number, made if nobody has it; what we did not know of her yet is filled in."""
    fresh = Client(id=new_id(), organization_id=scope.organization_id, phone=phone, name=name, email=email)
    _refold(fresh)
    insert = scope.insert(Client).values(fresh.model_dump())
    unless_known = insert.on_conflict_do_nothing(index_elements=["organization_id", "phone"])
    made: Client | None = (await scope.execute(unless_known.returning(Client))).scalars().first()
    if made is not None:
        return made
    row = await find_by_phone(scope, phone)
    assert row is not None  # noqa: S101 - the number's row is there, whoever made it
    gained = {"name": name, "email": email}
    missing = {key: value for key, value in gained.items() if value and not getattr(row, key)}
    if missing:
        for key, value in missing.items():
            setattr(row, key, value)
        _refold(row)
        scope.touch(row)
    return row


async def find_by_phone(scope: Scope, phone: str) -> Client | None:
    """Whose number it is; of one who was merged into another, the other."""
    row = await scope.first(scope.select(Client).where(Client.phone == phone))
    if row is None or row.merged_into_id is None:
        return row
    return await scope.get(Client, row.merged_into_id)


async def page(scope: Scope, wanted: ClientFilter, query: PageQuery) -> Page[Client]:
    """Clients that fit the filter, the newest first."""
    scope.require(Permission.CLIENTS_READ)
    statement = _living(scope)
    if wanted.search:
        statement = statement.where(_matching(wanted.search))
    if wanted.blocked is not None:
        blocked = col(Client.blocked_at)
        statement = statement.where(blocked.is_not(None) if wanted.blocked else blocked.is_(None))
    filters = wanted.model_dump(mode="json", include=set(ClientFilter.model_fields))
    return await paginate(scope, statement, NEWEST_FIRST, query, filters)


async def get(scope: Scope, client_id: UUID) -> Client:
    """One client or `NotFound`."""
    scope.require(Permission.CLIENTS_READ)
    return await _get(scope, client_id)


async def update(scope: Scope, client_id: UUID, patch: ClientPatch) -> Client:
    """Merge patch; a number that somebody has already is `Duplicate`: that is a case for `merge`."""
    scope.require(Permission.CLIENTS_WRITE)
    given = patch.model_fields_set
    if scope.actor.role is Role.STAFF and given - STAFF_MAY_CHANGE:
        raise Forbidden
    row = await _get(scope, client_id, lock=True)
    wanted = {name: getattr(patch, name) for name in given - {"blocked"}}
    if "blocked" in given and patch.blocked is not (row.blocked_at is not None):
        wanted["blocked_at"] = scope.now if patch.blocked else None
    changes = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changes:
        return row
    for name, value in changes.items():
        setattr(row, name, value)
    _refold(row)
    scope.touch(row)
    try:
        await scope.flush()
    except IntegrityError:
        raise Duplicate("Another client has this number already") from None
    return row


async def merge(scope: Scope, kept_id: UUID, merged_id: UUID) -> Client:
    """Both were one person: `kept_id` gets everything of `merged_id`, whose number leads to her from now on."""
    scope.require(Permission.CLIENTS_WRITE)
    if scope.actor.role is Role.STAFF:
        raise Forbidden
    await _get(scope, kept_id)
    if kept_id == merged_id:
        raise Invalid.field(["body", "clientId"], "same_client", "Choose another client than this one")
    both = _living(scope).where(col(Client.id).in_([kept_id, merged_id])).order_by(col(Client.id))
    # FOR NO KEY UPDATE: visits that point at them may still be written by others
    locked = both.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = {row.id: row for row in await scope.all(locked)}
    if kept_id not in found:
        raise NotFound
    if merged_id not in found:
        raise Invalid.field(["body", "clientId"], "unknown_client", "There is no such client")
    kept, merged = found[kept_id], found[merged_id]
    scope.demanded_of(kept)
    kept.name, kept.email = kept.name or merged.name, kept.email or merged.email
    kept.notes = "\n".join(filter(None, (kept.notes, merged.notes))) or None
    kept.opted_out_at = kept.opted_out_at or merged.opted_out_at
    kept.blocked_at = kept.blocked_at or merged.blocked_at
    merged.merged_into_id = kept_id
    _refold(kept)
    scope.touch(kept)
    scope.touch(merged)
    await scope.flush()
    earlier = (col(Client.organization_id) == scope.organization_id, col(Client.merged_into_id) == merged_id)
    await scope.execute(sa.update(Client).where(*earlier).values(merged_into_id=kept_id))
    await scope.emit(ClientsMerged(kept_id=kept_id, merged_id=merged_id))
    return kept


def _living(scope: Scope) -> SelectOfScalar[Client]:
    return scope.select(Client).where(col(Client.merged_into_id).is_(None))


async def _get(scope: Scope, client_id: UUID, *, lock: bool = False) -> Client:
    statement = _living(scope).where(Client.id == client_id)
    row = await scope.first(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row


def _matching(term: str) -> sa.ColumnElement[bool]:
    """Any case, any diacritics, taken literally; a phone number may be typed with spaces or dashes."""
    patterns = [folding.like(term)]
    bare = "".join(character for character in term if character not in " -()")
    if bare.removeprefix("+").isdigit():
        patterns.append(folding.like(bare))
    return sa.or_(*(col(Client.search).like(pattern, escape="\\") for pattern in patterns))


def _refold(row: Client) -> None:
    row.search = folding.fold(" ".join(filter(None, (row.name, row.phone, row.email))))
