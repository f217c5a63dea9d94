"""The organization as its members see and change it: three forms, each saved by itself."""

from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.domain.organizations import service as organizations
from sekretarka.domain.organizations.models import Organization
from sekretarka.domain.organizations.schemas import Address, Messaging, OrganizationCreate, OrganizationPatch
from sekretarka.ui import edits, errors
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.page_state import EditFormState, PageState
from sekretarka.ui.session import Edit, Form, SessionState, actor, secured, write_uow

LIMITS = ("dailyLimit", "dailyLimitPerNumber")
ADDRESS = ("street", "postalCode", "city", "country")
FIELDS = {
    **{name: name for name in ("name", "industry", "phone", "email", "website", "timezone")},
    "businessType": "business_type",
    **{name: f"address.{name}" for name in ADDRESS},
    **{name: f"messaging.{name}" for name in ("quietFrom", "quietTo", *LIMITS, "textBack")},
}


class OrganizationValues(TypedDict):
    """The values of all forms, empty where there is none; `textBack` is `on` or `off`."""

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
    quietFrom: str
    quietTo: str
    dailyLimit: str
    dailyLimitPerNumber: str
    textBack: str


def _blank() -> OrganizationValues:
    return OrganizationValues(**dict.fromkeys(OrganizationValues.__annotations__, ""))  # type: ignore[typeddict-item]


class OrganizationState(PageState, EditFormState, rx.State):
    """The forms as they are saved."""

    missing: bool = False
    values: rx.Field[OrganizationValues] = rx.field(default_factory=_blank)

    _formats: ClassVar = {"phone": phone.format_national}

    @secured(None)
    async def load(self) -> None:
        """Read the organization of this session; `missing` when the user has none."""
        self.field_errors = {}
        self.missing = actor().organization_id is None
        await self._load()

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def save_company(self, edit: Edit) -> EventSpec | None:
        """Save name, kind, phone, email and website."""
        return await self._save(edit, errors.form_input(OrganizationPatch, edit.changes))

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def save_place(self, edit: Edit) -> EventSpec | None:
        """Save address and time zone."""
        zone = {"timezone": edit.changes["timezone"]} if "timezone" in edit.changes else {}
        address = errors.form_input(Address, edit.changes)
        return await self._save(edit, {**({"address": address} if address else {}), **zone})

    @secured(Permission.ORGANIZATIONS_WRITE)
    @form_handler()
    async def save_rules(self, edit: Edit) -> EventSpec:
        """Save when and how much is sent to clients."""
        rules = errors.form_input(Messaging, edit.changes)
        for name in LIMITS:
            if str(rules.get(name, "")).isdecimal():
                rules[name] = int(rules[name])
        if "textBack" in rules:
            rules["textBack"] = rules["textBack"] == "on"
        return await self._store(edit, {"messaging": rules} if rules else {})

    @secured(None)
    @form_handler()
    async def create(self, form: Form) -> EventSpec:
        """Create an organization with the form's `name`, for a user who has none."""
        await write_uow(organizations.create, OrganizationCreate.model_validate({"name": form.get("name")}))
        return _start_over()

    @secured(Permission.ORGANIZATIONS_DELETE)
    async def delete(self, name: str) -> EventSpec:
        """Delete the organization; `Invalid` unless its name was typed."""
        await write_uow(_delete, name)
        return _start_over()

    async def _read(self, uow: UnitOfWork) -> None:
        if not self.missing:
            self._show(await organizations.get(uow, _organization_id()))

    @form_handler()
    async def _save(self, edit: Edit, changes: dict[str, Any]) -> EventSpec:
        return await self._store(edit, changes)

    async def _store(self, edit: Edit, changes: dict[str, Any]) -> EventSpec:
        patch = OrganizationPatch.model_validate(changes)
        row = await edits.store(edit, FIELDS, organizations.update, edit.id, patch)
        self._show(row)
        session = await self.get_state(SessionState)
        session.organization, session.timezone = row.name, row.timezone
        session.organizations = [
            {**other, "name": row.name} if other["id"] == str(row.id) else other for other in session.organizations
        ]
        return notify("form.saved", toast_id="saved")

    def _show(self, row: Organization) -> None:
        self.values, self.record = _values(row), edits.record(row, FIELDS)


async def _delete(uow: UnitOfWork, name: str) -> None:
    row = await organizations.get(uow, _organization_id())
    if name != row.name:
        raise Invalid
    await organizations.delete(uow, row.id)


def _organization_id() -> UUID:
    organization_id = actor().organization_id
    if organization_id is None:
        raise NotFound
    return organization_id


def _start_over() -> EventSpec:
    return rx.call_script("window.sekretarka.renew('/dashboard/settings/organization')")


def _values(row: Organization) -> OrganizationValues:
    address = row.address or {}
    return OrganizationValues(
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
        quietFrom=row.messaging["quietFrom"],
        quietTo=row.messaging["quietTo"],
        dailyLimit=str(row.messaging["dailyLimit"]),
        dailyLimitPerNumber=str(row.messaging["dailyLimitPerNumber"]),
        textBack="on" if row.messaging["textBack"] else "off",
    )
