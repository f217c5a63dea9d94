"""Whose appointments a caller may write: owners and programs everybody's, staff their own (product.md#roles)."""

from collections.abc import Sequence
from uuid import UUID

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Forbidden
from sekretarka.core.permissions import Permission, Role
from sekretarka.domain.staff import service as staff


async def require_writable(uow: UnitOfWork, staff_id: UUID | None) -> UUID | None:
    """The id of the staff member whose calendar is written: `staff_id`, or the caller's own for the role staff.
    `Forbidden` for somebody else's calendar, and for the role staff without a staff row."""
    uow.require(Permission.APPOINTMENTS_WRITE)
    if uow.actor.role is not Role.STAFF:
        return staff_id
    me = await staff.get_by_user(uow, uow.user_id)
    if me is None or staff_id not in (None, me.id):
        raise Forbidden
    return me.id


async def filter_writable(uow: UnitOfWork, staff_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Those of the ids whose appointments the caller may write, for screens that show what would be rejected."""
    if Permission.APPOINTMENTS_WRITE not in uow.actor.permissions:
        return ()
    if uow.actor.role is not Role.STAFF:
        return staff_ids
    me = await staff.get_by_user(uow, uow.user_id)
    return [staff_id for staff_id in staff_ids if me is not None and staff_id == me.id]
