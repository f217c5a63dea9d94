"""`/organizations/:id/members` and `…/invitations`: who belongs to a business; `/invitations/accept` to join one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from sekretarka.api.identity import renew_session
from sekretarka.api.replies import Data, Deleted, Listed, created, listed
from sekretarka.api.route import InScope, OneTransaction, needs_there
from sekretarka.core.paging import PageQuery
from sekretarka.core.permissions import Permission
from sekretarka.core.scope import Scope
from sekretarka.domain.organizations import invitations, members
from sekretarka.domain.organizations.invitations import InvitationCreate, InvitationView
from sekretarka.domain.organizations.joining import InvitationToken
from sekretarka.domain.organizations.members import MemberPatch, MemberView
from sekretarka.domain.organizations.models import Membership

router = APIRouter(tags=["team"], route_class=OneTransaction)
READ, WRITE = needs_there(Permission.MEMBERS_READ), needs_there(Permission.MEMBERS_WRITE)
MEMBERS, INVITATIONS = "/organizations/{organization_id}/members", "/organizations/{organization_id}/invitations"


@router.get(MEMBERS, openapi_extra=READ)
async def list_members(
    scope: InScope, organization_id: UUID, query: Annotated[PageQuery, Query()]
) -> Listed[MemberView]:
    """Who belongs to the organisation, who came first first."""
    page, views = await members.page(scope, organization_id, query)
    return listed(views, page)


@router.get(MEMBERS + "/{user_id}", openapi_extra=READ)
async def get_member(scope: InScope, organization_id: UUID, user_id: UUID) -> Data[MemberView]:
    """One member, by the person's id."""
    return await _shown(scope, await members.get(scope, organization_id, user_id))


@router.patch(MEMBERS + "/{user_id}", openapi_extra=WRITE)
async def update_member(
    scope: InScope, organization_id: UUID, user_id: UUID, patch: MemberPatch, response: Response
) -> Data[MemberView]:
    """Another role, at most one's own and not of somebody above; counts at once. `LAST_OWNER` keeps one."""
    row = await members.update(scope, organization_id, user_id, patch)
    if user_id == scope.actor.user_id and patch.model_fields_set:
        await renew_session(scope, response)
    return await _shown(scope, row)


@router.delete(MEMBERS + "/{user_id}", openapi_extra=WRITE)
async def remove_member(scope: InScope, organization_id: UUID, user_id: UUID, response: Response) -> Data[Deleted]:
    """Remove a member, whose sessions and keys end with it. Everybody may leave by their own id, but the last owner;
    the session goes on under a new cookie."""
    row = await members.remove(scope, organization_id, user_id)
    if user_id == scope.actor.user_id:
        await renew_session(scope, response)
    return Data(data=Deleted(id=row.id))


@router.get(INVITATIONS, openapi_extra=READ)
async def list_invitations(
    scope: InScope, organization_id: UUID, query: Annotated[PageQuery, Query()]
) -> Listed[InvitationView]:
    """Invitations that nobody has answered, the newest first."""
    page = await invitations.page(scope, organization_id, query)
    return listed((InvitationView.of(row, scope.now) for row in page.rows), page)


@router.post(INVITATIONS, status_code=201, openapi_extra=WRITE)
async def create_invitation(
    scope: InScope, organization_id: UUID, data: InvitationCreate, response: Response
) -> Data[InvitationView]:
    """Invite somebody by e-mail; the link in the letter is good for seven days and once. Not for API keys."""
    row = await invitations.create(scope, organization_id, data)
    created(response, f"organizations/{organization_id}/invitations", row.id)
    return Data(data=InvitationView.of(row, scope.now))


@router.get(INVITATIONS + "/{invitation_id}", openapi_extra=READ)
async def get_invitation(scope: InScope, organization_id: UUID, invitation_id: UUID) -> Data[InvitationView]:
    """One invitation and what became of it."""
    return Data(data=InvitationView.of(await invitations.get(scope, organization_id, invitation_id), scope.now))


@router.post(INVITATIONS + "/{invitation_id}/resend", openapi_extra=WRITE)
async def resend_invitation(scope: InScope, organization_id: UUID, invitation_id: UUID) -> Data[InvitationView]:
    """Send another letter with another link for seven more days; the earlier link is dead."""
    return Data(data=InvitationView.of(await invitations.resend(scope, organization_id, invitation_id), scope.now))


@router.delete(INVITATIONS + "/{invitation_id}", openapi_extra=WRITE)
async def revoke_invitation(scope: InScope, organization_id: UUID, invitation_id: UUID) -> Data[Deleted]:
    """Take an invitation back."""
    row = await invitations.revoke(scope, organization_id, invitation_id)
    return Data(data=Deleted(id=row.id))


@router.post("/invitations/accept")
async def accept_invitation(scope: InScope, data: InvitationToken) -> Data[MemberView]:
    """Join with the token of the mailed link, signed in with the invited address. Not for API keys.

    `GONE` for an invitation that was used, taken back or is too old; `FORBIDDEN` for somebody else's.
    """
    return await _shown(scope, await invitations.accept(scope, data.token))


async def _shown(scope: Scope, row: Membership) -> Data[MemberView]:
    [view] = await members.view(scope, row.organization_id, [row])
    return Data(data=view)
