"""The dialog that writes to a number that may be nobody's yet, or finds whose thread to open."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.errors import Invalid
from sekretarka.core.permissions import Permission
from sekretarka.domain.clients import service as clients
from sekretarka.domain.confirmations import notices
from sekretarka.domain.messages import sending
from sekretarka.domain.messages.models import Channel, Failure
from sekretarka.domain.messages.schemas import MessageSend
from sekretarka.ui.create_dialog import CreateDialogState
from sekretarka.ui.errors import ExpectedError, FieldErrors, field_errors, form_handler, localized, notify
from sekretarka.ui.list_state import SearchText
from sekretarka.ui.messages import thread_href
from sekretarka.ui.pages.messages.query_params import UrlState
from sekretarka.ui.pages.messages.view_models import Suggestion, suggestion
from sekretarka.ui.session import Form, read_uow, secured, write_uow

MIN_SEARCH_LENGTH = 2
MAX_SUGGESTIONS = 5


def explain(error: ExpectedError) -> FieldErrors:
    """The errors by field; why nothing can be sent to a number stands at the number."""
    if isinstance(error, sending.CannotSend) and isinstance(error.details, dict):
        return {"to": localized(f"failure.{error.details['reason']}")}
    if isinstance(error, Invalid) and isinstance(error.details, (list, tuple)):
        refused = [detail.code for detail in error.details if detail.code in set(Failure)]
        if refused:
            return {"to": localized(f"failure.{refused[0]}")}
    return field_errors(error)


class NewMessageState(CreateDialogState, rx.State):
    """The dialog; `to` is what was typed there, `suggestions` are clients that it fits."""

    to: str = ""
    suggestions: rx.Field[list[Suggestion]] = rx.field(default_factory=list)

    _closed_path: ClassVar = UrlState.PATH

    @secured(Permission.MESSAGES_READ)
    def load(self) -> None:
        """Open the dialog if the URL asks for it."""
        self.creating = UrlState.read(self.router.url.query_parameters).new
        self.field_errors, self.suggestions, self.to = {}, [], ""

    @secured(Permission.CLIENTS_READ)
    async def search(self, text: SearchText) -> None:
        """Suggest clients whose name or number fits."""
        self.to, self.suggestions = text.strip(), []
        if len(self.to) >= MIN_SEARCH_LENGTH:
            async with read_uow() as uow:
                self.suggestions = [suggestion(row) for row in await clients.suggest(uow, self.to, MAX_SUGGESTIONS)]

    @secured(Permission.MESSAGES_WRITE)
    @form_handler(explain)
    async def create(self, form: Form) -> Sequence[EventSpec]:
        """Send an SMS, and open the thread that it is in."""
        data = MessageSend.model_validate({"channel": Channel.SMS, "to": self.to, "body": form.get("body")})
        message = await write_uow(notices.send_by_hand, data)
        href = thread_href(message.client_id) if message.client_id else UrlState.PATH
        return [rx.redirect(href), notify("messages.taken", toast_id="sent")]
