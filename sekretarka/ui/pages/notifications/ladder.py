"""Whom urgent calls are told to, one after another."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import card, card_header
from sekretarka.ui.components.field import choice_field, text_field
from sekretarka.ui.components.view_states import form_skeleton
from sekretarka.ui.page_views import page_views, state_form
from sekretarka.ui.pages.notifications.ladder_state import PLACES, LadderState
from sekretarka.ui.state_vars import allowed, state_vars
from sekretarka.ui.text import t

state = state_vars(LadderState)

GRID = "grid grid-cols-2 gap-x-4 gap-y-5 px-4 pb-5 pt-1 max-sm:grid-cols-1 max-sm:px-3.5"


def ladder_card() -> rx.Component:
    """The card of the list, which whoever may change the organization may change."""
    views = page_views(state, _form(), skeleton=form_skeleton(GRID), failed=t("ladder.failed"), framed=False)
    return card(card_header(t("ladder.title"), hint=t("ladder.hint")), views)


def _form() -> rx.Component:
    fields = rx.el.div(
        *(_place(name, number) for number, name in enumerate(PLACES, 1)),
        text_field(
            t("ladder.minutes"),
            "minutes",
            type="number",
            min=1,
            max=60,
            default_value=state.values["minutes"],
            errors=state.field_errors,
        ),
        rx.el.p(t("ladder.how"), class_name="text-sm text-muted sm:col-span-2"),
        class_name=GRID,
    )
    may = allowed(Permission.ORGANIZATIONS_WRITE)
    return state_form(state, fields, name="escalation", on_submit=state.save, read_only=~may)


def _place(name: str, number: int) -> rx.Component:
    def option(person: Any) -> rx.Component:
        return rx.el.option(person["name"], value=person["id"])

    return choice_field(
        t("ladder.first") if number == 1 else t("ladder.next", number=number),
        name,
        {"": t("ladder.nobody")},
        extra=[rx.foreach(state.people, option)],
        default_value=state.values[name],
        errors=state.field_errors,
    )
