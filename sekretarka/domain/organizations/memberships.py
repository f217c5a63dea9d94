"""Who belongs to which organization, for every feature that has to know: members, sessions, keys, new accounts."""

from uuid import UUID

from sqlalchemy.orm import join
from sqlmodel import col, select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Role
from sekretarka.domain.organizations.models import Membership, Organization

# Memberships whose organization was not deleted, for the FROM of a SELECT.
ACTIVE_MEMBERSHIP = join(
    Membership,
    Organization,
    (col(Organization.id) == col(Membership.organization_id)) & col(Organization.deleted_at).is_(None),
)


async def default_organization(uow: UnitOfWork, user_id: UUID) -> UUID | None:
    """The id of the organization a session of this user begins in, the one joined first; None without any."""
    statement = (
        select(Membership.organization_id)
        .select_from(ACTIVE_MEMBERSHIP)
        .where(Membership.user_id == user_id)
        .order_by(col(Membership.created_at), col(Membership.id))
        .limit(1)
    )
    organization_id: UUID | None = (await uow.execute(statement)).scalar_one_or_none()
    return organization_id


async def create_organization(uow: UnitOfWork, organization: Organization, owner_id: UUID) -> Organization:
    """Store a new organization with its first owner."""
    uow.add(organization)
    await uow.flush()
    uow.add(Membership(organization_id=organization.id, user_id=owner_id, role=Role.OWNER))
    await uow.flush()
    return organization
