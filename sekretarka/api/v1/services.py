"""`/services`: what the business sells."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.replies import Data, Deleted, Listed, created, listed
from sekretarka.api.route import InScope, OneTransaction, needs
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.catalog import service as catalog
from sekretarka.domain.catalog.models import Service
from sekretarka.domain.catalog.schemas import ServiceCreate, ServicePatch, ServiceView
from sekretarka.domain.staff import service_assignments as service_assignments

router = APIRouter(prefix="/services", tags=["services"], route_class=OneTransaction)
READ, WRITE = needs(Permission.SERVICES_READ, kept=True), needs(Permission.SERVICES_WRITE)


@router.get("", openapi_extra=READ)
async def list_services(uow: InScope, query: Annotated[PageQuery, Query()]) -> Listed[ServiceView]:
    """What can be booked, the oldest first."""
    page = await catalog.page(uow, query)
    able = await service_assignments.staff_by_service(uow, [row.id for row in page.rows])
    return listed([ServiceView.of(row, able[row.id]) for row in page.rows], page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_service(uow: InScope, data: ServiceCreate, response: Response) -> Data[ServiceView]:
    """A new service; `duration` in minutes. Without `staffIds` everyone can do it."""
    row = await catalog.create(uow, data)
    if data.staff_ids:
        await service_assignments.assign_staff(uow, row, data.staff_ids)
    created(response, "services", row.id)
    return await _one(uow, row)


@router.get("/{service_id}", openapi_extra=READ)
async def get_service(uow: InScope, service_id: UUID) -> Data[ServiceView]:
    """One service."""
    return await _one(uow, await catalog.get(uow, service_id))


@router.patch("/{service_id}", openapi_extra=WRITE)
async def update_service(uow: InScope, service_id: UUID, patch: ServicePatch) -> Data[ServiceView]:
    """Merge patch; `staffIds` replaces the list. Visits that are booked keep their time and price."""
    row = await catalog.update(uow, service_id, patch)
    if "staff_ids" in patch.model_fields_set:
        await service_assignments.assign_staff(uow, row, patch.staff_ids)
    return await _one(uow, row)


@router.delete("/{service_id}", openapi_extra=WRITE)
async def delete_service(uow: InScope, service_id: UUID) -> Data[Deleted]:
    """Take a service off the list; its visits stay."""
    await catalog.delete(uow, service_id)
    return Data(data=Deleted(id=service_id))


async def _one(uow: UnitOfWork, row: Service) -> Data[ServiceView]:
    return Data(data=ServiceView.of(row, (await service_assignments.staff_by_service(uow, [row.id]))[row.id]))
