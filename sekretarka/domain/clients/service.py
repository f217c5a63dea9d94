"""Clients: found or made by their number, found again, changed, and made one when two are the same person."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any
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
from sekretarka.domain.clients.schemas import LONGEST_NOTES, ClientCreate, ClientFilter, ClientPatch

NOBODY = UUID(int=0)  # no row has it; a plain FALSE would swallow the organisation's own condition
CREATED, UPDATED = "client.created", "client.updated"
# The folded text begins with the name; it is there for everybody.
ORDERS = {
    "createdAt": Order(col(Client.created_at), descending=False),
    "-createdAt": Order(col(Client.created_at)),
    "name": Order(col(Client.search), descending=False),
    "-name": Order(col(Client.search)),
}
STAFF_MAY_CHANGE = {"notes"}


async def of_phone(scope: Scope, phone: str, name: str | None = None, email: str | None = None) -> Client:
    """The client of a number, made if nobody has it; what we did not know of her yet is filled in."""
    made = await _unless_known(scope, phone=phone, name=name, email=email)
    if made is not None:
        return made
    row = await find_by_phone(scope, phone, lock=True)
    assert row is not None  # noqa: S101 - the number's row is there, whoever made it
    missing: dict[str, Any] = {}
    if name and not row.name_given:
        missing |= {"name": name, "name_given": True}
    if email and not row.email:
        missing["email"] = email
    if missing:
        _change(scope, row, missing)
    return row


async def find_by_phone(scope: Scope, phone: str, *, lock: bool = False) -> Client | None:
    """Whose number it is; of one who was merged into another, the other.

    With `lock` until the scope ends, so that nobody merges her while a visit or a call is given to her.
    """
    row = await _first(scope, Client.phone == phone, lock)
    while row is not None and row.merged_into_id is not None:
        row = await _first(scope, Client.id == row.merged_into_id, lock)
    return row


async def hear(scope: Scope, client_id: UUID, names: Callable[[], Awaitable[str | None]]) -> None:
    """Name her as her calls do, unless a person or a booking told her name; `names` is asked under her row's lock."""
    row = await _first(scope, Client.id == client_id, lock=True)
    if row is None or row.name_given:
        return
    name = await names()
    if name != row.name:
        _change(scope, row, {"name": name})


async def create(scope: Scope, data: ClientCreate) -> Client:
    """Somebody new; a number that somebody has already is `Duplicate`, whose details say who."""
    scope.require(Permission.CLIENTS_WRITE)
    if scope.actor.role is Role.STAFF:
        raise Forbidden
    row = await _unless_known(scope, **data.model_dump())
    if row is None:
        known = await find_by_phone(scope, data.phone)
        raise Duplicate("A client has this number already", details={"existing": str(known.id) if known else None})
    scope.publish(CREATED, {"id": str(row.id)})
    return row


async def page(scope: Scope, wanted: ClientFilter, query: PageQuery) -> Page[Client]:
    """Clients that fit the filter."""
    scope.require(Permission.CLIENTS_READ)
    statement = _living(scope)
    if wanted.search:
        statement = statement.where(_matching(scope, wanted.search))
    if wanted.blocked is not None:
        blocked = col(Client.blocked_at)
        statement = statement.where(blocked.is_not(None) if wanted.blocked else blocked.is_(None))
    filters = wanted.model_dump(mode="json", include=set(ClientFilter.model_fields))
    return await paginate(scope, statement, ORDERS[wanted.sort], query, filters)


async def get(scope: Scope, client_id: UUID) -> Client:
    """One client or `NotFound`."""
    scope.require(Permission.CLIENTS_READ)
    return await _get(scope, client_id)


async def like(scope: Scope, client_id: UUID, words: str, most: int) -> Sequence[Client]:
    """Others who fit the words; without words those who have the name or the address of this one."""
    row = await get(scope, client_id)
    statement = _living(scope).where(Client.id != client_id)
    if words:
        statement = statement.where(_matching(scope, words))
    else:
        same = [col(Client.search).startswith(folding.fold(row.name) + " ", autoescape=True)] if row.name else []
        same += [col(Client.email) == row.email] if row.email else []
        statement = statement.where(sa.or_(col(Client.id) == NOBODY, *same))
    return await scope.all(statement.order_by(col(Client.search), col(Client.id)).limit(most))


async def names(scope: Scope, ids: Collection[UUID]) -> dict[UUID, str]:
    """What clients are called, by id; those whose name nobody knows are left out."""
    scope.require(Permission.CLIENTS_READ)
    rows = await scope.all(scope.select(Client).where(col(Client.id).in_(ids), col(Client.name).is_not(None)))
    return {row.id: row.name for row in rows if row.name}


async def update(scope: Scope, client_id: UUID, patch: ClientPatch) -> Client:
    """Merge patch; a number that somebody has already is `Duplicate`: that is a case for `merge`."""
    scope.require(Permission.CLIENTS_WRITE)
    given = patch.model_fields_set
    if scope.actor.role is Role.STAFF and given - STAFF_MAY_CHANGE:
        raise Forbidden
    row = await _get(scope, client_id, lock=True)
    wanted = {name: getattr(patch, name) for name in given - {"blocked"}}
    if "phone" in given and patch.phone and patch.phone != row.phone:
        await _swap_numbers(scope, row, patch.phone)
    if "name" in given:
        wanted["name_given"] = bool(patch.name)
    if "blocked" in given and patch.blocked is not (row.blocked_at is not None):
        wanted["blocked_at"] = scope.now if patch.blocked else None
    changes = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changes:
        return row
    _change(scope, row, changes)
    scope.publish(UPDATED, {"id": str(row.id)})
    try:
        await scope.flush()
    except IntegrityError:
        raise Duplicate("Another client has this number already") from None
    return row


async def _swap_numbers(scope: Scope, row: Client, number: str) -> None:
    """Let her take a number that leads to her already: the signpost that has it gets hers instead."""
    owner = await _first(scope, Client.phone == number, lock=True)
    if owner is None:
        return
    if owner.merged_into_id != row.id:
        whose = owner.merged_into_id or owner.id
        raise Duplicate("Another client has this number already", details={"existing": str(whose)})
    owner.phone, left = None, row.phone
    await scope.flush()  # a number is never with two, not even for a moment
    row.phone = None
    await scope.flush()
    owner.phone = left


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
    if merged.name_given > kept.name_given or not kept.name:
        kept.name, kept.name_given = merged.name, merged.name_given
    kept.email = kept.email or merged.email
    notes = "\n".join(filter(None, (kept.notes, merged.notes)))
    if len(notes) > LONGEST_NOTES:
        raise Invalid.field(
            ["body", "clientId"], "too_long", "The notes of both are too long for one, shorten them first"
        )
    kept.notes = notes or None
    kept.language = kept.language or merged.language
    if kept.phone is None:
        merged.phone, number = None, merged.phone
        await scope.flush()
        kept.phone = number
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
    for row in (kept, merged):
        scope.publish(UPDATED, {"id": str(row.id)})
    return kept


def _living(scope: Scope) -> SelectOfScalar[Client]:
    return scope.select(Client).where(col(Client.merged_into_id).is_(None))


async def _get(scope: Scope, client_id: UUID, *, lock: bool = False) -> Client:
    statement = _living(scope).where(Client.id == client_id)
    row = await scope.first(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row


async def _unless_known(scope: Scope, **values: Any) -> Client | None:
    fresh = Client(id=new_id(), organization_id=scope.organization_id, **values)
    fresh.name_given = bool(fresh.name)
    _refold(fresh)
    insert = scope.insert(Client).values(fresh.model_dump())
    unless_known = insert.on_conflict_do_nothing(index_elements=["organization_id", "phone"])
    made: Client | None = (await scope.execute(unless_known.returning(Client))).scalars().first()
    return made


async def _first(scope: Scope, condition: Any, lock: bool) -> Client | None:
    statement = scope.select(Client).where(condition)
    if lock:
        # FOR NO KEY UPDATE: visits that point at her may still be written by others
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return await scope.first(statement)


def _change(scope: Scope, row: Client, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    _refold(row)
    scope.touch(row)


def _matching(scope: Scope, term: str) -> sa.ColumnElement[bool]:
    """Any case, any diacritics, taken literally; a phone number may be typed with spaces or dashes.

    Who was merged is found by what she was known by before, too.
    """
    patterns = [folding.like(term)]
    bare = "".join(character for character in term if character not in " -()")
    if bare.removeprefix("+").isdigit():
        patterns.append(folding.like(bare))
    fits = sa.or_(*(col(Client.search).like(pattern, escape="\\") for pattern in patterns))
    merged = (col(Client.organization_id) == scope.organization_id, col(Client.merged_into_id).is_not(None))
    return sa.or_(fits, col(Client.id).in_(sa.select(col(Client.merged_into_id)).where(*merged, fits)))


def _refold(row: Client) -> None:
    row.search = folding.fold(" ".join(filter(None, (row.name, row.phone, row.email))))
