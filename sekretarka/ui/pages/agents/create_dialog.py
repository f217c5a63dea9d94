"""The dialog of a new agent."""

import reflex as rx

from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.pages.agents.sections import LANGUAGES
from sekretarka.ui.pages.agents.state import AgentsState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(AgentsState)


def new_agent() -> rx.Component:
    """Open while the URL asks for it."""
    return create_dialog(
        state,
        text_field(
            t("agents.name"), "name", auto_focus=True, placeholder=t("agents.name_example"), errors=state.field_errors
        ),
        choice_field(t("agents.language"), "language", LANGUAGES, errors=state.field_errors),
        text_field(
            t("agents.phone"), "phoneNumber", type="tel", hint=t("agents.phone_hint"), errors=state.field_errors
        ),
        name="agent.new",
        title=t("agents.new"),
        description=t("agents.new_hint"),
        action=t("agents.create"),
        on_submit=state.create,
    )
