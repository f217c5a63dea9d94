"""Time off: when staff are away."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.organizations import days
from sekretarka.domain.staff.models import TimeOff
from sekretarka.domain.staff.schemas import TimeOffCreate

EARLIEST_FIRST = SortKey(col(TimeOff.starts_at), descending=False)


async def add(uow: UnitOfWork, staff_id: UUID, data: TimeOffCreate) -> TimeOff:
    """New time off; `appointments.time_off.create` also finds what it overlaps. `Invalid` for a period that ends before
    it starts."""
    uow.require(Permission.STAFF_WRITE)
    zone = (await days.current_organization(uow)).timezone
    starts_at, ends_at = days.first_instant(data.starts_at, zone), days.end_instant(data.ends_at, zone)
    if starts_at >= ends_at:
        raise Invalid.field(["body", "endsAt"], "before_start", "The end must not be before the start")
    row = TimeOff(
        organization_id=uow.organization_id,
        staff_id=staff_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=data.reason or None,
    )
    uow.add(row)
    await uow.flush()
    days.notify_calendar_changed(uow)
    return row


async def remove(uow: UnitOfWork, staff_id: UUID, time_off_id: UUID) -> None:
    """Delete time off of a staff member; `NotFound`."""
    uow.require(Permission.STAFF_WRITE)
    await uow.delete(await _get(uow, staff_id, time_off_id, lock=True))
    days.notify_calendar_changed(uow)


async def staff_id_of(uow: UnitOfWork, time_off_id: UUID) -> UUID:
    """The id of the staff member whose time off it is, or `NotFound`."""
    uow.require(Permission.STAFF_READ)
    row = await uow.one_or_none(uow.select(TimeOff).where(TimeOff.id == time_off_id))
    if row is None:
        raise NotFound
    return row.staff_id


async def page(uow: UnitOfWork, staff_id: UUID, query: PageQuery) -> Page[TimeOff]:
    """One page of all time off of a staff member, also past, the earliest first."""
    uow.require(Permission.STAFF_READ)
    of_member = uow.select(TimeOff).where(TimeOff.staff_id == staff_id)
    return await paginate(uow, of_member, EARLIEST_FIRST, query, {"staff": staff_id})


async def get(uow: UnitOfWork, staff_id: UUID, time_off_id: UUID) -> TimeOff:
    """One time off of a staff member, or `NotFound`."""
    uow.require(Permission.STAFF_READ)
    return await _get(uow, staff_id, time_off_id)


async def find_by_staff(
    uow: UnitOfWork, staff_ids: Collection[UUID], first: datetime, until: datetime | None = None
) -> dict[UUID, list[TimeOff]]:
    """By staff id, time off that is not over at `first` and, if given, begins before `until`; the earliest first, an
    empty list for who has none."""
    by_staff: dict[UUID, list[TimeOff]] = {staff_id: [] for staff_id in staff_ids}
    later = uow.select(TimeOff).where(col(TimeOff.staff_id).in_(staff_ids), TimeOff.ends_at > first)
    if until is not None:
        later = later.where(TimeOff.starts_at < until)
    for row in await uow.list(later.order_by(col(TimeOff.starts_at), col(TimeOff.id))):
        by_staff[row.staff_id].append(row)
    return by_staff


async def _get(uow: UnitOfWork, staff_id: UUID, time_off_id: UUID, *, lock: bool = False) -> TimeOff:
    statement = uow.select(TimeOff).where(TimeOff.id == time_off_id, TimeOff.staff_id == staff_id)
    row = await uow.one_or_none(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row
