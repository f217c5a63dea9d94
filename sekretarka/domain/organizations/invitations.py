"""Inviting users by an email to the address that the invitation is bound to (security.md#t11).

The token leaves in that email only: whoever invites never sees it, so that nobody can open an account in the name of an
address that is not theirs.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import join
from sqlmodel import col, select

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Duplicate, Forbidden, Gone, InvalidStateTransition, NotFound
from sekretarka.core.permissions import Permission, Role, covers
from sekretarka.core.runtime import crypto
from sekretarka.core.text.i18n import language, translate
from sekretarka.core.web.paging import Page, PageQuery, SortKey, paginate
from sekretarka.core.web.schemas import Input, Output, OutputInstant
from sekretarka.domain.accounts import login_throttling, mail, sessions
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.fields import EmailAddress, email_key
from sekretarka.domain.accounts.models import User
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.members import lock_and_check
from sekretarka.domain.organizations.models import Invitation, Membership, Organization

LIFETIME = timedelta(days=7)
NEWEST_FIRST = SortKey(col(Invitation.created_at))
PAGE = "/invite"


class InvitationStatus(StrEnum):
    """Pending and expired ones are listed; a new email makes an expired one pending again."""

    PENDING = "pending"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


class InvitationCreate(Input):
    """Whom to invite and with which role: at most the inviter's own."""

    email: EmailAddress
    role: Role


class InvitationView(Output):
    """An invitation as the organization sees it; its link is in the email only."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    email: str
    role: Role
    status: InvitationStatus
    invited_by_id: UUID | None
    expires_at: OutputInstant

    @classmethod
    def of(cls, row: Invitation, now: datetime) -> "InvitationView":
        """The view of one row."""
        shared = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**shared, status=status_of(row, now))


def status_of(row: Invitation, now: datetime) -> InvitationStatus:
    """The status at `now`: an open invitation expires without a change of its row."""
    if row.accepted_at is not None:
        return InvitationStatus.ACCEPTED
    if row.revoked_at is not None:
        return InvitationStatus.REVOKED
    return InvitationStatus.PENDING if row.expires_at > now else InvitationStatus.EXPIRED


# the organization's side


async def find(uow: UnitOfWork, organization_id: UUID) -> Sequence[Invitation]:
    """The organization's open invitations (pending and expired), the newest first."""
    await organizations.permitted(uow, organization_id, Permission.MEMBERS_READ)
    is_open = _is_open() & (col(Invitation.organization_id) == organization_id)
    newest = select(Invitation).where(is_open).order_by(col(Invitation.created_at).desc(), col(Invitation.id).desc())
    return await uow.list(newest)


async def page(uow: UnitOfWork, organization_id: UUID, at: PageQuery) -> Page[Invitation]:
    """One page of the organization's open invitations (pending and expired), the newest first."""
    await organizations.permitted(uow, organization_id, Permission.MEMBERS_READ)
    is_open = _is_open() & (col(Invitation.organization_id) == organization_id)
    return await paginate(uow, select(Invitation).where(is_open), NEWEST_FIRST, at, {"organization": organization_id})


async def get(uow: UnitOfWork, organization_id: UUID, invitation_id: UUID) -> Invitation:
    """One invitation or `NotFound`."""
    await organizations.permitted(uow, organization_id, Permission.MEMBERS_READ)
    return await _one(uow, organization_id, invitation_id)


async def create(uow: UnitOfWork, organization_id: UUID, data: InvitationCreate) -> Invitation:
    """Email an invitation; the same whether the address has an account or not.

    `Duplicate` for a member and for an address with a pending invitation, `Forbidden` for a role above one's own,
    `LoginThrottled` after too many emails. An expired one is replaced.
    """
    await _require_grantable(uow, organization_id, data.role)
    key = email_key(data.email)
    if await _has_member(uow, organization_id, key):
        raise Duplicate("This person is a member already", details={"existing": "member"})
    earlier = select(Invitation).where(Invitation.organization_id == organization_id, Invitation.email_key == key)
    for other in await uow.list(earlier.where(_is_open())):
        if status_of(other, uow.now) is InvitationStatus.PENDING:
            raise Duplicate("This person was invited already", details={"existing": "invitation"})
        other.revoked_at = uow.now
        uow.bump_version(other)
    row = Invitation(
        organization_id=organization_id,
        email=data.email,
        email_key=key,
        role=data.role,
        token_hash="",
        expires_at=uow.now,
    )
    return await _send(uow, row)


async def resend(uow: UnitOfWork, organization_id: UUID, invitation_id: UUID) -> Invitation:
    """Email another link, good for seven days; the earlier link works no more. `InvalidStateTransition` when it was
    accepted or revoked, `LoginThrottled` after too many emails."""
    await lock_and_check(uow, organization_id, Permission.MEMBERS_WRITE)
    row = await _one(uow, organization_id, invitation_id, lock=True)
    await _require_grantable(uow, organization_id, row.role)
    if row.accepted_at is not None or row.revoked_at is not None:
        raise InvalidStateTransition.between(status_of(row, uow.now), InvitationStatus.PENDING)
    return uow.bump_version(await _send(uow, row))


async def revoke(uow: UnitOfWork, organization_id: UUID, invitation_id: UUID) -> Invitation:
    """Take an invitation back; repeating it changes nothing. `InvalidStateTransition` when it was accepted: then the
    member has to be removed."""
    await lock_and_check(uow, organization_id, Permission.MEMBERS_WRITE)
    row = await _one(uow, organization_id, invitation_id, lock=True)
    if row.accepted_at is not None:
        raise InvalidStateTransition.between(InvitationStatus.ACCEPTED, InvitationStatus.REVOKED)
    if row.revoked_at is None:
        row.revoked_at = uow.now
        uow.bump_version(row)
    return row


# the invited person's side


async def accept(uow: UnitOfWork, token: str) -> Membership:
    """Join with the account whose address was invited. `NotFound` for an unknown token, `Gone` for one that is used,
    revoked or expired, `Forbidden` for another account, `Duplicate` for a member."""
    user = await accounts.me(uow, lock=True)
    row, _ = await get_pending(uow, token)
    if row.email_key != user.email_key:
        raise Forbidden("This invitation is for another e-mail address")
    if await _has_member(uow, row.organization_id, row.email_key):
        raise Duplicate("You are a member already", details={"existing": "member"})
    return await redeem(uow, row, user)


async def get_pending(uow: UnitOfWork, token: str) -> tuple[Invitation, Organization]:
    """The pending invitation of a token and the organization that invites; `NotFound` for an unknown token, `Gone` for
    one that is used, revoked or expired."""
    invitations_of = join(Invitation, Organization, col(Organization.id) == col(Invitation.organization_id))
    statement = (
        sa.select(Invitation, Organization)
        .select_from(invitations_of)
        .where(col(Invitation.token_hash) == crypto.sha256_hex(token), col(Organization.deleted_at).is_(None))
    )
    row = (await uow.execute(statement)).first() if sessions.is_token(token) else None
    if row is None:
        raise NotFound
    status = status_of(row.Invitation, uow.now)
    if status is not InvitationStatus.PENDING:
        raise Gone("This invitation cannot be used any more", details={"status": str(status)})
    return row.Invitation, row.Organization


async def redeem(uow: UnitOfWork, row: Invitation, user: User) -> Membership:
    """Turn a pending invitation into a membership, once: of many at the same moment one wins, the others are `Gone`.
    The user's address counts as verified."""
    unused = _is_open() & (col(Invitation.id) == row.id) & (col(Invitation.token_hash) == row.token_hash)
    accepted = {"accepted_at": uow.now, "updated_at": uow.now, "version": col(Invitation.version) + 1}
    done = await uow.execute(sa.update(Invitation).where(unused).values(accepted))
    if done.rowcount != 1:
        raise Gone("This invitation cannot be used any more", details={"status": str(InvitationStatus.ACCEPTED)})
    if user.email_verified_at is None:  # the link came to that address
        user.email_verified_at = uow.now
        uow.bump_version(user)
    member = uow.add(Membership(organization_id=row.organization_id, user_id=user.id, role=row.role))
    await uow.flush()
    return member


async def purge_expired(uow: UnitOfWork) -> None:
    """Delete invitations whose time ended more than 30 days ago, whatever became of them."""
    await uow.execute(sa.delete(Invitation).where(col(Invitation.expires_at) < uow.now - timedelta(days=30)))


def _is_open() -> sa.ColumnElement[bool]:
    return col(Invitation.accepted_at).is_(None) & col(Invitation.revoked_at).is_(None)


async def _require_grantable(uow: UnitOfWork, organization_id: UUID, role: Role) -> None:
    if not covers(await lock_and_check(uow, organization_id, Permission.MEMBERS_WRITE), role):
        raise Forbidden


async def _one(uow: UnitOfWork, organization_id: UUID, invitation_id: UUID, *, lock: bool = False) -> Invitation:
    statement = select(Invitation).where(Invitation.organization_id == organization_id, Invitation.id == invitation_id)
    row = await uow.one_or_none(statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound
    return row


async def _has_member(uow: UnitOfWork, organization_id: UUID, key: str) -> bool:
    member_users = join(Membership, User, col(User.id) == col(Membership.user_id))
    memberships = select(Membership).select_from(member_users).where(Membership.organization_id == organization_id)
    return await uow.one_or_none(memberships.where(User.email_key == key)) is not None


async def _send(uow: UnitOfWork, row: Invitation) -> Invitation:
    """A fresh token into the row and the email; counted per organization and per address, whoever invites."""
    await login_throttling.count_attempt(uow, "invite", str(row.organization_id))
    await login_throttling.count_attempt(uow, "invited", row.email_key)
    inviter = await accounts.me(uow)
    organization = await organizations.get(uow, row.organization_id)
    token = crypto.random_token()
    row.token_hash, row.expires_at, row.invited_by_id = crypto.sha256_hex(token), uow.now + LIFETIME, inviter.id
    uow.add(row)
    await uow.flush()
    await mail.send(
        uow,
        "invitation",
        to=row.email,
        language=inviter.language,
        link=mail.token_link(PAGE, token),
        inviter=inviter.name,
        organization=organization.name,
        role=translate(language(inviter.language), f"role.{row.role}"),
    )
    return row
