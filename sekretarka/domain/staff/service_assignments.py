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
    """By service id, the ids of the staff assigned to it."""
    found: dict[UUID, list[UUID]] = {service_id: [] for service_id in service_ids}
    pairs = sa.select(col(StaffService.service_id), col(StaffService.staff_id)).where(
        col(StaffService.organization_id) == uow.organization_id, col(StaffService.service_id).in_(service_ids)
    )
    for service_id, staff_id in await uow.execute(pairs.order_by(col(StaffService.staff_id))):
        found[service_id].append(staff_id)
    return found


async def assign_staff(uow: UnitOfWork, service: Service, staff_ids: Collection[UUID]) -> bool:
    """Assign exactly these staff; whether that is a change. Who was assigned and has left may stay."""
    uow.require(Permission.SERVICES_WRITE)
    before, wanted = set((await staff_by_service(uow, [service.id]))[service.id]), set(staff_ids)
    if wanted == before:
        return False
    known = sa.select(col(Staff.id)).where(
        col(Staff.organization_id) == uow.organization_id,
        col(Staff.id).in_(wanted - before),
        col(Staff.deleted_at).is_(None),
    )
    if wanted - before - set((await uow.execute(known)).scalars()):
        raise Invalid.field(["body", "staffIds"], "unknown_staff", "One of these staff members does not work here")
    await uow.execute(
        sa.delete(StaffService).where(
            col(StaffService.organization_id) == uow.organization_id,
            col(StaffService.service_id) == service.id,
            col(StaffService.staff_id).in_(before - wanted),
        )
    )
    for staff_id in sorted(wanted - before):
        uow.add(StaffService(organization_id=uow.organization_id, service_id=service.id, staff_id=staff_id))
    uow.bump_version(service)
    await uow.flush()
    return True


def is_qualified(uow: UnitOfWork, service_id: UUID) -> sa.ColumnElement[bool]:
    """For a query of staff: whether they can do the service."""
    of_service = sa.select(col(StaffService.staff_id)).where(
        col(StaffService.organization_id) == uow.organization_id, col(StaffService.service_id) == service_id
    )
    return sa.or_(~of_service.exists(), col(Staff.id).in_(of_service))


async def services_of(uow: UnitOfWork, staff_id: UUID) -> set[UUID]:
    """The ids of the services that this staff member can do."""
    uow.require(Permission.SERVICES_READ)
    services = await catalog.find(uow)
    who = await staff_by_service(uow, [service.id for service in services])
    return {service_id for service_id, people in who.items() if not people or staff_id in people}


async def assign(uow: UnitOfWork, staff_id: UUID, service_ids: Collection[UUID]) -> bool:
    """Let this staff member do exactly these services; whether that is a change.

    A service that everyone can do becomes one of all the others, and the last who can do one cannot give it up.
    """
    uow.require(Permission.SERVICES_WRITE)
    services = await catalog.lock(uow)
    if set(service_ids) - {service.id for service in services}:
        raise Invalid.field(["body", "serviceIds"], "unknown_service", "There is no such service")
    changed = False
    who = await staff_by_service(uow, [service.id for service in services])
    here = uow.select(Staff).where(col(Staff.deleted_at).is_(None))
    everyone = {row.id for row in await uow.list(here)}
    for service in services:
        people = set(who[service.id])
        wanted = service.id in service_ids
        if wanted == (not people or staff_id in people):
            continue
        left = people | {staff_id} if wanted else (people or everyone) - {staff_id}
        if not left & everyone:
            raise Invalid.field(["body", "serviceIds"], "last_able", "Nobody else can do one of these services")
        changed |= await assign_staff(uow, service, left)
    return changed
