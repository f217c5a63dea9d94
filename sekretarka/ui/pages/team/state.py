"""The team as the user may see it: members and open invitations, and changing them."""

from collections.abc import Sequence
from typing import ClassVar, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Duplicate, NotFound, PreconditionFailed
from sekretarka.core.permissions import Permission, Role, covers
from sekretarka.core.runtime import clock
from sekretarka.domain.organizations import invitations, members
from sekretarka.domain.organizations.invitations import InvitationCreate, InvitationView
from sekretarka.domain.organizations.members import MemberView
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.create_dialog import CreateDialogState
from sekretarka.ui.errors import ExpectedError, FieldErrors, field_errors, form_handler, localized, notify
from sekretarka.ui.live import refresh_on
from sekretarka.ui.page_state import PageState
from sekretarka.ui.session import Form, actor, secured, write_uow

PATH = "/dashboard/settings/team"


class MemberRow(TypedDict):
    """A member by user id. `locked`: the role is above one's own; `seen` (RFC 3339) is empty for who is not signed
    in."""

    id: str
    name: str
    email: str
    role: str
    seen: str
    me: bool
    locked: bool


class InvitationRow(TypedDict):
    """An open invitation, `status` pending or expired; `locked` as in `MemberRow`."""

    id: str
    email: str
    role: str
    status: str
    expires_at: str
    locked: bool


def _explain(error: ExpectedError) -> FieldErrors:
    """That somebody is a member or invited already is shown at the e-mail."""
    if not isinstance(error, Duplicate):
        return field_errors(error)
    is_member = isinstance(error.details, dict) and error.details.get("existing") == "member"
    return {"email": localized("team.is_member" if is_member else "team.is_invited")}


@refresh_on(path=PATH, polls=True)
class TeamState(PageState, CreateDialogState, rx.State):
    """Members and invitations for who may see them; others see what their role may do and how to leave."""

    rows: rx.Field[list[MemberRow]] = rx.field(default_factory=list)
    invited: rx.Field[list[InvitationRow]] = rx.field(default_factory=list)

    _closed_path: ClassVar = PATH

    @secured(Permission.ORGANIZATIONS_READ)
    async def load(self) -> None:
        """Read the members; the URL says whether the dialog is open."""
        self.creating = self.router.url.query_parameters.get("invite") == "1"
        self.field_errors = {}
        await self._load()

    @secured(Permission.MEMBERS_WRITE)
    @form_handler(_explain)
    async def invite(self, form: Form) -> Sequence[EventSpec]:
        """Email an invitation."""
        data = InvitationCreate.model_validate(errors.form_input(InvitationCreate, form))
        row = await write_uow(lambda uow: invitations.create(uow, _organization_id(uow), data))
        await self._refresh()
        return [rx.redirect(PATH), success_toast(errors.toast_text("team.sent", email=row.email))]

    @secured(Permission.MEMBERS_WRITE)
    async def change_role(self, user_id: UUID, role: Role, shown: Role) -> EventSpec:
        """Give a member another role than the one `shown`; one's own reloads the page. `LastOwner`, `Forbidden`,
        `PreconditionFailed` as `members.change_role`; the last of them shows the role as it is by now."""
        try:
            await write_uow(lambda uow: members.change_role(uow, _organization_id(uow), user_id, role, shown=shown))
        except PreconditionFailed:
            await self._refresh()
            raise
        if user_id == actor().user_id:
            return rx.call_script("window.sekretarka.renew(location.href)")  # as somebody who may do something else
        await self._refresh()
        return notify("team.role_changed", toast_id="role")

    @secured(Permission.MEMBERS_WRITE)
    async def remove(self, user_id: UUID) -> EventSpec:
        """Remove a member; `LastOwner`, `Forbidden` as `members.remove`."""
        await write_uow(lambda uow: members.remove(uow, _organization_id(uow), user_id))
        await self._refresh()
        return notify("team.removed", toast_id="removed")

    @secured(Permission.ORGANIZATIONS_READ)
    async def leave(self) -> EventSpec:
        """Leave the organization; `LastOwner`."""
        await write_uow(lambda uow: members.remove(uow, _organization_id(uow), uow.user_id))
        return rx.call_script("window.sekretarka.renew('/dashboard')")

    @secured(Permission.MEMBERS_WRITE)
    async def resend(self, invitation_id: UUID) -> EventSpec:
        """Email another link."""
        row = await write_uow(lambda uow: invitations.resend(uow, _organization_id(uow), invitation_id))
        await self._refresh()
        return notify("team.sent", email=row.email, toast_id="sent")

    @secured(Permission.MEMBERS_WRITE)
    async def revoke(self, invitation_id: UUID) -> EventSpec:
        """Revoke an invitation."""
        await write_uow(lambda uow: invitations.revoke(uow, _organization_id(uow), invitation_id))
        await self._refresh()
        return notify("team.revoked", toast_id="revoked")

    async def _read(self, uow: UnitOfWork) -> None:
        if Permission.MEMBERS_READ not in uow.actor.permissions:
            return
        rows = [_member(view, uow) for view in await members.find(uow, _organization_id(uow))]
        pending = await invitations.find(uow, _organization_id(uow))
        invited = [_invitation(InvitationView.of(row, uow.now), uow) for row in pending]
        if (rows, invited) != (self.rows, self.invited):
            self.rows, self.invited = rows, invited


def _organization_id(uow: UnitOfWork) -> UUID:
    if uow.actor.organization_id is None:
        raise NotFound
    return uow.actor.organization_id


def _member(view: MemberView, uow: UnitOfWork) -> MemberRow:
    own_role = uow.actor.role
    return MemberRow(
        id=str(view.user_id),
        name=view.name,
        email=view.email,
        role=str(view.role),
        seen=clock.to_json(view.last_seen_at) if view.last_seen_at else "",
        me=view.user_id == uow.actor.user_id,
        locked=own_role is None or not covers(own_role, view.role),
    )


def _invitation(view: InvitationView, uow: UnitOfWork) -> InvitationRow:
    own_role = uow.actor.role
    return InvitationRow(
        id=str(view.id),
        email=view.email,
        role=str(view.role),
        status=str(view.status),
        expires_at=clock.to_json(view.expires_at),
        locked=own_role is None or not covers(own_role, view.role),
    )
