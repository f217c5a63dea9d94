"""The dialog that connects a gateway."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.permissions import Permission
from sekretarka.domain.messages import gateways
from sekretarka.domain.messages.gateway_schemas import SmsGatewayCreate
from sekretarka.providers import registry
from sekretarka.ui.create_dialog import CreateDialogState
from sekretarka.ui.errors import form_handler, notify
from sekretarka.ui.pages.integrations.state import (
    PATH,
    VENDORS,
    IntegrationsState,
    check_now,
    credentials_of,
    input_of,
    require_sender,
)
from sekretarka.ui.session import Form, secured, write_uow


class ConnectState(CreateDialogState, rx.State):
    """The dialog, open while the URL names a `vendor` to connect."""

    vendor: str = VENDORS[0]

    _closed_path: ClassVar = PATH

    @secured(Permission.ORGANIZATIONS_WRITE)
    def load(self) -> None:
        """Open the dialog if the URL asks for it."""
        wanted = self.router.url.query_parameters.get("new", "")
        self.creating, self.field_errors = wanted in registry.SMS_GATEWAYS, {}
        if self.creating:
            self.vendor = wanted

    @secured(Permission.ORGANIZATIONS_WRITE)
    @form_handler()
    async def create(self, form: Form) -> Sequence[EventSpec]:
        """Store a gateway, and check it."""
        require_sender(form)
        values = {**input_of(form), "provider": self.vendor, "credentials": credentials_of(self.vendor, form)}
        row = await write_uow(gateways.create, SmsGatewayCreate.model_validate(values))
        page = await self.get_state(IntegrationsState)
        await page._refresh()
        self.creating = False
        return [rx.redirect(PATH), check_now(row.id), notify("integrations.connected", toast_id="saved")]
