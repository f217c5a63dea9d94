"""Whose visits a caller may write: owners and programs everybody's, staff their own (PRODUCT.md §2)."""

from collections.abc import Sequence
from uuid import UUID

from sekretarka.core.errors import Forbidden
from sekretarka.core.permissions import Permission, Role
from sekretarka.core.scope import Scope
from sekretarka.domain.staff import service as staff


async def writable(scope: Scope, staff_id: UUID | None) -> UUID | None:
    """The person whose calendar is written: the one asked for, for staff herself; `Forbidden` for another's."""
    scope.require(Permission.APPOINTMENTS_WRITE)
    if scope.actor.role is not Role.STAFF:
        return staff_id
    me = await staff.of_user(scope, scope.user_id)
    if me is None or staff_id not in (None, me.id):
        raise Forbidden
    return me.id


async def own(scope: Scope, staff_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Of these people those whose visits the caller may write, for screens that show what would be refused."""
    if Permission.APPOINTMENTS_WRITE not in scope.actor.permissions:
        return ()
    if scope.actor.role is not Role.STAFF:
        return staff_ids
    me = await staff.of_user(scope, scope.user_id)
    return [staff_id for staff_id in staff_ids if me is not None and staff_id == me.id]
