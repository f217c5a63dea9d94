"""`/organizations`: the organizations of the signed-in user."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import col

from sekretarka.api.authentication import renew_session
from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires_in_resource
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery, SortKey, paginate
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import OrganizationCreate, OrganizationPatch, OrganizationView
from sekretarka.http import cookies
from sekretarka.http.responses import Deleted, Envelope, Page, page_of, set_location

router = APIRouter(prefix="/organizations", tags=["organizations"], route_class=TransactionalRoute)
READ = requires_in_resource(Permission.ORGANIZATIONS_READ)
WRITE = requires_in_resource(Permission.ORGANIZATIONS_WRITE)
DELETE = requires_in_resource(Permission.ORGANIZATIONS_DELETE)
OLDEST_FIRST = SortKey(col(Organization.created_at), descending=False)


@router.get("", openapi_extra=READ)
async def list_organizations(uow: WithUnitOfWork, query: Annotated[PageQuery, Query()]) -> Page[OrganizationView]:
    """The caller's organizations, the oldest first; an API key sees its own."""
    page = await paginate(uow, organizations.query(uow), OLDEST_FIRST, query, {"user": uow.actor.user_id})
    return page_of(map(OrganizationView.of, page.rows), page)


@router.post("", status_code=201)
async def create_organization(
    uow: WithUnitOfWork, data: OrganizationCreate, response: Response
) -> Envelope[OrganizationView]:
    """A new organization with the signed-in user as its owner. Not for API keys.

    A session that had none is for it from now on and gets a new cookie.
    """
    row = await organizations.create(uow, data)
    if uow.actor.organization_id is None:
        await renew_session(uow, response)
    set_location(response, "organizations", row.id)
    return Envelope(data=OrganizationView.of(row))


@router.get("/{organization_id}", openapi_extra=READ)
async def get_organization(uow: WithUnitOfWork, organization_id: UUID) -> Envelope[OrganizationView]:
    """One of the caller's organizations."""
    return Envelope(data=OrganizationView.of(await organizations.get(uow, organization_id)))


@router.patch("/{organization_id}", openapi_extra=WRITE)
async def update_organization(
    uow: WithUnitOfWork, organization_id: UUID, patch: OrganizationPatch
) -> Envelope[OrganizationView]:
    """Merge patch; business hours, address and booking rules merge member by member."""
    return Envelope(data=OrganizationView.of(await organizations.update(uow, organization_id, patch)))


@router.delete("/{organization_id}", openapi_extra=DELETE)
async def delete_organization(uow: WithUnitOfWork, organization_id: UUID, response: Response) -> Envelope[Deleted]:
    """Delete an organization; for owners only. A session that was for it gets a new cookie."""
    row = await organizations.delete(uow, organization_id)
    if organization_id == uow.actor.organization_id:
        await renew_session(uow, response)
    return Envelope(data=Deleted(id=row.id))


@router.post("/{organization_id}/select", openapi_extra=READ)
async def select_organization(
    uow: WithUnitOfWork, organization_id: UUID, response: Response
) -> Envelope[OrganizationView]:
    """Switch this session to another of the user's organizations; the session gets a new cookie. Not for API keys."""
    token = await organizations.select_for_session(uow, organization_id)
    cookies.put_session(response, token)
    return Envelope(data=OrganizationView.of(await organizations.get(uow, organization_id)))
