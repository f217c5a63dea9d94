"""The profile of the signed-in person: read, changed field by field."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.accounts.models import User
from sekretarka.domain.accounts.schemas import UserPatch
from sekretarka.domain.auth import verification
from sekretarka.ui import errors
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.session import Form, SessionState, read_uow, secured, write_uow


class Person(TypedDict):
    """The form's values."""

    name: str
    email: str
    phone: str
    avatarUrl: str
    language: str
    verified: bool


async def _ask_again(uow: UnitOfWork) -> None:
    await verification.request_link(uow, (await accounts.me(uow)).email)


def _nobody() -> Person:
    return Person(name="", email="", phone="", avatarUrl="", language="pl", verified=True)


class ProfileState(rx.State):
    """The form as it is saved; `revision` and `attempt` are explained by `edit_form`."""

    loading: bool = True
    failed: bool = False
    person: rx.Field[Person] = rx.field(default_factory=_nobody)
    revision: int = 0
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.USERS_READ)
    async def load(self) -> None:
        """The person as stored now."""
        self.field_errors = {}
        with errors.loading(self):
            async with read_uow() as uow:
                self._show(await accounts.me(uow))

    @secured(Permission.USERS_WRITE)
    @errors.form_handler()
    async def save(self, form: Form) -> EventSpec:
        """Store what the form says; the page then speaks the chosen language."""
        patch = UserPatch.model_validate(errors.form_input(UserPatch, form))
        row = await write_uow(accounts.update_me, patch)
        self._show(row)
        self.revision += 1
        session = await self.get_state(SessionState)
        session.name, session.language = row.name, row.language
        return errors.notify("form.saved", toast_id="saved")

    @secured(Permission.USERS_WRITE)
    async def resend(self) -> EventSpec:
        """Mail the link that proves the address once more."""
        await write_uow(_ask_again)
        return errors.notify("profile.resent", toast_id="resent")

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}

    def _show(self, row: User) -> None:
        fresh = Person(
            name=row.name,
            email=row.email,
            phone=phone.format_national(row.phone or ""),
            avatarUrl=row.avatar_url or "",
            language=row.language,
            verified=row.email_verified_at is not None,
        )
        if fresh != self.person:
            self.person = fresh
            self.revision += 1
