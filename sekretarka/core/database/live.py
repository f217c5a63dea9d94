"""Reading live events back: what streams and dashboards have not seen yet."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.database.live_events import LiveCursor, LiveEvent
from sekretarka.core.database.prepared_query import PreparedQuery
from sekretarka.core.database.unit_of_work import UnitOfWork

RETENTION = timedelta(hours=24)


LATEST = PreparedQuery(
    sa.select(col(LiveCursor.sequence)).where(
        col(LiveCursor.organization_id) == sa.bindparam("organization_id", type_=sa.Uuid)
    )
)


async def latest(organization_id: UUID) -> int:
    """The same as `cursor` without a unit of work, for streams and dashboards that poll."""
    row = await LATEST.fetch_row(organization_id=organization_id)
    return int(row[0]) if row else 0


async def cursor(uow: UnitOfWork) -> int:
    """Number of the organization's newest live event, 0 when there was none."""
    row = await uow.one_or_none(select(LiveCursor).where(LiveCursor.organization_id == uow.organization_id))
    return row.sequence if row else 0


async def since(uow: UnitOfWork, n: int, limit: int = 256) -> Sequence[LiveEvent]:
    """Live events with a number above `n`, in commit order, at most `limit`."""
    statement = (
        select(LiveEvent)
        .where(LiveEvent.organization_id == uow.organization_id, LiveEvent.sequence > n)
        .order_by(col(LiveEvent.sequence))
    )
    return await uow.list(statement.limit(limit))


async def oldest_available(uow: UnitOfWork) -> int | None:
    """Number of the oldest stored event, None when there is none; a stream that asks for an older one starts afresh."""
    statement = sa.select(sa.func.min(LiveEvent.sequence)).where(col(LiveEvent.organization_id) == uow.organization_id)
    row: int | None = (await uow.execute(statement)).scalar_one()
    return row


async def purge(uow: UnitOfWork) -> int:
    """Delete the live events of all organizations older than `RETENTION`; returns how many."""
    result = await uow.execute(sa.delete(LiveEvent).where(col(LiveEvent.created_at) < uow.now - RETENTION))
    return int(result.rowcount)
