"""Notification preferences: one's own, and those of everybody who is to be told something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlmodel import col, select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Role
from sekretarka.domain.accounts.models import User
from sekretarka.domain.notifications.models import CallScope, NotificationPreferences
from sekretarka.domain.notifications.schemas import NotificationPreferencesPatch
from sekretarka.domain.organizations.models import Membership


@dataclass(frozen=True)
class Recipient:
    """A member and what they want to be told."""

    user: User
    preferences: NotificationPreferences


def id_of(organization_id: UUID, user_id: UUID) -> UUID:
    """The id of a member's preferences, stored or not."""
    return uuid5(organization_id, str(user_id))


async def mine(uow: UnitOfWork) -> NotificationPreferences:
    """The signed-in user's preferences, not stored if they changed nothing. `Forbidden` for a key, `NotFound` without
    an organization."""
    return await _stored(uow, uow.user_id) or _default(await _membership(uow))


async def update_mine(uow: UnitOfWork, patch: NotificationPreferencesPatch) -> NotificationPreferences:
    """Merge patch of the signed-in user's preferences. Raises as `mine` does."""
    fresh = _default(await _membership(uow))
    unique = ("organization_id", "user_id")
    await uow.get_or_insert(lambda: _stored(uow, fresh.user_id), fresh, unique)
    row = await uow.get(NotificationPreferences, fresh.id, lock=True)
    if uow.precondition is not None and not uow.precondition.checked:
        uow.check_precondition(row)
    changes = {name: getattr(patch, name) for name in patch.model_fields_set}
    changed = any(getattr(row, name) != value for name, value in changes.items())
    for name, value in changes.items():
        setattr(row, name, value)
    return uow.bump_version(row) if changed else row


async def recipients(uow: UnitOfWork) -> Sequence[Recipient]:
    """Every member of the organization whose address is proven, with their preferences, the oldest membership first."""
    members = await uow.list(
        select(Membership).where(Membership.organization_id == uow.organization_id).order_by(col(Membership.created_at))
    )
    stored = {row.user_id: row for row in await uow.list(uow.select(NotificationPreferences))}
    ids = [member.user_id for member in members]
    proven = select(User).where(col(User.id).in_(ids), col(User.email_verified_at).is_not(None))
    users = {user.id: user for user in await uow.list(proven)}
    return [
        Recipient(users[member.user_id], stored.get(member.user_id) or _default(member))
        for member in members
        if member.user_id in users
    ]


async def _stored(uow: UnitOfWork, user_id: UUID) -> NotificationPreferences | None:
    of_user = uow.select(NotificationPreferences).where(NotificationPreferences.user_id == user_id)
    return await uow.one_or_none(of_user)


async def _membership(uow: UnitOfWork) -> Membership:
    own = select(Membership).where(Membership.organization_id == uow.organization_id, Membership.user_id == uow.user_id)
    row = await uow.one_or_none(own)
    if row is None:
        raise NotFound
    return row


def _default(member: Membership) -> NotificationPreferences:
    """Everybody is shown what is to do; an owner is told of every call by e-mail and in the evening, too."""
    is_owner = member.role is Role.OWNER
    since: datetime = member.created_at
    return NotificationPreferences(
        id=id_of(member.organization_id, member.user_id),
        organization_id=member.organization_id,
        user_id=member.user_id,
        email_calls=CallScope.ALL if is_owner else CallScope.NONE,
        digest=is_owner,
        created_at=since,
        updated_at=since,
    )
