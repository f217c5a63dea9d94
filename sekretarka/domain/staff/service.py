"""Staff of the organization: created, changed, deleted, and locked while their time is allocated."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Duplicate, Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.domain.organizations import days, members
from sekretarka.domain.staff import calendar_links, service_assignments, time_off
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.staff.schemas import StaffCreate, StaffPatch, StaffView

OLDEST_FIRST = SortKey(col(Staff.created_at), descending=False)


async def create(uow: UnitOfWork, data: StaffCreate) -> Staff:
    """A new staff member. `Invalid` when `user_id` is no member, `Duplicate` when that member works as another staff
    member already."""
    uow.require(Permission.STAFF_WRITE)
    row = Staff(organization_id=uow.organization_id, name=data.name)
    await _apply(uow, row, data)
    uow.add(row)
    await _flush(uow)
    days.notify_calendar_changed(uow)
    return row


async def find(uow: UnitOfWork) -> Sequence[Staff]:
    """All staff that were not deleted, the oldest row first; also inactive ones."""
    uow.require(Permission.STAFF_READ)
    return await uow.list(_not_deleted(uow).order_by(col(Staff.created_at), col(Staff.id)))


async def page(uow: UnitOfWork, query: PageQuery) -> Page[Staff]:
    """One page of the staff that were not deleted, the oldest row first."""
    uow.require(Permission.STAFF_READ)
    return await paginate(uow, _not_deleted(uow), OLDEST_FIRST, query, {})


async def get(uow: UnitOfWork, staff_id: UUID) -> Staff:
    """One staff member; `NotFound`, also for a deleted one."""
    uow.require(Permission.STAFF_READ)
    return await _get(uow, staff_id)


async def view(uow: UnitOfWork, *rows: Staff) -> list[StaffView]:
    """Staff with the time off that is not over yet, as API and pages show them, in the same order."""
    away = await time_off.find_by_staff(uow, [row.id for row in rows], uow.now)
    return [StaffView.of(row, away[row.id], calendar_links.url_for(uow, row)) for row in rows]


async def update(uow: UnitOfWork, staff_id: UUID, patch: StaffPatch) -> Staff:
    """Merge patch; appointments outside of new hours stay. Raises as `create`, and `NotFound`."""
    uow.require(Permission.STAFF_WRITE)
    row = await _get(uow, staff_id, lock=True)
    if await _apply(uow, row, patch):
        uow.bump_version(row)
        await _flush(uow)
        days.notify_calendar_changed(uow)
    return row


async def change_calendar_link(uow: UnitOfWork, staff_id: UUID) -> Staff:
    """A new secret link to the calendar (`calendar_links.url_for`); the old one stops working. `NotFound`."""
    uow.require(Permission.STAFF_WRITE)
    row = await _get(uow, staff_id, lock=True)
    row.calendar_number += 1
    uow.bump_version(row)
    return row


async def delete(uow: UnitOfWork, staff_id: UUID) -> Staff:
    """Mark a staff member as deleted; `appointments.departures.delete` also finds the appointments that stay.
    `NotFound`."""
    uow.require(Permission.STAFF_WRITE)
    row = await _get(uow, staff_id, lock=True)
    row.deleted_at, row.user_id = uow.now, None
    uow.bump_version(row)
    days.notify_calendar_changed(uow)
    return row


async def find_qualified(
    uow: UnitOfWork, service_id: UUID | None, staff_id: UUID | None = None, *, lock: bool = False
) -> Sequence[Staff]:
    """Active staff who can do the service (None: any), limited to `staff_id` if given, in the order of ids; with `lock`
    nobody else allocates their time until the unit of work ends."""
    statement = _not_deleted(uow).where(col(Staff.is_active))
    if staff_id is not None:
        statement = statement.where(Staff.id == staff_id)
    if service_id is not None:
        statement = statement.where(service_assignments.is_qualified(uow, service_id))
    statement = statement.order_by(col(Staff.id))
    # FOR NO KEY UPDATE: rows that point at them may still be written by others
    return await uow.list(statement.with_for_update(key_share=True) if lock else statement)


async def find_by_ids(uow: UnitOfWork, ids: Collection[UUID]) -> Sequence[Staff]:
    """Those of these staff members that exist, also deleted ones, in no particular order."""
    return await uow.list(uow.select(Staff).where(col(Staff.id).in_(ids)))


async def exists(uow: UnitOfWork, staff_id: UUID) -> bool:
    """Whether the organization has this staff member, not deleted."""
    return await uow.one_or_none(_not_deleted(uow).where(Staff.id == staff_id)) is not None


async def get_by_user(uow: UnitOfWork, user_id: UUID) -> Staff | None:
    """The staff row of a user, or None."""
    return await uow.one_or_none(_not_deleted(uow).where(Staff.user_id == user_id))


async def names(uow: UnitOfWork) -> dict[UUID, str]:
    """By id, the name of every staff member, also of deleted ones: their appointments stay."""
    uow.require(Permission.STAFF_READ)
    return {row.id: row.name for row in await uow.list(uow.select(Staff))}


async def lock_one(uow: UnitOfWork, staff_id: UUID) -> Staff:
    """One staff member, locked until the unit of work ends, or `NotFound`."""
    return await _get(uow, staff_id, lock=True)


async def lock(uow: UnitOfWork, ids: Collection[UUID]) -> None:
    """Lock the rows of these staff until the unit of work ends, always in the order of ids: see `slot_allocation`."""
    rows = uow.select(Staff).where(col(Staff.id).in_(ids)).order_by(col(Staff.id))
    await uow.list(rows.with_for_update(key_share=True))


def _not_deleted(uow: UnitOfWork) -> SelectOfScalar[Staff]:
    return uow.select(Staff).where(col(Staff.deleted_at).is_(None))


async def _get(uow: UnitOfWork, staff_id: UUID, *, lock: bool = False) -> Staff:
    statement = _not_deleted(uow).where(Staff.id == staff_id)
    row = await uow.one_or_none(statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise NotFound
    return row


async def _apply(uow: UnitOfWork, row: Staff, data: StaffCreate) -> bool:
    """Put what was given into the row; whether anything is different now."""
    if data.user_id is not None and not await members.is_member(uow, data.user_id):
        raise Invalid.field(["body", "userId"], "unknown_member", "There is no such member")
    changed = False
    for name in data.model_fields_set:
        value: Any = getattr(data, name)
        if name == "weekly_hours" and data.weekly_hours is not None:
            value = data.weekly_hours.merge_into(row.weekly_hours or {})
        changed |= getattr(row, name) != value
        setattr(row, name, value)
    return changed


async def _flush(uow: UnitOfWork) -> None:
    try:
        await uow.flush()
    except IntegrityError:
        raise Duplicate("This member works as somebody else already") from None
