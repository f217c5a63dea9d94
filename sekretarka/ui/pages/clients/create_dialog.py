"""The dialog for somebody new."""

import reflex as rx

from sekretarka.ui.components.basics import text_link
from sekretarka.ui.components.field import text_area, text_field
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.pages.clients.create import CreateClientState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(CreateClientState)


def new_client() -> rx.Component:
    """Open while the URL asks for it."""
    existing = text_link(t("clients.open_known"), state.existing_href)
    return create_dialog(
        state,
        text_field(t("clients.name"), "name", auto_focus=True, errors=state.field_errors),
        text_field(t("clients.phone"), "phone", type="tel", errors=state.field_errors),
        rx.cond(state.existing_href != "", rx.el.p(existing, class_name="-mt-2 text-sm")),
        text_field(t("clients.email"), "email", type="email", errors=state.field_errors),
        text_area(t("clients.notes"), "notes", rows=3, errors=state.field_errors),
        name="client.new",
        title=t("clients.add_title"),
        description=t("clients.add_hint"),
        action=t("clients.add"),
        on_submit=state.create,
        class_name="top-[10vh]!",
    )
