"""Whom urgent calls are told to, one after another: shown and saved."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.permissions import Permission
from sekretarka.domain.organizations import members
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import MOST_ESCALATED, OrganizationPatch
from sekretarka.ui import edits
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.session import Edit, Form, actor, secured

PLACES = tuple(f"person{place}" for place in range(1, MOST_ESCALATED + 1))
LONGEST_NUMBER = 9
FIELDS = {
    **{name: f"escalation.userIds.{place}" for place, name in enumerate(PLACES)},
    "minutes": "escalation.minutes",
}


class Person(TypedDict):
    """Somebody who can be told."""

    id: str
    name: str


class LadderState(PageState, EditFormState, rx.State):
    """The list as it is saved: by place a user's id, empty where there is none, and the minutes as text."""

    values: rx.Field[dict[str, str]] = rx.field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    people: rx.Field[list[Person]] = rx.field(default_factory=list)

    @secured(None)
    async def load(self) -> None:
        """Read the list and who can be on it."""
        self.field_errors = {}
        await self._load()

    @secured(Permission.ORGANIZATIONS_WRITE)
    @form_handler()
    async def save(self, edit: Edit) -> EventSpec:
        """Save who is on the list, and how long each has."""
        await edits.store(edit, FIELDS, _store, edit.id, edit.changes)
        await self._refresh()
        return notify("form.saved", toast_id="saved")

    async def _read(self, uow: UnitOfWork) -> None:
        organization_id = actor().organization_id
        if organization_id is None:
            return
        row = await organizations.get(uow, organization_id)
        self.people = [Person(id=str(user_id), name=name) for user_id, name in await members.names(uow)]
        self.record = edits.record(row, FIELDS)
        self.values = {name: str(value or "") for name, value in self.record["values"].items()}


async def _store(uow: UnitOfWork, organization_id: UUID, changes: Form) -> Organization:
    """Put the places that were changed into the list as it is now; a place that is left empty closes up."""
    row = await organizations.permitted(uow, organization_id, Permission.ORGANIZATIONS_WRITE, lock=True)
    listed = dict(zip(PLACES, row.escalation["userIds"], strict=False)) | dict(changes)
    rules: dict[str, Any] = {"userIds": [listed[name] for name in PLACES if listed.get(name)]}
    if "minutes" in changes:
        text = str(changes["minutes"])
        rules["minutes"] = int(text) if text.isdecimal() and len(text) < LONGEST_NUMBER else text
    patch = OrganizationPatch.model_validate({"escalation": rules})
    return await organizations.update(uow, organization_id, patch)
