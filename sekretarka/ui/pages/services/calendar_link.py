"""The secret link by which a staff member's appointments appear in another program's calendar."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import button
from sekretarka.ui.components.clipboard import secret_field
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.pages.services.staff_state import StaffState
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t

state = state_vars(StaffState)


def calendar_link(may: Any) -> rx.Component:
    """The link, shown when asked for; who manages the staff can change it."""
    return rx.el.section(
        rx.el.h3(t("staff.calendar"), class_name="text-base font-semibold"),
        rx.el.p(t("staff.calendar_hint"), class_name="text-sm text-muted"),
        secret_field(
            state.form["id"],
            label=t("staff.calendar_link"),
            copy_label=t("staff.calendar_copy"),
            on_reveal=state.reveal_calendar_link,
        ),
        rx.cond(may, _change()),
        class_name="flex flex-col items-start gap-2.5 border-t border-border p-4 max-sm:p-3.5 [&>div]:w-full",
    )


def _change() -> rx.Component:
    return confirm(
        t("staff.calendar_change_title"),
        name=state.form["name"],
        description=t("staff.calendar_change_text"),
        action=t("staff.calendar_change"),
        on_confirm=state.rotate_calendar_link,
        trigger=button(t("staff.calendar_change"), icon_name="refresh_cw", size="sm"),
    )
