"""Who can do which service: the staff assigned to it, or everyone when nobody is."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid
from sekretarka.core.permissions import Permission
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.staff.models import Staff, StaffService


async def staff_by_service(uow: UnitOfWork, service_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """By service id, the ids of the staff assigned to it, also of deleted ones; an empty list when nobody is, so that
    everyone can do it."""
    assigned: dict[UUID, list[UUID]] = {service_id: [] for service_id in service_ids}
    pairs = sa.select(col(StaffService.service_id), col(StaffService.staff_id)).where(
        col(StaffService.organization_id) == uow.organization_id, col(StaffService.service_id).in_(service_ids)
    )
    for service_id, staff_id in await uow.execute(pairs.order_by(col(StaffService.staff_id))):
        assigned[service_id].append(staff_id)
    return assigned


async def assign_staff(uow: UnitOfWork, service: Service, staff_ids: Collection[UUID]) -> bool:
    """Assign exactly these staff to the service; returns whether that is a change. `Invalid` for an added one who does
    not work here; who was assigned and was deleted since may stay."""
    uow.require(Permission.SERVICES_WRITE)
    before, requested = set((await staff_by_service(uow, [service.id]))[service.id]), set(staff_ids)
    if requested == before:
        return False
    existing = sa.select(col(Staff.id)).where(
        col(Staff.organization_id) == uow.organization_id,
        col(Staff.id).in_(requested - before),
        col(Staff.deleted_at).is_(None),
    )
    if requested - before - set((await uow.execute(existing)).scalars()):
        raise Invalid.field(["body", "staffIds"], "unknown_staff", "One of these staff members does not work here")
    await uow.execute(
        sa.delete(StaffService).where(
            col(StaffService.organization_id) == uow.organization_id,
            col(StaffService.service_id) == service.id,
            col(StaffService.staff_id).in_(before - requested),
        )
    )
    for staff_id in sorted(requested - before):
        uow.add(StaffService(organization_id=uow.organization_id, service_id=service.id, staff_id=staff_id))
    uow.bump_version(service)
    await uow.flush()
    return True


def is_qualified(uow: UnitOfWork, service_id: UUID) -> sa.ColumnElement[bool]:
    """A condition for a query of staff: whether they can do the service."""
    of_service = sa.select(col(StaffService.staff_id)).where(
        col(StaffService.organization_id) == uow.organization_id, col(StaffService.service_id) == service_id
    )
    return sa.or_(~of_service.exists(), col(Staff.id).in_(of_service))


async def services_of(uow: UnitOfWork, staff_id: UUID) -> set[UUID]:
    """The ids of the services, not deleted, that this staff member can do."""
    uow.require(Permission.SERVICES_READ)
    services = await catalog.find(uow)
    assigned = await staff_by_service(uow, [service.id for service in services])
    return {service_id for service_id, staff_ids in assigned.items() if not staff_ids or staff_id in staff_ids}


async def assign(uow: UnitOfWork, staff_id: UUID, service_ids: Collection[UUID]) -> bool:
    """Let this staff member do exactly these services; returns whether that is a change.

    A service that everyone can do becomes one of all the others when it is taken away. `Invalid` for an unknown
    service, or when nobody else could do one that is taken away.
    """
    uow.require(Permission.SERVICES_WRITE)
    services = await catalog.lock(uow)
    if set(service_ids) - {service.id for service in services}:
        raise Invalid.field(["body", "serviceIds"], "unknown_service", "There is no such service")
    changed = False
    assigned = await staff_by_service(uow, [service.id for service in services])
    not_deleted = uow.select(Staff).where(col(Staff.deleted_at).is_(None))
    everyone = {row.id for row in await uow.list(not_deleted)}
    for service in services:
        staff_ids = set(assigned[service.id])
        requested = service.id in service_ids
        if requested == (not staff_ids or staff_id in staff_ids):
            continue
        remaining = staff_ids | {staff_id} if requested else (staff_ids or everyone) - {staff_id}
        if not remaining & everyone:
            raise Invalid.field(["body", "serviceIds"], "last_able", "Nobody else can do one of these services")
        changed |= await assign_staff(uow, service, remaining)
    return changed
