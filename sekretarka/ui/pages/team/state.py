"""The team as one may see it: members, open invitations, and what is done to them."""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.live_events import LiveEvent
from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Duplicate, NotFound
from sekretarka.core.permissions import Permission, Role, covers
from sekretarka.core.runtime import clock
from sekretarka.domain.organizations import invitations, members
from sekretarka.domain.organizations.invitations import InvitationCreate, InvitationView
from sekretarka.domain.organizations.members import MemberView
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText, localized
from sekretarka.ui.live import refresh_on
from sekretarka.ui.session import Form, actor, read_uow, secured, write_uow

PATH = "/dashboard/settings/team"


class MemberRow(TypedDict):
    """`locked`: the role is above one's own; `seen` is empty for who is not signed in."""

    id: str
    name: str
    email: str
    role: str
    seen: str
    me: bool
    locked: bool


class InvitationRow(TypedDict):
    """`locked` as above; `status` is pending or expired."""

    id: str
    email: str
    role: str
    status: str
    expires_at: str
    locked: bool


@refresh_on(path=PATH, polls=True)
class TeamState(rx.State):
    """Rows for who may see them; others see what their role may do and how to leave."""

    loading: bool = True
    failed: bool = False
    rows: rx.Field[list[MemberRow]] = rx.field(default_factory=list)
    invited: rx.Field[list[InvitationRow]] = rx.field(default_factory=list)
    inviting: bool = False
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.ORGANIZATIONS_READ)
    async def load(self) -> None:
        """Who is here now; the address says whether somebody is being invited."""
        self.inviting = self.router.url.query_parameters.get("invite") == "1"
        self.field_errors = {}
        try:
            await self._read()
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    @secured(Permission.MEMBERS_WRITE)
    async def invite(self, form: Form) -> EventSpec | Sequence[EventSpec] | None:
        """Send somebody a letter."""
        self.attempt += 1
        try:
            data = InvitationCreate.model_validate(errors.form_input(InvitationCreate, form))
            row = await write_uow(lambda uow: invitations.create(uow, _here(uow), data))
        except Duplicate as error:
            known = isinstance(error.details, dict) and error.details.get("existing") == "member"
            self.field_errors = {"email": localized("team.is_member" if known else "team.is_invited")}
            return None
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error)
            return None if self.field_errors else errors.toast(error)
        await self._read()
        return [rx.redirect(PATH), success_toast(errors.toast_text("team.sent", email=row.email))]

    @secured(Permission.MEMBERS_WRITE)
    async def change_role(self, user_id: UUID, role: Role) -> EventSpec:
        """Give a member another role."""
        await write_uow(lambda uow: members.change_role(uow, _here(uow), user_id, role))
        if user_id == actor().user_id:
            return rx.call_script("window.sekretarka.renew(location.href)")  # as somebody who may do something else
        await self._read()
        return success_toast(errors.toast_text("team.role_changed"), id="role")

    @secured(Permission.MEMBERS_WRITE)
    async def remove(self, user_id: UUID) -> EventSpec:
        """Take a member away."""
        await write_uow(lambda uow: members.remove(uow, _here(uow), user_id))
        await self._read()
        return success_toast(errors.toast_text("team.removed"), id="removed")

    @secured(Permission.ORGANIZATIONS_READ)
    async def leave(self) -> EventSpec:
        """Leave the business."""
        await write_uow(lambda uow: members.remove(uow, _here(uow), uow.user_id))
        return rx.call_script("window.sekretarka.renew('/dashboard')")

    @secured(Permission.MEMBERS_WRITE)
    async def resend(self, invitation_id: UUID) -> EventSpec:
        """Another letter with another link."""
        row = await write_uow(lambda uow: invitations.resend(uow, _here(uow), invitation_id))
        await self._read()
        return success_toast(errors.toast_text("team.sent", email=row.email), id="sent")

    @secured(Permission.MEMBERS_WRITE)
    async def revoke(self, invitation_id: UUID) -> EventSpec:
        """Take an invitation back."""
        await write_uow(lambda uow: invitations.revoke(uow, _here(uow), invitation_id))
        await self._read()
        return success_toast(errors.toast_text("team.revoked"), id="revoked")

    @secured(None)
    def close(self, is_open: bool) -> EventSpec | None:
        """The dialog was closed."""
        return None if is_open else rx.redirect(PATH)

    async def _on_live_events(self, _changes: Sequence[LiveEvent]) -> None:
        await self._read()

    async def _read(self) -> None:
        if Permission.MEMBERS_READ not in actor().permissions:
            return
        async with read_uow() as uow:
            rows = [_member(view, uow) for view in await members.find(uow, _here(uow))]
            asked = await invitations.find(uow, _here(uow))
            invited = [_invitation(InvitationView.of(row, uow.now), uow) for row in asked]
        if (rows, invited) != (self.rows, self.invited):
            self.rows, self.invited = rows, invited


def _here(uow: UnitOfWork) -> UUID:
    if uow.actor.organization_id is None:
        raise NotFound
    return uow.actor.organization_id


def _member(view: MemberView, uow: UnitOfWork) -> MemberRow:
    mine = uow.actor.role
    return MemberRow(
        id=str(view.user_id),
        name=view.name,
        email=view.email,
        role=str(view.role),
        seen=clock.to_json(view.last_seen_at) if view.last_seen_at else "",
        me=view.user_id == uow.actor.user_id,
        locked=mine is None or not covers(mine, view.role),
    )


def _invitation(view: InvitationView, uow: UnitOfWork) -> InvitationRow:
    mine = uow.actor.role
    return InvitationRow(
        id=str(view.id),
        email=view.email,
        role=str(view.role),
        status=str(view.status),
        expires_at=clock.to_json(view.expires_at),
        locked=mine is None or not covers(mine, view.role),
    )
