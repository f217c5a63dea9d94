"""Members of an organization: roles granted and taken, users removed; one owner always stays (security.md#t2)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Forbidden, LastOwner, NotFound, PreconditionFailed
from sekretarka.core.permissions import ROLE_PERMISSIONS, Permission, Role, covers
from sekretarka.core.text.collation import sort_key
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.core.web.schemas import Input, Output, OutputInstant
from sekretarka.domain.accounts.models import Session, User
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.memberships import default_organization
from sekretarka.domain.organizations.models import ApiKey, Invitation, Membership, Organization

OLDEST_FIRST = SortKey(col(Membership.created_at), descending=False)


class MemberPatch(Input):
    """What can be changed about a member."""

    role: Role = Role.VIEWER


class MemberView(Output):
    """A user in an organization. `lastSeenAt` is when an open session there was last used, `null` without one."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    user_id: UUID
    name: str
    email: str
    avatar_url: str | None
    role: Role
    joined_at: OutputInstant
    last_seen_at: OutputInstant | None


# reading


async def find(uow: UnitOfWork, organization_id: UUID) -> list[MemberView]:
    """All members, the oldest membership first."""
    await organizations.permitted(uow, organization_id, Permission.MEMBERS_READ)
    memberships = select(Membership).where(Membership.organization_id == organization_id)
    rows = await uow.list(memberships.order_by(col(Membership.created_at), col(Membership.id)))
    return await view(uow, organization_id, rows)


async def page(uow: UnitOfWork, organization_id: UUID, at: PageQuery) -> tuple[Page[Membership], list[MemberView]]:
    """One page of the members, the oldest membership first: the rows, and the views of them."""
    await organizations.permitted(uow, organization_id, Permission.MEMBERS_READ)
    memberships = select(Membership).where(Membership.organization_id == organization_id)
    members_page = await paginate(uow, memberships, OLDEST_FIRST, at, {"organization": organization_id})
    return members_page, await view(uow, organization_id, members_page.rows)


async def get(uow: UnitOfWork, organization_id: UUID, user_id: UUID) -> Membership:
    """One member or `NotFound`."""
    await organizations.permitted(uow, organization_id, Permission.MEMBERS_READ)
    return await _membership(uow, organization_id, user_id)


async def view(uow: UnitOfWork, organization_id: UUID, rows: Iterable[Membership]) -> list[MemberView]:
    """The members with name, email and picture of their accounts, in the same order."""
    listed = list(rows)
    ids = [row.user_id for row in listed]
    users = {user.id: user for user in await uow.list(select(User).where(col(User.id).in_(ids)))}
    last_use = await uow.execute(
        sa.select(col(Session.user_id), sa.func.max(col(Session.seen_at)))
        .where(col(Session.organization_id) == organization_id, col(Session.user_id).in_(ids))
        .where(col(Session.expires_at) > uow.now)
        .group_by(col(Session.user_id))
    )
    last_seen = dict(last_use.all())
    return [
        MemberView(
            **row.model_dump(include={"id", "organization_id", "version", "created_at", "updated_at", "role"}),
            user_id=row.user_id,
            name=users[row.user_id].name,
            email=users[row.user_id].email,
            avatar_url=users[row.user_id].avatar_url,
            joined_at=row.created_at,
            last_seen_at=last_seen.get(row.user_id),
        )
        for row in listed
    ]


async def names(uow: UnitOfWork) -> Sequence[tuple[UUID, str]]:
    """Id and name of every member, by name: whom a follow-up can be assigned to."""
    uow.require(Permission.CONVERSATIONS_READ)
    statement = (
        sa.select(col(User.id), col(User.name))
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(Membership.organization_id) == uow.organization_id)
    )
    named = [(user_id, name) for user_id, name in await uow.execute(statement)]
    return sorted(named, key=lambda member: (sort_key(member[1]), member[0]))


async def is_member(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether a user belongs to the unit of work's organization."""
    memberships = select(Membership).where(Membership.organization_id == uow.organization_id)
    return await uow.one_or_none(memberships.where(Membership.user_id == user_id)) is not None


# changing


async def update(uow: UnitOfWork, organization_id: UUID, user_id: UUID, patch: MemberPatch) -> Membership:
    """Merge patch; an empty one changes nothing. Raises as `change_role` does."""
    return await change_role(uow, organization_id, user_id, patch.role if patch.model_fields_set else None)


async def change_role(
    uow: UnitOfWork, organization_id: UUID, user_id: UUID, role: Role | None, *, shown: Role | None = None
) -> Membership:
    """Give a member another role, which counts from the next request on; None changes nothing. Open invitations that
    the new role may not offer are revoked. `Forbidden` for a role above the caller's, before or after; `LastOwner`;
    `PreconditionFailed` when the role is not the one that was `shown` to who chose, if that is known."""
    own_role = await lock_and_check(uow, organization_id, Permission.MEMBERS_WRITE)
    row = await _membership(uow, organization_id, user_id)
    if not covers(own_role, row.role) or (role is not None and not covers(own_role, role)):
        raise Forbidden
    uow.check_precondition(row)
    if role is None or row.role is role:
        return row
    if shown not in (None, row.role):
        raise PreconditionFailed
    if row.role is Role.OWNER:
        await _require_another_owner(uow, row)
    row.role = role
    grants = [other for other in Role if Permission.MEMBERS_WRITE in ROLE_PERMISSIONS[role] and covers(role, other)]
    await _withdraw_invitations(uow, row, keep=grants)
    return uow.bump_version(row)


async def remove(uow: UnitOfWork, organization_id: UUID, user_id: UUID) -> Membership:
    """Remove a member, or leave: the API keys and open invitations there are revoked. The sessions end, of who leaves
    they move to another organization. `Forbidden` for a role above the caller's; `LastOwner`."""
    leaving = user_id == uow.user_id
    required = Permission.ORGANIZATIONS_READ if leaving else Permission.MEMBERS_WRITE
    own_role = await lock_and_check(uow, organization_id, required)
    row = await _membership(uow, organization_id, user_id)
    if not covers(own_role, row.role):
        raise Forbidden
    uow.check_precondition(row)
    if row.role is Role.OWNER:
        await _require_another_owner(uow, row)
    await uow.delete(row)
    await uow.flush()
    await _tell_no_more(uow, organization_id, user_id)
    await _end_sessions(uow, row, leaving=leaving)
    # For good: a key must not come back to life should its maker be asked to join again.
    keys = (col(ApiKey.organization_id) == organization_id) & (col(ApiKey.created_by_id) == user_id)
    active_keys = keys & col(ApiKey.revoked_at).is_(None)
    revoked = {"revoked_at": uow.now, "updated_at": uow.now, "version": col(ApiKey.version) + 1}
    await uow.execute(sa.update(ApiKey).where(active_keys).values(revoked))
    await _withdraw_invitations(uow, row, keep=())
    return row


async def lock_and_check(uow: UnitOfWork, organization_id: UUID, permission: Permission) -> Role:
    """The caller's role there, with memberships locked against changes until this unit of work ends. `NotFound` when
    the caller is no member, `Forbidden` when the role lacks the permission."""
    await organizations.permitted(uow, organization_id, permission, lock=True)
    role = await organizations.role_of(uow, organization_id)  # it may have been another before the lock was ours
    if permission not in ROLE_PERMISSIONS[role]:
        raise Forbidden
    return role


async def _membership(uow: UnitOfWork, organization_id: UUID, user_id: UUID) -> Membership:
    statement = select(Membership).where(Membership.organization_id == organization_id, Membership.user_id == user_id)
    row = await uow.one_or_none(statement)
    if row is None:
        raise NotFound
    return row


async def _tell_no_more(uow: UnitOfWork, organization_id: UUID, user_id: UUID) -> None:
    """Urgent calls are told to members only; the organization is locked."""
    organization = await uow.one_or_none(select(Organization).where(Organization.id == organization_id))
    told = organization.escalation["userIds"] if organization else []
    if organization and str(user_id) in told:
        left = [each for each in told if each != str(user_id)]
        organization.escalation = {**organization.escalation, "userIds": left}
        uow.bump_version(organization)


async def _require_another_owner(uow: UnitOfWork, leaving: Membership) -> None:
    owners = select(Membership).where(
        Membership.organization_id == leaving.organization_id, Membership.role == Role.OWNER
    )
    if await uow.one_or_none(owners.where(Membership.id != leaving.id)) is None:
        raise LastOwner


async def _end_sessions(uow: UnitOfWork, membership: Membership, *, leaving: bool) -> None:
    """Who was removed signs in again; who left goes on working, elsewhere."""
    in_organization = (col(Session.organization_id) == membership.organization_id) & (
        col(Session.user_id) == membership.user_id
    )
    if not leaving:
        await uow.execute(sa.delete(Session).where(in_organization))
        return
    organization_id = await default_organization(uow, membership.user_id)
    moved = {"organization_id": organization_id, "updated_at": uow.now, "version": col(Session.version) + 1}
    await uow.execute(sa.update(Session).where(in_organization).values(moved))


async def _withdraw_invitations(uow: UnitOfWork, inviter: Membership, *, keep: Sequence[Role]) -> None:
    """What somebody offered and may not offer any more is no offer: a way back in would be left otherwise."""
    invited_by_them = (col(Invitation.organization_id) == inviter.organization_id) & (
        col(Invitation.invited_by_id) == inviter.user_id
    )
    is_open = col(Invitation.accepted_at).is_(None) & col(Invitation.revoked_at).is_(None)
    withdrawn = {"revoked_at": uow.now, "updated_at": uow.now, "version": col(Invitation.version) + 1}
    statement = sa.update(Invitation).where(invited_by_them & is_open & col(Invitation.role).not_in(keep))
    await uow.execute(statement.values(withdrawn))
