"""The dialog that adds a client."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.errors import Duplicate
from sekretarka.core.permissions import Permission
from sekretarka.domain.clients import service as clients
from sekretarka.domain.clients.schemas import ClientCreate
from sekretarka.ui.create_dialog import CreateDialogState
from sekretarka.ui.errors import ExpectedError, FieldErrors, field_errors, form_handler, form_input, localized, notify
from sekretarka.ui.pages.clients.query_params import UrlState
from sekretarka.ui.session import Form, secured, write_uow


def explain(error: ExpectedError) -> FieldErrors:
    """The errors by field; a number that another client has is wrong at its field."""
    return {"phone": localized("clients.number_taken")} if isinstance(error, Duplicate) else field_errors(error)


class CreateClientState(CreateDialogState, rx.State):
    """The dialog; `existing_href` opens the client who has the number already."""

    existing_href: str = ""

    _closed_path: ClassVar = UrlState.PATH

    @secured(Permission.CLIENTS_READ)
    def load(self) -> None:
        """Open the dialog if the URL asks for it."""
        self.creating = UrlState.read(self.router.url.query_parameters).new
        self.field_errors, self.existing_href = {}, ""

    @secured(Permission.CLIENTS_WRITE)
    @form_handler(explain)
    async def create(self, form: Form) -> Sequence[EventSpec]:
        """Store a new client and open it."""
        self.existing_href = ""
        data = ClientCreate.model_validate(form_input(ClientCreate, form))
        try:
            client = await write_uow(clients.create, data)
        except Duplicate as error:
            existing = error.details.get("existing") if isinstance(error.details, dict) else None
            self.existing_href = UrlState(id=existing).href if existing else ""
            raise
        return [rx.redirect(UrlState(id=str(client.id)).href), notify("clients.created", toast_id="made")]
