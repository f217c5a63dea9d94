"""A client is added by hand."""

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.errors import Duplicate
from sekretarka.core.permissions import Permission
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.schemas import ClientCreate
from sekretarka.ui import errors
from sekretarka.ui.components.toast import success_toast
from sekretarka.ui.errors import LocalizedText
from sekretarka.ui.pages.clients.query_params import PATH, Address
from sekretarka.ui.session import Form, secured, write_uow


class ClientMaking(rx.State):
    """The dialog is open while the address says so; `known_href` opens who has the number already."""

    making: bool = False
    attempt: int = 0
    known_href: str = ""
    field_errors: rx.Field[dict[str, LocalizedText]] = rx.field(default_factory=dict)

    @secured(Permission.CLIENTS_READ)
    def load(self) -> None:
        """Whether the dialog is open."""
        self.making = Address.read(self.router.url.query_parameters).new
        self.field_errors, self.known_href = {}, ""

    @secured(Permission.CLIENTS_WRITE)
    async def make(self, form: Form) -> list[EventSpec] | EventSpec | None:
        """Store somebody new and open her."""
        self.attempt += 1
        self.known_href = ""
        try:
            data = ClientCreate.model_validate(errors.form_input(ClientCreate, form))
            row = await write_uow(clients.create, data)
        except Duplicate as error:
            self.field_errors = {"phone": errors.localized("clients.number_taken")}
            known = error.details.get("existing") if isinstance(error.details, dict) else None
            self.known_href = Address(id=known).href if known else ""
            return None
        except errors.EXPECTED_ERRORS as error:
            self.field_errors = errors.field_errors(error)
            return None if self.field_errors else errors.toast(error)
        self.field_errors = {}
        return [
            rx.redirect(Address(id=str(row.id)).href),
            success_toast(errors.toast_text("clients.was_made"), id="made"),
        ]

    @secured(None)
    def close(self, is_open: bool) -> EventSpec | None:
        """The dialog was closed."""
        return None if is_open else rx.redirect(PATH)
