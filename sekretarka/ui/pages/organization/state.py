"""The business as its members see and change it: two forms, each saved by itself."""

from collections.abc import Sequence
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import AppError, Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import Address, OrganizationCreate, OrganizationPatch
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.session import Form, SessionState, actor, read_uow, secured, write_uow

FORMS = ("company", "place")


class Business(TypedDict):
    """The values of both forms."""

    id: str
    name: str
    industry: str
    businessType: str
    phone: str
    email: str
    website: str
    street: str
    postalCode: str
    city: str
    country: str
    timezone: str
    currency: str


def _nothing() -> Business:
    return Business(**dict.fromkeys(Business.__annotations__, ""))  # type: ignore[typeddict-item]


def _never() -> dict[str, int]:
    return dict.fromkeys(FORMS, 0)


class OrganizationState(rx.State):
    """The forms as they are saved; `revisions` and `attempt` are explained by `edit_form`."""

    loading: bool = True
    failed: bool = False
    missing: bool = False
    business: rx.Field[Business] = rx.field(default_factory=_nothing)
    revisions: rx.Field[dict[str, int]] = rx.field(default_factory=_never)
    attempt: int = 0
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(None)
    async def load(self) -> None:
        """The organisation of this session; a person may also have none."""
        self.field_errors = {}
        self.missing = actor().organization_id is None
        try:
            if not self.missing:
                async with read_uow() as uow:
                    self._show(await organizations.get(uow, _mine()), FORMS)
        except AppError:
            self.failed = True
        else:
            self.failed = False
        self.loading = False

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def save_company(self, form: Form) -> EventSpec | None:
        """Name, kind and how to reach the business."""
        return await self._save("company", errors.form_input(OrganizationPatch, form))

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def save_place(self, form: Form) -> EventSpec | None:
        """Address and time zone."""
        zone = {"timezone": form["timezone"]} if "timezone" in form else {}
        return await self._save("place", {"address": errors.form_input(Address, form), **zone})

    @secured(None)
    async def found(self, form: Form) -> EventSpec | None:
        """Open a business when one has none."""
        self.attempt += 1
        try:
            await write_uow(organizations.create, OrganizationCreate.model_validate({"name": form.get("name")}))
        except ValidationError as error:
            self.field_errors = errors.field_errors(error)
            return None
        return _start_over()

    @secured(Permission.ORGANIZATIONS_DELETE)
    async def delete(self, name: str) -> EventSpec:
        """End the business whose name was typed."""
        await write_uow(_delete, name)
        return _start_over()

    @secured(None)
    def discard(self) -> None:
        """The edits are gone, and what was wrong about them."""
        self.field_errors = {}

    async def _save(self, form: str, given: dict[str, Any]) -> EventSpec | None:
        self.attempt += 1
        try:
            patch = OrganizationPatch.model_validate(given)
            row = await write_uow(organizations.update, _mine(), patch)
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error)
            return None if self.field_errors else errors.toast(error)
        self.field_errors = {}
        self._show(row, (form,))
        session = await self.get_state(SessionState)
        session.organization, session.timezone = row.name, row.timezone
        session.organizations = [
            {**other, "name": row.name} if other["id"] == str(row.id) else other for other in session.organizations
        ]
        return success_toast(errors.toast_text("form.saved"), id="saved")

    def _show(self, row: Organization, changed: Sequence[str]) -> None:
        fresh = _business(row)
        if fresh != self.business or len(changed) == 1:
            self.business = fresh
            self.revisions = {form: count + (form in changed) for form, count in self.revisions.items()}


async def _delete(uow: UnitOfWork, name: str) -> None:
    row = await organizations.get(uow, _mine())
    if name != row.name:
        raise Invalid
    await organizations.delete(uow, row.id)


def _mine() -> UUID:
    mine = actor().organization_id
    if mine is None:
        raise NotFound
    return mine


def _start_over() -> EventSpec:
    return rx.call_script("window.sekretarka.renew('/dashboard/settings/organization')")


def _business(row: Organization) -> Business:
    address = row.address or {}
    return Business(
        id=str(row.id),
        name=row.name,
        industry=row.industry or "",
        businessType=row.business_type or "",
        phone=phone.format_national(row.phone or ""),
        email=row.email or "",
        website=row.website or "",
        street=address.get("street") or "",
        postalCode=address.get("postalCode") or "",
        city=address.get("city") or "",
        country=address.get("country") or "",
        timezone=row.timezone,
        currency=row.currency.upper(),
    )
