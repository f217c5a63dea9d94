"""Time off: when people are away."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from sekretarka.core.errors import Invalid, NotFound
from sekretarka.core.paging import Order, Page, PageQuery, paginate
from sekretarka.core.permissions import Permission
from sekretarka.core.scope import Scope
from sekretarka.domain.organizations import days
from sekretarka.domain.staff.models import TimeOff
from sekretarka.domain.staff.schemas import TimeOffCreate

EARLIEST_FIRST = Order(col(TimeOff.starts_at), descending=False)


async def add(scope: Scope, staff_id: UUID, data: TimeOffCreate) -> TimeOff:
    """Somebody will be away; `appointments.time_off.take` tells which visits that hits."""
    scope.require(Permission.STAFF_WRITE)
    zone = (await days.here(scope)).timezone
    starts_at, ends_at = days.first_instant(data.starts_at, zone), days.end_instant(data.ends_at, zone)
    if starts_at >= ends_at:
        raise Invalid.field(["body", "endsAt"], "before_start", "The end must not be before the start")
    row = TimeOff(
        organization_id=scope.organization_id,
        staff_id=staff_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=data.reason or None,
    )
    scope.add(row)
    await scope.flush()
    days.tell(scope)
    return row


async def remove(scope: Scope, staff_id: UUID, time_off_id: UUID) -> None:
    """She will be there after all."""
    scope.require(Permission.STAFF_WRITE)
    await scope.delete(await _get(scope, staff_id, time_off_id, lock=True))
    days.tell(scope)


async def whose(scope: Scope, time_off_id: UUID) -> UUID:
    """The person who is away then, or `NotFound`."""
    scope.require(Permission.STAFF_READ)
    row = await scope.first(scope.select(TimeOff).where(TimeOff.id == time_off_id))
    if row is None:
        raise NotFound
    return row.staff_id


async def page(scope: Scope, staff_id: UUID, query: PageQuery) -> Page[TimeOff]:
    """All time off of a person, the earliest first."""
    scope.require(Permission.STAFF_READ)
    mine = scope.select(TimeOff).where(TimeOff.staff_id == staff_id)
    return await paginate(scope, mine, EARLIEST_FIRST, query, {"staff": staff_id})


async def get(scope: Scope, staff_id: UUID, time_off_id: UUID) -> TimeOff:
    """One time off of a person, or `NotFound`."""
    scope.require(Permission.STAFF_READ)
    return await _get(scope, staff_id, time_off_id)


async def since(
    scope: Scope, staff_ids: Collection[UUID], first: datetime, until: datetime | None = None
) -> dict[UUID, list[TimeOff]]:
    """By person, time off that is not over at `first` and, if given, begins before `until`; the earliest first."""
    found: dict[UUID, list[TimeOff]] = {staff_id: [] for staff_id in staff_ids}
    later = scope.select(TimeOff).where(col(TimeOff.staff_id).in_(staff_ids), TimeOff.ends_at > first)
    if until is not None:
        later = later.where(TimeOff.starts_at < until)
    for row in await scope.all(later.order_by(col(TimeOff.starts_at), col(TimeOff.id))):
        found[row.staff_id].append(row)
    return found


async def _get(scope: Scope, staff_id: UUID, time_off_id: UUID, *, lock: bool = False) -> TimeOff:
    statement = scope.select(TimeOff).where(TimeOff.id == time_off_id, TimeOff.staff_id == staff_id)
    row = await scope.first(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row
