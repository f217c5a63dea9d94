"""Storing verified deliveries and processing them: effects and `done` commit together, nothing is lost or doubled."""

import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from sekretarka.core.database.jobs import backoff
from sekretarka.core.database.models import new_id
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError
from sekretarka.core.runtime import wakeup
from sekretarka.core.web.schemas import Output
from sekretarka.domain.inbox.models import IS_ODD, InboxState, WebhookEvent
from sekretarka.providers.conversions import Oddity
from sekretarka.providers.errors import InvalidPayload

log = logging.getLogger(__name__)

# A handler returns what was odd about the delivery.
Handler = Callable[[UnitOfWork, WebhookEvent], Awaitable["Sequence[OddField] | None"]]
# By provider and type of delivery; None where the feature that it is for does not exist yet.
Handlers = Mapping[tuple[str, str], Handler | None]

MAX_ATTEMPTS = 12
DEAD_LETTERED = "delivery.given_up"
PAYLOAD_RETENTION = timedelta(days=30)
RECENT = timedelta(days=7)


class OddField(Output):
    """A field of a delivery, by its path, what was odd about it, and how often in that delivery."""

    field: str
    what: Oddity
    count: int


@dataclass(frozen=True)
class Reception:
    """How the deliveries of an endpoint were received: when the newest came (None: never), how many were `unreadable`
    or had odd fields within `RECENT`, whether some type of them `is_broken`, its newest one unreadable, and what was
    odd in the newest odd one."""

    last_at: datetime | None = None
    unreadable: int = 0
    odd: int = 0
    is_broken: bool = False
    odd_fields: tuple[OddField, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """A verified delivery as an entry point hands it over; `payload` is the raw body. `invalid_reason` says why it
    makes no sense, if so."""

    source: str
    event_id: str
    type: str
    payload: bytes
    organization_id: UUID | None
    endpoint_id: UUID | None = None
    invalid_reason: str | None = None
    is_test: bool = False


async def store(uow: UnitOfWork, deliveries: Sequence[Delivery]) -> list[bool]:
    """Store deliveries; returns for each in order whether it is new by `(source, event_id)`. Entry points answer after
    the commit."""
    table = WebhookEvent.__table__  # type: ignore[attr-defined] # the table itself: the ORM takes three times as long
    statement = (
        uow.insert(table)
        .on_conflict_do_nothing(index_elements=["source", "event_id"])
        .returning(table.c.source, table.c.event_id)
    )
    rows = await uow.execute(statement, [_values(delivery, uow.now) for delivery in deliveries])
    new = {(source, event_id) for source, event_id in rows}
    if new:
        uow.after_commit(lambda: wakeup.current().notify(wakeup.INBOX))
    first_seen = []
    for delivery in deliveries:
        key = (delivery.source, delivery.event_id)
        first_seen.append(key in new)
        new.discard(key)
    return first_seen


def _values(delivery: Delivery, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "version": 1,
        "created_at": now,
        "updated_at": now,
        "source": delivery.source,
        "event_id": delivery.event_id,
        "type": delivery.type[:64],
        "organization_id": delivery.organization_id,
        "endpoint_id": delivery.endpoint_id,
        "payload": delivery.payload,
        "received_at": now,
        "state": InboxState.UNREADABLE if delivery.invalid_reason else InboxState.PENDING,
        "attempts": 0,
        "run_after": now,
        "reason": delivery.invalid_reason[:200] if delivery.invalid_reason else None,
        "is_test": delivery.is_test,
    }


async def organizations_with_pending(uow: UnitOfWork) -> Sequence[UUID]:
    """The ids of organizations that have a due delivery, the longest waiting first."""
    statement = (
        sa.select(col(WebhookEvent.organization_id))
        .where(
            col(WebhookEvent.state) == InboxState.PENDING,
            col(WebhookEvent.run_after) <= uow.now,
            col(WebhookEvent.organization_id).is_not(None),
        )
        .group_by(col(WebhookEvent.organization_id))
        .order_by(sa.func.min(col(WebhookEvent.run_after)))
    )
    rows: Sequence[UUID] = (await uow.execute(statement)).scalars().all()
    return rows


async def process_pending(uow: UnitOfWork, handlers: Handlers, limit: int = 50, seconds: float = 0.2) -> int:
    """Process at most `limit` due deliveries of one organization in this one transaction; returns how many were
    processed, whatever came of them, and 0 while another worker is at it. It ends after `seconds`, so that whoever
    waits to write (an entry point that must answer) does not wait for long. Two workers never process the same
    organization at once: that preserves order and rules out deadlocks."""
    if not await uow.try_advisory_lock(f"inbox:{uow.organization_id}"):
        return 0
    due = (
        select(WebhookEvent)
        .where(
            WebhookEvent.organization_id == uow.organization_id,
            WebhookEvent.state == InboxState.PENDING,
            WebhookEvent.run_after <= uow.now,
        )
        .order_by(col(WebhookEvent.run_after), col(WebhookEvent.id))
    )
    until = time.monotonic() + seconds
    touched = 0
    for event in await uow.list(due.limit(limit)):
        await _process(uow, event, handlers)
        touched += 1
        if time.monotonic() >= until:
            break
    return touched


async def _process(uow: UnitOfWork, event: WebhookEvent, handlers: Handlers) -> None:
    key = (event.provider, event.type)
    if key not in handlers:
        return _finish(uow, event, InboxState.IGNORED)
    handler = handlers[key]
    if handler is None:
        return _finish(uow, event, InboxState.WAITING)
    try:
        async with uow.savepoint():
            odd_fields = await handler(uow, event)
            await uow.flush()
    except InvalidPayload as verdict:
        return _finish(uow, event, InboxState.UNREADABLE, str(verdict))
    except AppError as error:
        return _retry(uow, event, error.code)
    except Exception as error:  # one bad delivery must not stop the others
        log.exception("inbox: delivery %s failed", event.id)
        return _retry(uow, event, type(error).__name__)
    event.notes = [odd.model_dump(mode="json") for odd in odd_fields or ()] or None
    return _finish(uow, event, InboxState.DONE)


def _finish(uow: UnitOfWork, event: WebhookEvent, state: InboxState, reason: str | None = None) -> None:
    event.state = state
    event.reason = reason[:200] if reason else None
    event.processed_at = uow.now
    uow.bump_version(event)


def _retry(uow: UnitOfWork, event: WebhookEvent, reason: str) -> None:
    event.attempts += 1
    event.reason = reason[:200]
    if event.attempts >= MAX_ATTEMPTS:
        event.state = InboxState.DEAD
        log.error("inbox: delivery %s is given up after %s attempts: %s", event.id, event.attempts, reason)
        uow.notify_live(DEAD_LETTERED, {"id": str(event.id)})
    event.run_after = uow.now + backoff(event.attempts)
    uow.bump_version(event)


async def recent(uow: UnitOfWork, endpoint_id: UUID, limit: int = 20) -> Sequence[WebhookEvent]:
    """The newest deliveries, at most `limit`, of one endpoint of the organization, the newest first."""
    statement = (
        select(WebhookEvent)
        .where(WebhookEvent.organization_id == uow.organization_id, WebhookEvent.endpoint_id == endpoint_id)
        .order_by(col(WebhookEvent.received_at).desc())
    )
    return await uow.list(statement.limit(limit))


async def reception(uow: UnitOfWork, endpoint_ids: Collection[UUID]) -> dict[UUID, Reception]:
    """By endpoint id, how its deliveries were received, tests apart, in one query."""
    if not endpoint_ids:
        return {}
    endpoints = sa.values(sa.column("id", sa.Uuid)).data([(endpoint_id,) for endpoint_id in endpoint_ids]).cte()
    row, later = WebhookEvent, aliased(WebhookEvent)
    own = (col(row.endpoint_id) == endpoints.c.id, col(row.organization_id) == uow.organization_id, ~col(row.is_test))
    lately = (*own, IS_ODD, col(row.received_at) >= uow.now - RECENT)
    unreadable, odd = col(row.state) == InboxState.UNREADABLE, col(row.notes).is_not(None)
    read_since = (
        sa.select(col(later.id))
        .where(
            col(later.endpoint_id) == col(row.endpoint_id),
            col(later.received_at) >= col(row.received_at),
            col(later.id) > col(row.id),
            col(later.state) == InboxState.DONE,
            sa.or_(col(later.type) == col(row.type), col(row.type) == ""),
        )
        .correlate(row)
    )

    def newest(column: Any, *criteria: Any) -> Any:
        newest_first = (col(row.received_at).desc(), col(row.id).desc())
        found = sa.select(col(column)).where(*criteria).order_by(*newest_first).limit(1)
        return found.correlate(endpoints).scalar_subquery()

    def count(*criteria: Any) -> Any:
        return sa.select(sa.func.count(col(row.id))).where(*lately, *criteria).correlate(endpoints).scalar_subquery()

    statement = sa.select(
        endpoints.c.id,
        newest(row.received_at, *own),
        count(unreadable),
        count(unreadable, ~read_since.exists()),
        count(odd),
        newest(row.notes, *lately, odd),
    )
    rows = await uow.execute(statement)
    return {
        endpoint_id: Reception(last_at, unread, odd_ones, unread_since > 0, _odd_fields(notes))
        for endpoint_id, last_at, unread, unread_since, odd_ones, notes in rows
    }


def odd_fields_of(notes: Mapping[tuple[str, Oddity], int]) -> list[OddField]:
    """What a provider noted while it read a delivery, as a handler returns it."""
    return [OddField(field=path, what=what, count=count) for (path, what), count in sorted(notes.items())]


def odd_fields(event: WebhookEvent) -> tuple[OddField, ...]:
    """What was odd about a delivery that was read."""
    return _odd_fields(event.notes)


def _odd_fields(notes: Iterable[Mapping[str, Any]] | None) -> tuple[OddField, ...]:
    return tuple(OddField.model_validate(note) for note in notes or ())


async def pending_age(uow: UnitOfWork) -> timedelta:
    """How long the oldest due delivery of all organizations has been waiting; 0 without one. For readiness."""
    statement = sa.select(sa.func.min(col(WebhookEvent.run_after))).where(col(WebhookEvent.state) == InboxState.PENDING)
    oldest = (await uow.execute(statement)).scalar_one()
    return max(uow.now - oldest, timedelta()) if oldest else timedelta()


async def dead_letters(uow: UnitOfWork) -> dict[UUID | None, int]:
    """By endpoint id, how many deliveries of the organization failed too often and may be replayed; None is the key of
    those without an endpoint."""
    statement = (
        sa.select(col(WebhookEvent.endpoint_id), sa.func.count())
        .where(*_dead_letters(uow))
        .group_by(col(WebhookEvent.endpoint_id))
    )
    return {row[0]: row[1] for row in await uow.execute(statement)}


async def replay(uow: UnitOfWork, endpoint_id: UUID) -> int:
    """Make the dead deliveries of an endpoint pending again, unless their bytes were purged. Returns how many there
    were."""
    statement = (
        sa.update(WebhookEvent)
        .where(*_dead_letters(uow), col(WebhookEvent.endpoint_id) == endpoint_id)
        .values(state=InboxState.PENDING, attempts=0, run_after=uow.now, reason=None, updated_at=uow.now)
    )
    count = int((await uow.execute(statement)).rowcount)
    if count:
        uow.after_commit(lambda: wakeup.current().notify(wakeup.INBOX))
    return count


def _dead_letters(uow: UnitOfWork) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(WebhookEvent.organization_id) == uow.organization_id,
        col(WebhookEvent.state) == InboxState.DEAD,
        col(WebhookEvent.payload) != b"",
    )


async def purge_payloads(uow: UnitOfWork, limit: int = 200) -> int:
    """Empty the bodies of at most `limit` deliveries that are not pending and older than `PAYLOAD_RETENTION`; type, id
    and hash stay. Returns how many."""
    table = WebhookEvent.__table__  # type: ignore[attr-defined] # as above
    statement = (
        sa.select(table.c.id, table.c.payload)
        .where(
            table.c.state != InboxState.PENDING,
            table.c.received_at < uow.now - PAYLOAD_RETENTION,
            table.c.payload != b"",
        )
        .limit(limit)
    )
    rows = [{"row": row[0], "hash": hashlib.sha256(row[1]).hexdigest()} for row in await uow.execute(statement)]
    if rows:
        emptied = sa.update(table).where(table.c.id == sa.bindparam("row"))
        await uow.execute(emptied.values(payload=b"", payload_hash=sa.bindparam("hash")), rows)
    return len(rows)
