"""`/sms-gateways`: the accounts that an organization's SMS go through."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.messages import gateways
from sekretarka.domain.messages.gateway_schemas import SmsGatewayCreate, SmsGatewayPatch, SmsGatewayView
from sekretarka.http.responses import Deleted, Envelope, Page, page_of, set_location

router = APIRouter(prefix="/sms-gateways", tags=["messages"], route_class=TransactionalRoute)
WRITE = requires(Permission.ORGANIZATIONS_WRITE)


@router.get("", openapi_extra=WRITE)
async def list_sms_gateways(uow: WithUnitOfWork, query: Annotated[PageQuery, Query()]) -> Page[SmsGatewayView]:
    """The organization's gateways, at most two; the one with `first` is used, the other one when that is down."""
    page = await gateways.page(uow, query)
    return page_of(map(gateways.view, page.rows), page)


@router.post("", status_code=201, openapi_extra=WRITE)
async def create_sms_gateway(
    uow: WithUnitOfWork, data: SmsGatewayCreate, response: Response
) -> Envelope[SmsGatewayView]:
    """A gateway, used after those that there are. Its credentials are never shown."""
    row = await gateways.create(uow, data)
    set_location(response, "sms-gateways", row.id)
    return Envelope(data=gateways.view(row))


@router.get("/{sms_gateway_id}", openapi_extra=WRITE)
async def get_sms_gateway(uow: WithUnitOfWork, sms_gateway_id: UUID) -> Envelope[SmsGatewayView]:
    """One gateway."""
    return Envelope(data=gateways.view(await gateways.get(uow, sms_gateway_id)))


@router.patch("/{sms_gateway_id}", openapi_extra=WRITE)
async def update_sms_gateway(
    uow: WithUnitOfWork, sms_gateway_id: UUID, patch: SmsGatewayPatch
) -> Envelope[SmsGatewayView]:
    """Merge patch; new credentials replace all of the old ones."""
    return Envelope(data=gateways.view(await gateways.update(uow, sms_gateway_id, patch)))


@router.delete("/{sms_gateway_id}", openapi_extra=WRITE)
async def delete_sms_gateway(uow: WithUnitOfWork, sms_gateway_id: UUID) -> Envelope[Deleted]:
    """Send nothing through it any more."""
    await gateways.remove(uow, sms_gateway_id)
    return Envelope(data=Deleted(id=sms_gateway_id))
