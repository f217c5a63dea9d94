"""The organization's SMS gateways: listed, checked, changed, removed. What a vendor gave never becomes a var."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.database.unit_of_work import UnitOfWork
from sekretarka.core.errors import Invalid, NotFound
from sekretarka.core.permissions import Permission
from sekretarka.core.text import phone
from sekretarka.core.web.paging import PageQuery
from sekretarka.domain.messages import gateways
from sekretarka.domain.messages.gateway_schemas import SmsGatewayPatch, SmsGatewayView
from sekretarka.domain.messages.models import SenderNameStatus
from sekretarka.domain.organizations import days
from sekretarka.providers import registry
from sekretarka.providers.sms import SendingFailed
from sekretarka.ui import edits
from sekretarka.ui.errors import form_handler, form_input, notify
from sekretarka.ui.form_values import format_amount, parse_amount
from sekretarka.ui.live import refresh_on
from sekretarka.ui.page_state import DetailState, FormState, PageState
from sekretarka.ui.session import Edit, Form, read_uow, secured, write_uow
from sekretarka.ui.state_vars import state_vars

PATH = "/dashboard/settings/integrations"
VENDORS = tuple(registry.SMS_GATEWAYS)
STATUSES = tuple(map(str, SenderNameStatus))
OK = "ok"
FIELDS = {
    "number": "number",
    "senderName": "sender_name",
    "senderNameStatus": "sender_name_status",
    "partPrice": "part_price",
}


class GatewayRow(TypedDict):
    """A gateway; `price` of a part in minor units of `currency`, `amount` as it is typed. What it has not is empty."""

    id: str
    vendor: str
    first: bool
    number: str
    name: str
    status: str
    price: int
    amount: str
    currency: str
    callback: str
    problem: str


@refresh_on("sms_gateway.updated", path=PATH)
class IntegrationsState(PageState, DetailState, rx.State):
    """The gateways, the one that is used first before the other; `results` are those of the last checks, by id."""

    rows: rx.Field[list[GatewayRow]] = rx.field(default_factory=list)
    detail: rx.Field[GatewayRow | None] = rx.field(default=None)
    checking: str = ""
    results: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    _formats: ClassVar = {"number": phone.format_national, "partPrice": format_amount}

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def load(self) -> None:
        """Read the gateways; the URL says which one is open."""
        self._open(self.router.url.query_parameters.get("id", ""))
        await self._load()

    async def _read(self, uow: UnitOfWork) -> None:
        stored = (await gateways.page(uow, PageQuery(limit=len(gateways.POSITIONS)))).rows
        currency = (await days.current_organization(uow)).currency
        self.rows = sorted((_row(gateways.view(row), currency) for row in stored), key=lambda row: not row["first"])
        opened = next((row for row in stored if str(row.id) == self.open_id), None)
        if opened is None:
            self._show_missing()
            return
        self.record = edits.record(opened, FIELDS)
        self._show(next(row for row in self.rows if row["id"] == self.open_id))

    @secured(Permission.ORGANIZATIONS_WRITE)
    @form_handler()
    async def save(self, edit: Edit) -> EventSpec:
        """Save what was changed of number, name and price."""
        await edits.store(edit, FIELDS, gateways.update, edit.id, _patch(edit.changes))
        await self._refresh()
        return notify("form.saved", toast_id="saved")

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def use_first(self, gateway_id: UUID) -> EventSpec:
        """Send through this one from now on, and through the other one when it is down."""
        await write_uow(gateways.update, gateway_id, SmsGatewayPatch(first=True))
        await self._refresh()
        return notify("integrations.used_first", toast_id="saved")

    @secured(Permission.ORGANIZATIONS_WRITE)
    async def remove(self, gateway_id: UUID) -> EventSpec:
        """Send nothing through it any more."""
        await write_uow(gateways.remove, gateway_id)
        await self._refresh()
        return notify("integrations.removed", toast_id="saved")

    @secured(Permission.ORGANIZATIONS_WRITE, background=True)
    async def check(self, gateway_id: UUID) -> None:
        """Ask the vendor whether it accepts the credentials; nothing is sent."""
        async with read_uow() as uow:
            vendor = gateways.vendor_of(await gateways.get(uow, gateway_id))
        async with self:
            if self.checking:
                return
            self.checking = str(gateway_id)
        result = ""
        try:
            await vendor.check()
            result = OK
        except SendingFailed as error:
            result = error.failure
        finally:
            async with self:
                self.checking, self.results = "", {**self.results, str(gateway_id): result}


class CredentialsState(FormState, rx.State):
    """The form that replaces the credentials of the open gateway."""

    @secured(Permission.ORGANIZATIONS_WRITE)
    @form_handler()
    async def save(self, form: Form) -> list[EventSpec]:
        """Store other credentials, and check them."""
        page = await self.get_state(IntegrationsState)
        if page.detail is None:
            raise NotFound
        gateway_id = UUID(page.open_id)
        patch = SmsGatewayPatch(credentials=credentials_of(page.detail["vendor"], form))
        await write_uow(gateways.update, gateway_id, patch)
        await page._refresh()
        return [check_now(gateway_id), notify("integrations.credentials_saved", toast_id="saved")]


def check_now(gateway_id: UUID) -> EventSpec:
    """The event that checks a gateway."""
    event: EventSpec = state_vars(IntegrationsState).check(str(gateway_id))
    return event


def credentials_of(vendor: str, form: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in of a vendor's credentials."""
    names = registry.sms_credentials(vendor).model_fields
    return {name: str(form[name]).strip() for name in names if str(form.get(name) or "").strip()}


def input_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a gateway that were filled in or changed; a blank price is nothing. `Invalid` for no amount."""
    values = form_input(SmsGatewayPatch, dict(form))
    if "partPrice" in values:
        text = str(form["partPrice"])
        values["partPrice"] = parse_amount(text, "partPrice") if text.strip() else 0
    return values


def _patch(changes: Mapping[str, Any]) -> SmsGatewayPatch:
    return SmsGatewayPatch.model_validate(input_of(changes))


def require_sender(form: Mapping[str, Any]) -> None:
    """`Invalid` at the number when neither it nor a name is filled in."""
    if not form.get("number") and not form.get("senderName"):
        raise Invalid.field(["body", "number"], "missing", "Send a number or a sender's name")


def _row(view: SmsGatewayView, currency: str) -> GatewayRow:
    return GatewayRow(
        id=str(view.id),
        vendor=view.provider,
        first=view.first,
        number=phone.format_national(view.number) if view.number else "",
        name=view.sender_name or "",
        status=view.sender_name_status if view.sender_name else "",
        price=view.part_price,
        amount=format_amount(view.part_price),
        currency=currency,
        callback=view.callback_url,
        problem=view.problem or "",
    )
