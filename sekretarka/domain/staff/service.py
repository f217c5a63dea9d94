"""People of the business: made, changed, taken away, and locked while their time is given away."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.errors import Duplicate, Invalid, NotFound
from sekretarka.core.paging import Order, Page, PageQuery, paginate
from sekretarka.core.permissions import Permission
from sekretarka.core.scope import Scope
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.models import Membership
from sekretarka.domain.staff import calendar_links, skills, time_off
from sekretarka.domain.staff.models import Staff
from sekretarka.domain.staff.schemas import StaffCreate, StaffPatch, StaffView

OLDEST_FIRST = Order(col(Staff.created_at), descending=False)


async def create(scope: Scope, data: StaffCreate) -> Staff:
    """A new person."""
    scope.require(Permission.STAFF_WRITE)
    row = Staff(organization_id=scope.organization_id, name=data.name)
    await _apply(scope, row, data)
    scope.add(row)
    await _settle(scope)
    days.tell(scope)
    return row


async def find(scope: Scope) -> Sequence[Staff]:
    """Everybody, the oldest row first."""
    scope.require(Permission.STAFF_READ)
    return await scope.all(_living(scope).order_by(col(Staff.created_at), col(Staff.id)))


async def page(scope: Scope, query: PageQuery) -> Page[Staff]:
    """The same, page by page."""
    scope.require(Permission.STAFF_READ)
    return await paginate(scope, _living(scope), OLDEST_FIRST, query, {})


async def get(scope: Scope, staff_id: UUID) -> Staff:
    """One person or `NotFound`."""
    scope.require(Permission.STAFF_READ)
    return await _get(scope, staff_id)


async def view(scope: Scope, *rows: Staff) -> list[StaffView]:
    """People with the time off that is not over yet, as API and screens show them."""
    away = await time_off.since(scope, [row.id for row in rows], scope.now)
    return [StaffView.of(row, away[row.id], calendar_links.shown(scope, row)) for row in rows]


async def update(scope: Scope, staff_id: UUID, patch: StaffPatch) -> Staff:
    """Merge patch; visits outside of new hours stay."""
    scope.require(Permission.STAFF_WRITE)
    row = await _get(scope, staff_id, lock=True)
    if await _apply(scope, row, patch):
        scope.touch(row)
        await _settle(scope)
        days.tell(scope)
    return row


async def change_calendar_link(scope: Scope, staff_id: UUID) -> Staff:
    """A new secret link to her calendar; who has the old one finds nothing there any more."""
    scope.require(Permission.STAFF_WRITE)
    row = await _get(scope, staff_id, lock=True)
    row.calendar_number += 1
    scope.touch(row)
    return row


async def delete(scope: Scope, staff_id: UUID) -> None:
    """She does not work here any more; her visits stay until somebody moves or cancels them."""
    scope.require(Permission.STAFF_WRITE)
    row = await _get(scope, staff_id, lock=True)
    row.deleted_at, row.user_id = scope.now, None
    scope.touch(row)
    days.tell(scope)


async def able(
    scope: Scope, service_id: UUID | None, staff_id: UUID | None = None, *, lock: bool = False
) -> Sequence[Staff]:
    """Who works here and can do the service, or of them the one; with `lock` nobody else gives their time away."""
    statement = _living(scope).where(col(Staff.is_active))
    if staff_id is not None:
        statement = statement.where(Staff.id == staff_id)
    if service_id is not None:
        statement = statement.where(skills.can_do(scope, service_id))
    statement = statement.order_by(col(Staff.id))
    # FOR NO KEY UPDATE: rows that point at her may still be written by others
    return await scope.all(statement.with_for_update(key_share=True) if lock else statement)


async def exists(scope: Scope, staff_id: UUID) -> bool:
    """Whether she works here."""
    return await scope.first(_living(scope).where(Staff.id == staff_id)) is not None


async def of_user(scope: Scope, user_id: UUID) -> Staff | None:
    """As whom a member works."""
    return await scope.first(_living(scope).where(Staff.user_id == user_id))


async def names(scope: Scope) -> dict[UUID, str]:
    """What everybody is called, also those who left: their visits stay."""
    scope.require(Permission.STAFF_READ)
    return {row.id: row.name for row in await scope.all(scope.select(Staff))}


async def lock_one(scope: Scope, staff_id: UUID) -> Staff:
    """One person whose time nobody else gives away until the scope ends, or `NotFound`."""
    return await _get(scope, staff_id, lock=True)


async def lock(scope: Scope, ids: Collection[UUID]) -> None:
    """Let nobody else give the time of these people away until the scope ends; always in the order of ids."""
    rows = scope.select(Staff).where(col(Staff.id).in_(ids)).order_by(col(Staff.id))
    await scope.all(rows.with_for_update(key_share=True))


def _living(scope: Scope) -> SelectOfScalar[Staff]:
    return scope.select(Staff).where(col(Staff.deleted_at).is_(None))


async def _get(scope: Scope, staff_id: UUID, *, lock: bool = False) -> Staff:
    statement = _living(scope).where(Staff.id == staff_id)
    row = await scope.first(statement.with_for_update(key_share=True) if lock else statement)
    if row is None:
        raise NotFound
    return row


async def _apply(scope: Scope, row: Staff, data: StaffCreate) -> bool:
    """Put what was given into the row; whether anything is different now."""
    if data.user_id is not None and not await _is_member(scope, data.user_id):
        raise Invalid.field(["body", "userId"], "unknown_member", "There is no such member")
    changed = False
    for name in data.model_fields_set:
        value: Any = getattr(data, name)
        if name == "weekly_hours" and data.weekly_hours is not None:
            value = data.weekly_hours.over(row.weekly_hours or {})
        changed |= getattr(row, name) != value
        setattr(row, name, value)
    return changed


async def _settle(scope: Scope) -> None:
    try:
        await scope.flush()
    except IntegrityError:
        raise Duplicate("This member works as somebody else already") from None


async def _is_member(scope: Scope, user_id: UUID) -> bool:
    mine = Membership.organization_id == scope.organization_id
    return await scope.first(select(Membership).where(mine, Membership.user_id == user_id)) is not None
