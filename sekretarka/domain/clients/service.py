"""Clients: found or created by phone number, searched, changed, and merged when two are the same person."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.models import new_id
from sekretarka.core.database.search import has_every_word
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Duplicate, Forbidden, Invalid, NotFound
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.text import search_text
from sekretarka.core.text.collation import sort_key
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.clients.events import ClientNumberChanged, ClientsMerged
from sekretarka.domain.clients.models import Client
from sekretarka.domain.clients.schemas import MAX_NOTES_LENGTH, ClientCreate, ClientFilter, ClientPatch

NO_ID = UUID(int=0)  # no row has it; a plain FALSE would swallow the organization's own condition
CREATED, UPDATED = "client.created", "client.updated"
ORDERS = {
    "createdAt": SortKey(col(Client.created_at), descending=False),
    "-createdAt": SortKey(col(Client.created_at)),
    "name": SortKey(col(Client.sort_name), descending=False),
    "-name": SortKey(col(Client.sort_name)),
}
UNIQUE = ("organization_id", "phone")
STAFF_EDITABLE = {"notes"}
# What is set by yes and no, and kept as when it was set.
INSTANTS = {
    "blocked": "blocked_at",
    "opted_out": "opted_out_at",
    "sms_consent": "sms_consent_at",
    "email_consent": "email_consent_at",
}


async def get_or_create_by_phone(
    uow: UnitOfWork, phone: str, name: str | None = None, email: str | None = None
) -> Client:
    """The client of a phone number (E.164), locked unless it is new; a name that was not given yet and a missing email
    are filled in. Of a merged client, the one it was merged into."""
    fresh = _new(uow, phone=phone, name=name, email=email)
    row, created = await uow.get_or_insert(lambda: find_by_phone(uow, phone, lock=True), fresh, UNIQUE)
    if created:
        return row
    missing: dict[str, Any] = {}
    if name and not row.name_given:
        missing |= {"name": name, "name_given": True}
    if email and not row.email:
        missing["email"] = email
    if missing:
        _change(uow, row, missing)
    return row


async def find_by_phone(uow: UnitOfWork, phone: str, *, lock: bool = False) -> Client | None:
    """The client of a number (E.164), or None; of one who was merged into another, the other. With `lock` until the
    unit of work ends, so that nobody merges the client while a row is linked to it."""
    row = await _first(uow, Client.phone == phone, lock)
    while row is not None and row.merged_into_id is not None:
        row = await _first(uow, Client.id == row.merged_into_id, lock)
    return row


async def find_by_email(uow: UnitOfWork, email: str) -> Client | None:
    """The client with an address, the newest one when several have it; None for nobody's."""
    return await uow.one_or_none(_not_merged(uow).where(Client.email == email).order_by(col(Client.created_at).desc()))


async def set_opted_out(uow: UnitOfWork, client_id: UUID, *, is_out: bool) -> None:
    """Keep that a client wants no SMS, or wants them again; repeating it changes nothing."""
    row = await _get(uow, client_id, lock=True)
    if (row.opted_out_at is not None) is not is_out:
        _change(uow, row, {"opted_out_at": uow.now if is_out else None})
        uow.notify_live(UPDATED, {"id": str(row.id)})


async def update_from_call(uow: UnitOfWork, client_id: UUID, names: Callable[[], Awaitable[str | None]]) -> None:
    """Set the name that calls give, unless a user or a booking gave one; `names` is awaited under the row's lock and
    returns it (None: none). Nothing happens for an unknown client."""
    row = await _first(uow, Client.id == client_id, lock=True)
    if row is None or row.name_given:
        return
    name = await names()
    if name != row.name:
        _change(uow, row, {"name": name})


async def create(uow: UnitOfWork, data: ClientCreate) -> Client:
    """A new client; `Duplicate` for a number that a client has already, with that client's id as `existing` in the
    details. `Forbidden` for the role staff."""
    uow.require(Permission.CLIENTS_WRITE)
    if uow.actor.role is Role.STAFF:
        raise Forbidden
    fresh = _new(uow, **data.model_dump())
    row, created = await uow.get_or_insert(lambda: find_by_phone(uow, data.phone), fresh, UNIQUE)
    if not created:
        raise Duplicate("A client has this number already", details={"existing": str(row.id)})
    uow.notify_live(CREATED, {"id": str(row.id)})
    return row


async def page(uow: UnitOfWork, filters: ClientFilter, query: PageQuery) -> Page[Client]:
    """One page of the clients that fit the filter, without merged ones."""
    uow.require(Permission.CLIENTS_READ)
    statement = _not_merged(uow)
    if filters.search:
        statement = statement.where(matching(uow, filters.search))
    if filters.blocked is not None:
        blocked = col(Client.blocked_at)
        statement = statement.where(blocked.is_not(None) if filters.blocked else blocked.is_(None))
    filter_values = filters.model_dump(mode="json", include=set(ClientFilter.model_fields))
    return await paginate(uow, statement, ORDERS[filters.sort], query, filter_values)


async def get(uow: UnitOfWork, client_id: UUID) -> Client:
    """One client; `NotFound`, also for one who was merged into another."""
    uow.require(Permission.CLIENTS_READ)
    return await _get(uow, client_id)


async def search(uow: UnitOfWork, client_id: UUID, query: str, most: int) -> Sequence[Client]:
    """At most `most` other clients who match the query, by name; if it is empty, those whose name begins with this
    one's or whose email is the same. `NotFound` for the client."""
    row = await get(uow, client_id)
    statement = _not_merged(uow).where(Client.id != client_id)
    if query:
        statement = statement.where(matching(uow, query))
    else:
        same = (
            [col(Client.search).startswith(search_text.normalize(row.name) + " ", autoescape=True)] if row.name else []
        )
        same += [col(Client.email) == row.email] if row.email else []
        statement = statement.where(sa.or_(col(Client.id) == NO_ID, *same))
    return await uow.list(statement.order_by(col(Client.sort_name), col(Client.id)).limit(most))


async def suggest(uow: UnitOfWork, query: str, limit: int) -> Sequence[Client]:
    """At most `limit` clients with a phone number whose name, number or email matches the query, the newest first."""
    uow.require(Permission.CLIENTS_READ)
    reachable = _not_merged(uow).where(col(Client.phone).is_not(None), matching(uow, query))
    return await uow.list(reachable.order_by(col(Client.created_at).desc(), col(Client.id).desc()).limit(limit))


async def names(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, str]:
    """By id, the names of clients, also of merged ones; those whose name nobody knows are left out."""
    uow.require(Permission.CLIENTS_READ)
    rows = await uow.list(uow.select(Client).where(col(Client.id).in_(ids), col(Client.name).is_not(None)))
    return {row.id: row.name for row in rows if row.name}


async def update(uow: UnitOfWork, client_id: UUID, patch: ClientPatch) -> Client:
    """Merge patch. `Duplicate` for a number that another client has (which is a case for `merge`), `Forbidden` when the
    role staff changes more than the notes. A number that was merged into this client is exchanged with its own."""
    uow.require(Permission.CLIENTS_WRITE)
    fields = patch.model_fields_set
    if uow.actor.role is Role.STAFF and fields - STAFF_EDITABLE:
        raise Forbidden
    row = await _get(uow, client_id, lock=True)
    previous = row.phone
    values = {name: getattr(patch, name) for name in fields - INSTANTS.keys()}
    if "phone" in fields and patch.phone and patch.phone != row.phone:
        await _swap_numbers(uow, row, patch.phone)
    if "name" in fields:
        values["name_given"] = bool(patch.name)
    for name in fields & INSTANTS.keys():
        if getattr(patch, name) is not (getattr(row, INSTANTS[name]) is not None):
            values[INSTANTS[name]] = uow.now if getattr(patch, name) else None
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changes:
        return row
    _change(uow, row, changes)
    uow.notify_live(UPDATED, {"id": str(row.id)})
    try:
        await uow.flush()
    except IntegrityError:
        raise Duplicate("Another client has this number already") from None
    if previous and row.phone and row.phone != previous:
        await uow.dispatch(ClientNumberChanged(row.id, previous, row.phone))
    return row


async def _swap_numbers(uow: UnitOfWork, row: Client, number: str) -> None:
    """Take a number that leads to this client already: the merged row that has it gets this client's number instead."""
    owner = await _first(uow, Client.phone == number, lock=True)
    if owner is None:
        return
    if owner.merged_into_id != row.id:
        whose = owner.merged_into_id or owner.id
        raise Duplicate("Another client has this number already", details={"existing": str(whose)})
    owner.phone, previous = None, row.phone
    await uow.flush()  # a number is never with two, not even for a moment
    row.phone = None
    await uow.flush()
    owner.phone = previous


async def merge(uow: UnitOfWork, target_id: UUID, merged_id: UUID) -> Client:
    """Merge two rows of one person: `target_id` gets everything of `merged_id`, whose number leads to it from now on.

    `NotFound` for `target_id`, `Invalid` for `merged_id` or when the notes of both are too long for one, `Forbidden`
    for the role staff.
    """
    uow.require(Permission.CLIENTS_WRITE)
    if uow.actor.role is Role.STAFF:
        raise Forbidden
    await _get(uow, target_id)
    if target_id == merged_id:
        raise Invalid.field(["body", "clientId"], "same_client", "Choose another client than this one")
    statement = _not_merged(uow).where(col(Client.id).in_([target_id, merged_id])).order_by(col(Client.id))
    # FOR NO KEY UPDATE: appointments that point at them may still be written by others
    locked = statement.with_for_update(key_share=True)
    rows = {row.id: row for row in await uow.list(locked)}
    if target_id not in rows:
        raise NotFound
    if merged_id not in rows:
        raise Invalid.field(["body", "clientId"], "unknown_client", "There is no such client")
    target, merged = rows[target_id], rows[merged_id]
    uow.check_precondition(target)
    if merged.name_given > target.name_given or not target.name:
        target.name, target.name_given = merged.name, merged.name_given
    target.email = target.email or merged.email
    notes = "\n".join(filter(None, (target.notes, merged.notes)))
    if len(notes) > MAX_NOTES_LENGTH:
        raise Invalid.field(
            ["body", "clientId"], "too_long", "The notes of both are too long for one, shorten them first"
        )
    target.notes = notes or None
    target.language = target.language or merged.language
    if target.phone is None:
        merged.phone, number = None, merged.phone
        await uow.flush()
        target.phone = number
    target.opted_out_at = target.opted_out_at or merged.opted_out_at
    target.blocked_at = target.blocked_at or merged.blocked_at
    merged.merged_into_id = target_id
    _update_search_text(target)
    uow.bump_version(target)
    uow.bump_version(merged)
    await uow.flush()
    earlier = (col(Client.organization_id) == uow.organization_id, col(Client.merged_into_id) == merged_id)
    await uow.execute(sa.update(Client).where(*earlier).values(merged_into_id=target_id))
    await uow.dispatch(ClientsMerged(target_id=target_id, merged_id=merged_id))
    for row in (target, merged):
        uow.notify_live(UPDATED, {"id": str(row.id)})
    return target


def _not_merged(uow: UnitOfWork) -> SelectOfScalar[Client]:
    return uow.select(Client).where(col(Client.merged_into_id).is_(None))


async def _get(uow: UnitOfWork, client_id: UUID, *, lock: bool = False) -> Client:
    statement = _not_merged(uow).where(Client.id == client_id)
    row = await uow.one_or_none(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row


def _new(uow: UnitOfWork, **values: Any) -> Client:
    fresh = Client(id=new_id(), organization_id=uow.organization_id, **values)
    fresh.name_given = bool(fresh.name)
    _update_search_text(fresh)
    return fresh


async def _first(uow: UnitOfWork, condition: Any, lock: bool) -> Client | None:
    statement = uow.select(Client).where(condition)
    if lock:
        # FOR NO KEY UPDATE: appointments that point at it may still be written by others
        statement = statement.with_for_update(key_share=True)
    return await uow.one_or_none(statement)


def _change(uow: UnitOfWork, row: Client, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    _update_search_text(row)
    uow.bump_version(row)


def matching(uow: UnitOfWork, term: str) -> sa.ColumnElement[bool]:
    """As `search_text` finds. A merged client is found by the name and number it had before, too."""
    fits = has_every_word(col(Client.search), term)
    merged = (col(Client.organization_id) == uow.organization_id, col(Client.merged_into_id).is_not(None))
    return sa.or_(fits, col(Client.id).in_(sa.select(col(Client.merged_into_id)).where(*merged, fits)))


def _update_search_text(row: Client) -> None:
    known = list(filter(None, (row.name, row.phone, row.email)))
    row.search = search_text.searchable(" ".join(known))
    row.sort_name = sort_key(known[0]) if known else ""
