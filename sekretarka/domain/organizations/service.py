"""Organizations: one's own list, making, changing and deleting them, and which one a session works for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Forbidden, Invalid, NotFound, Unauthenticated
from sekretarka.core.permissions import ROLE_PERMISSIONS, Permission, Role
from sekretarka.domain.accounts import sessions
from sekretarka.domain.accounts.models import Session
from sekretarka.domain.organizations import days
from sekretarka.domain.organizations.memberships import ACTIVE_MEMBERSHIP, create_organization, default_organization
from sekretarka.domain.organizations.models import Membership, Organization
from sekretarka.domain.organizations.schemas import OrganizationCreate, OrganizationPatch

MERGED_FIELDS = ("address", "booking", "messaging", "escalation")


async def find(uow: UnitOfWork) -> Sequence[Organization]:
    """The user's organizations, the oldest organization first; for a key or machine its own one only."""
    return await uow.list(query(uow))


def query(uow: UnitOfWork) -> Any:
    """The SELECT of `find`."""
    if uow.actor.kind != "user":
        uow.require(Permission.ORGANIZATIONS_READ)
        return select(Organization).where(Organization.id == uow.organization_id, _not_deleted())
    memberships = select(Organization).select_from(ACTIVE_MEMBERSHIP).where(Membership.user_id == uow.user_id)
    return memberships.order_by(col(Organization.created_at), col(Organization.id))


async def create(uow: UnitOfWork, data: OrganizationCreate) -> Organization:
    """A new organization owned by the signed-in user; a session without organization works for it from now on."""
    user_id = uow.user_id
    row = Organization(name=data.name)
    if "business_hours" in data.model_fields_set:
        row.business_hours = {}  # who gives hours gives all of them: a day left out is closed
    _apply(row, data)
    await create_organization(uow, row, user_id)
    if uow.actor.organization_id is None and uow.actor.session_id is not None:
        await _move_session(uow, row.id)
    return row


async def get(uow: UnitOfWork, organization_id: UUID) -> Organization:
    """One of the caller's organizations, or `NotFound`."""
    return await permitted(uow, organization_id, Permission.ORGANIZATIONS_READ)


async def update(uow: UnitOfWork, organization_id: UUID, patch: OrganizationPatch) -> Organization:
    """Merge patch; an empty one changes nothing. `NotFound` and `Forbidden` as `permitted`; `Invalid` when urgent calls
    would be told to somebody who is no member."""
    row = await permitted(uow, organization_id, Permission.ORGANIZATIONS_WRITE, lock=True)
    await _check_members(uow, row, patch)
    if _apply(row, patch):
        uow.bump_version(row)
        if row.id == uow.actor.organization_id:
            days.notify_calendar_changed(uow)
    return row


async def _check_members(uow: UnitOfWork, row: Organization, patch: OrganizationPatch) -> None:
    wanted = patch.escalation.user_ids
    members = sa.select(col(Membership.user_id)).where(col(Membership.organization_id) == row.id)
    known = set((await uow.execute(members.where(col(Membership.user_id).in_(wanted)))).scalars())
    for place, user_id in enumerate(wanted):
        if user_id not in known:
            raise Invalid.field(["body", "escalation", "userIds", place], "unknown_member", "There is no such member")


async def delete(uow: UnitOfWork, organization_id: UUID) -> Organization:
    """Delete an organization, which only an owner may. Its sessions move to another organization of their users, or
    none."""
    row = await permitted(uow, organization_id, Permission.ORGANIZATIONS_DELETE, lock=True)
    row.deleted_at = uow.now
    uow.bump_version(row)
    await uow.flush()
    sessions_here = select(Session).where(Session.organization_id == organization_id).with_for_update()
    for session in await uow.list(sessions_here):
        session.organization_id = await default_organization(uow, session.user_id)
        uow.bump_version(session)
    return row


async def select_for_session(uow: UnitOfWork, organization_id: UUID) -> str:
    """Make the session work for another of the user's organizations; returns the session's new token (security.md#t4).
    `NotFound` when the user is no member there."""
    await permitted(uow, organization_id, Permission.ORGANIZATIONS_READ)
    session = await _move_session(uow, organization_id)
    return sessions.rotate_token(uow, session)


async def role_of(uow: UnitOfWork, organization_id: UUID) -> Role:
    """The signed-in user's role there, or `NotFound`."""
    # The column, not the row: what this unit of work read before it held a lock must not answer here.
    statement = (
        select(Membership.role)
        .select_from(ACTIVE_MEMBERSHIP)
        .where(Membership.user_id == uow.user_id, Membership.organization_id == organization_id)
    )
    role: Role | None = (await uow.execute(statement)).scalar_one_or_none()
    if role is None:
        raise NotFound
    return role


async def permitted(
    uow: UnitOfWork, organization_id: UUID, permission: Permission, *, lock: bool = False
) -> Organization:
    """The organization, locked with `lock`. `Unauthenticated` for nobody, `NotFound` unless the caller belongs to it,
    `Forbidden` without the permission there."""
    if uow.actor.kind == "anonymous":
        raise Unauthenticated
    if uow.actor.kind == "user":
        allowed = permission in ROLE_PERMISSIONS[await role_of(uow, organization_id)]
    elif uow.actor.organization_id == organization_id:
        allowed = permission in uow.actor.permissions
    else:
        raise NotFound
    if not allowed:
        raise Forbidden
    statement = select(Organization).where(Organization.id == organization_id, _not_deleted())
    row = await uow.one_or_none(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row


def _not_deleted() -> Any:
    return col(Organization.deleted_at).is_(None)


async def _move_session(uow: UnitOfWork, organization_id: UUID) -> Session:
    own_session = sa.select(Session).where(col(Session.id) == uow.actor.session_id, col(Session.user_id) == uow.user_id)
    session = (await uow.execute(own_session.with_for_update())).scalar_one_or_none()
    if session is None:
        raise Unauthenticated
    moved: Session = session
    moved.organization_id = organization_id
    return uow.bump_version(moved)


def _apply(row: Organization, data: OrganizationCreate) -> bool:
    """Put what was given into the row; whether anything is different now."""
    changed = False
    for name in data.model_fields_set:
        value = _value(row, data, name)
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    row.country = (row.address or {}).get("country") or row.country
    return changed


def _value(row: Organization, data: OrganizationCreate, name: str) -> Any:
    """What a column becomes; objects merge member by member, lists replace."""
    value = getattr(data, name)
    if name == "business_hours":
        return data.business_hours.merge_into(row.business_hours)
    if name == "closed_days":
        return [day.isoformat() for day in data.closed_days]
    if name in MERGED_FIELDS and value is not None:
        return {**(getattr(row, name) or {}), **value.model_dump(mode="json", by_alias=True, exclude_unset=True)}
    return value
