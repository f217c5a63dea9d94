"""Reading live events back: what streams and dashboards have not seen yet."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.events import LiveEvent, LiveHead
from sekretarka.core.lookups import Lookup
from sekretarka.core.scope import Scope

RETENTION = timedelta(hours=24)


HEAD = Lookup(
    sa.select(col(LiveHead.n)).where(col(LiveHead.organization_id) == sa.bindparam("organization_id", type_=sa.Uuid))
)


async def newest(organization_id: UUID) -> int:
    """The same as `head` without a scope, for those who ask again and again."""
    found = await HEAD.first(organization_id=organization_id)
    return int(found[0]) if found else 0


async def head(scope: Scope) -> int:
    """Number of the organisation's newest live event, 0 when there was none."""
    found = await scope.first(select(LiveHead).where(LiveHead.organization_id == scope.organization_id))
    return found.n if found else 0


async def after(scope: Scope, n: int, limit: int = 256) -> Sequence[LiveEvent]:
    """Live events with a number above `n`, in commit order, at most `limit`."""
    statement = (
        select(LiveEvent)
        .where(LiveEvent.organization_id == scope.organization_id, LiveEvent.n > n)
        .order_by(col(LiveEvent.n))
    )
    return await scope.all(statement.limit(limit))


async def oldest(scope: Scope) -> int | None:
    """Number of the oldest event still kept; a stream that asks for an older one must start afresh."""
    statement = sa.select(sa.func.min(LiveEvent.n)).where(col(LiveEvent.organization_id) == scope.organization_id)
    found: int | None = (await scope.execute(statement)).scalar_one()
    return found


async def forget(scope: Scope) -> int:
    """Delete what is older than the retention; returns how many."""
    result = await scope.execute(sa.delete(LiveEvent).where(col(LiveEvent.created_at) < scope.now - RETENTION))
    return int(result.rowcount)
