"""`/services`: the services of the organization."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.catalog.schemas import ServiceCreate, ServicePatch, ServiceView
from sekretarka.domain.staff import service_assignments
from sekretarka.http.responses import Deleted, Envelope, Page, page_of, set_location

router = APIRouter(prefix="/services", tags=["services"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.SERVICES_READ, cacheable=True), requires(Permission.SERVICES_WRITE)


@router.get("", openapi_extra=READ)
async def list_services(uow: WithUnitOfWork, query: Annotated[PageQuery, Query()]) -> Page[ServiceView]:
    """What can be booked, the oldest first."""
    page = await catalog.page(uow, query)
    able = await service_assignments.staff_by_service(uow, [row.id for row in page.rows])
    return page_of([ServiceView.of(row, able[row.id]) for row in page.rows], page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_service(uow: WithUnitOfWork, data: ServiceCreate, response: Response) -> Envelope[ServiceView]:
    """A new service; `duration` in minutes. Without `staffIds` every staff member can do it."""
    row = await catalog.create(uow, data)
    if data.staff_ids:
        await service_assignments.assign_staff(uow, row, data.staff_ids)
    set_location(response, "services", row.id)
    return await _one(uow, row)


@router.get("/{service_id}", openapi_extra=READ)
async def get_service(uow: WithUnitOfWork, service_id: UUID) -> Envelope[ServiceView]:
    """One service."""
    return await _one(uow, await catalog.get(uow, service_id))


@router.patch("/{service_id}", openapi_extra=WRITE)
async def update_service(uow: WithUnitOfWork, service_id: UUID, patch: ServicePatch) -> Envelope[ServiceView]:
    """Merge patch; `staffIds` replaces the list. Appointments that are booked keep their time and price."""
    row = await catalog.update(uow, service_id, patch)
    if "staff_ids" in patch.model_fields_set:
        await service_assignments.assign_staff(uow, row, patch.staff_ids)
    return await _one(uow, row)


@router.delete("/{service_id}", openapi_extra=WRITE)
async def delete_service(uow: WithUnitOfWork, service_id: UUID) -> Envelope[Deleted]:
    """Archive a service; its appointments stay."""
    await catalog.delete(uow, service_id)
    return Envelope(data=Deleted(id=service_id))


async def _one(uow: UnitOfWork, row: Service) -> Envelope[ServiceView]:
    return Envelope(data=ServiceView.of(row, (await service_assignments.staff_by_service(uow, [row.id]))[row.id]))
