"""`/organizations/:id/members` and `…/invitations`: members of an organization; `/invitations/accept` to join."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.authentication import renew_session
from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires_in_resource
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.auth.invitation_signup import InvitationToken
from sekretarka.domain.organizations import invitations, members
from sekretarka.domain.organizations.invitations import InvitationCreate, InvitationView
from sekretarka.domain.organizations.members import MemberPatch, MemberView
from sekretarka.domain.organizations.models import Membership
from sekretarka.http.responses import Deleted, Envelope, Page, page_of, set_location

router = APIRouter(tags=["team"], route_class=TransactionalRoute)
READ, WRITE = requires_in_resource(Permission.MEMBERS_READ), requires_in_resource(Permission.MEMBERS_WRITE)
MEMBERS, INVITATIONS = "/organizations/{organization_id}/members", "/organizations/{organization_id}/invitations"


@router.get(MEMBERS, openapi_extra=READ)
async def list_members(
    uow: WithUnitOfWork, organization_id: UUID, query: Annotated[PageQuery, Query()]
) -> Page[MemberView]:
    """Members of the organization, the earliest first."""
    page, views = await members.page(uow, organization_id, query)
    return page_of(views, page)


@router.get(MEMBERS + "/{user_id}", openapi_extra=READ)
async def get_member(uow: WithUnitOfWork, organization_id: UUID, user_id: UUID) -> Envelope[MemberView]:
    """One member, by the user's id."""
    return await _shown(uow, await members.get(uow, organization_id, user_id))


@router.patch(MEMBERS + "/{user_id}", openapi_extra=WRITE)
async def update_member(
    uow: WithUnitOfWork, organization_id: UUID, user_id: UUID, patch: MemberPatch, response: Response
) -> Envelope[MemberView]:
    """Change a role, up to one's own and not of a higher one; applies at once. 409 `LAST_OWNER` for the only owner."""
    row = await members.update(uow, organization_id, user_id, patch)
    if user_id == uow.actor.user_id and patch.model_fields_set:
        await renew_session(uow, response)
    return await _shown(uow, row)


@router.delete(MEMBERS + "/{user_id}", openapi_extra=WRITE)
async def remove_member(
    uow: WithUnitOfWork, organization_id: UUID, user_id: UUID, response: Response
) -> Envelope[Deleted]:
    """Remove a member, whose sessions and keys end with it. Members may leave by their own id, but the last owner;
    the session gets a new cookie."""
    row = await members.remove(uow, organization_id, user_id)
    if user_id == uow.actor.user_id:
        await renew_session(uow, response)
    return Envelope(data=Deleted(id=row.id))


@router.get(INVITATIONS, openapi_extra=READ)
async def list_invitations(
    uow: WithUnitOfWork, organization_id: UUID, query: Annotated[PageQuery, Query()]
) -> Page[InvitationView]:
    """Invitations that were not answered, the newest first."""
    page = await invitations.page(uow, organization_id, query)
    return page_of((InvitationView.of(row, uow.now) for row in page.rows), page)


@router.post(INVITATIONS, status_code=201, openapi_extra=WRITE)
async def create_invitation(
    uow: WithUnitOfWork, organization_id: UUID, data: InvitationCreate, response: Response
) -> Envelope[InvitationView]:
    """Send an invitation by email; its link works once, within seven days. Not for API keys."""
    row = await invitations.create(uow, organization_id, data)
    set_location(response, f"organizations/{organization_id}/invitations", row.id)
    return Envelope(data=InvitationView.of(row, uow.now))


@router.get(INVITATIONS + "/{invitation_id}", openapi_extra=READ)
async def get_invitation(uow: WithUnitOfWork, organization_id: UUID, invitation_id: UUID) -> Envelope[InvitationView]:
    """One invitation with its status."""
    return Envelope(data=InvitationView.of(await invitations.get(uow, organization_id, invitation_id), uow.now))


@router.post(INVITATIONS + "/{invitation_id}/resend", openapi_extra=WRITE)
async def resend_invitation(
    uow: WithUnitOfWork, organization_id: UUID, invitation_id: UUID
) -> Envelope[InvitationView]:
    """Send another email with another link for seven more days; the earlier link stops working."""
    return Envelope(data=InvitationView.of(await invitations.resend(uow, organization_id, invitation_id), uow.now))


@router.delete(INVITATIONS + "/{invitation_id}", openapi_extra=WRITE)
async def revoke_invitation(uow: WithUnitOfWork, organization_id: UUID, invitation_id: UUID) -> Envelope[Deleted]:
    """Revoke an invitation."""
    row = await invitations.revoke(uow, organization_id, invitation_id)
    return Envelope(data=Deleted(id=row.id))


@router.post("/invitations/accept")
async def accept_invitation(uow: WithUnitOfWork, data: InvitationToken) -> Envelope[MemberView]:
    """Join with the token of the emailed link, signed in with the invited address. Not for API keys.

    `GONE` for an invitation that was used, revoked or has expired; `FORBIDDEN` for another address.
    """
    return await _shown(uow, await invitations.accept(uow, data.token))


async def _shown(uow: UnitOfWork, row: Membership) -> Envelope[MemberView]:
    [view] = await members.view(uow, row.organization_id, [row])
    return Envelope(data=view)
