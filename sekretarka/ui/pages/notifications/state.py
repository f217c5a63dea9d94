"""What the signed-in user is told: shown and saved."""

from typing import TypedDict

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.accounts import service as accounts
from sekretarka.domain.notifications import service as preferences
from sekretarka.domain.notifications.models import NotificationPreferences
from sekretarka.domain.notifications.schemas import NotificationPreferencesPatch
from sekretarka.ui import edits, errors
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.session import Edit, actor, secured

FIELDS = {
    "emailCalls": "email_calls",
    "smsCalls": "sms_calls",
    "appCalls": "app_calls",
    "quietFrom": "quiet_from",
    "quietTo": "quiet_to",
}


class PreferenceValues(TypedDict):
    """The form's values; `digest` is `on` or `off`, `phone` the number of the profile as users read it."""

    emailCalls: str
    smsCalls: str
    appCalls: str
    digest: str
    quietFrom: str
    quietTo: str
    phone: str
    verified: bool


def _blank() -> PreferenceValues:
    return PreferenceValues(
        emailCalls="none",
        smsCalls="none",
        appCalls="none",
        digest="off",
        quietFrom="",
        quietTo="",
        phone="",
        verified=True,
    )


class PreferencesState(PageState, EditFormState, rx.State):
    """The form as it is saved."""

    values: rx.Field[PreferenceValues] = rx.field(default_factory=_blank)

    @secured(Permission.USERS_READ)
    async def load(self) -> None:
        """Read the signed-in user's preferences."""
        self.field_errors = {}
        await self._load()

    @secured(Permission.USERS_WRITE)
    @errors.form_handler()
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed."""
        me = actor()
        if not me.organization_id or not me.user_id or edit.id != preferences.id_of(me.organization_id, me.user_id):
            raise NotFound
        given = errors.form_input(NotificationPreferencesPatch, edit.changes)
        if "digest" in given:
            given["digest"] = given["digest"] == "on"
        patch = NotificationPreferencesPatch.model_validate(given)
        await edits.store(edit, FIELDS, preferences.update_mine, patch)
        await self._refresh()
        return errors.notify("form.saved", toast_id="saved")

    async def _read(self, uow: UnitOfWork) -> None:
        if actor().organization_id is None:
            return
        row: NotificationPreferences = await preferences.mine(uow)
        user = await accounts.me(uow)
        digest = "on" if row.digest else "off"
        self.record = edits.record(row, FIELDS, digest=digest)
        self.values = PreferenceValues(
            emailCalls=str(row.email_calls),
            smsCalls=str(row.sms_calls),
            appCalls=str(row.app_calls),
            digest=digest,
            quietFrom=row.quiet_from,
            quietTo=row.quiet_to,
            phone=phone.format_national(user.phone or ""),
            verified=user.email_verified_at is not None,
        )
