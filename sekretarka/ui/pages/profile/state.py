"""The profile of the signed-in user: shown and saved."""

from typing import ClassVar, TypedDict

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import User
from sekretarka.domain.accounts.schemas import UserPatch
from sekretarka.domain.auth import verification
from sekretarka.ui import edits, errors
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.session import Edit, SessionState, actor, secured, write_uow

FIELDS = {"name": "name", "phone": "phone", "avatarUrl": "avatar_url", "language": "language"}


class ProfileValues(TypedDict):
    """The form's values, empty where there is none; `verified` is the address."""

    name: str
    email: str
    phone: str
    avatarUrl: str
    language: str
    verified: bool


async def _request_link(uow: UnitOfWork) -> None:
    await verification.request_link(uow, (await accounts.me(uow)).email)


def _blank() -> ProfileValues:
    return ProfileValues(name="", email="", phone="", avatarUrl="", language="pl", verified=True)


class ProfileState(PageState, EditFormState, rx.State):
    """The form as it is saved."""

    values: rx.Field[ProfileValues] = rx.field(default_factory=_blank)

    _formats: ClassVar = {"phone": phone.format_national}

    @secured(Permission.USERS_READ)
    async def load(self) -> None:
        """Read the signed-in user."""
        self.field_errors = {}
        await self._load()

    @secured(Permission.USERS_WRITE)
    @errors.form_handler()
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed; the page then switches to the chosen language."""
        if edit.id != actor().user_id:
            raise NotFound
        patch = UserPatch.model_validate(errors.form_input(UserPatch, edit.changes))
        row = await edits.store(edit, FIELDS, accounts.update_me, patch)
        self._show(row)
        session = await self.get_state(SessionState)
        session.name, session.language = row.name, row.language
        return errors.notify("form.saved", toast_id="saved")

    @secured(Permission.USERS_WRITE)
    async def resend(self) -> EventSpec:
        """Queue the email with the link that verifies the address once more."""
        await write_uow(_request_link)
        return errors.notify("profile.resent", toast_id="resent")

    async def _read(self, uow: UnitOfWork) -> None:
        self._show(await accounts.me(uow))

    def _show(self, row: User) -> None:
        self.record = edits.record(row, FIELDS)
        self.values = ProfileValues(
            name=row.name,
            email=row.email,
            phone=phone.format_national(row.phone or ""),
            avatarUrl=row.avatar_url or "",
            language=row.language,
            verified=row.email_verified_at is not None,
        )
