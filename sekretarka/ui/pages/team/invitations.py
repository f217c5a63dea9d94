"""Invitations: those that are open, and the dialog for a new one."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Role
from sekretarka.ui.components.badge import badge
from sekretarka.ui.components.basics import card, card_header, cx, icon_button
from sekretarka.ui.components.dialog import confirm
from sekretarka.ui.components.field import field, text_field
from sekretarka.ui.create_dialog import create_dialog
from sekretarka.ui.pages.team.state import TeamState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import format_datetime, localize, t

state = state_vars(TeamState)

ROLES = tuple(str(role) for role in Role)


def invitations(may: Any) -> rx.Component:
    """The open invitations, with the ways to send them again and to revoke them."""
    return card(
        card_header(t("team.invitations"), hint=t("team.invitations_hint")),
        rx.el.ul(rx.foreach(state.invited, lambda row: _invitation(row, may)), aria_label=t("team.invitations")),
    )


def _invitation(row: Any, may: Any) -> rx.Component:
    expired = row["status"] == "expired"
    until = t("team.valid", day=format_datetime(row["expires_at"], "day", session.timezone))
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["email"], class_name="truncate font-medium"),
            rx.el.p(
                localize(row["role"], "role", *ROLES),
                rx.cond(expired, rx.fragment(), rx.fragment(" · ", until)),
                class_name="text-sm text-muted tnum",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(expired, badge(t("team.expired"), icon_name="clock", tone="warning")),
        rx.cond(may & ~row["locked"], _answers(row)),
        key=row["id"],
        class_name="flex items-center gap-3 border-t border-border px-4 py-2.5 max-sm:px-3.5",
    )


def _answers(row: Any) -> rx.Component:
    again = icon_button("send", t("team.resend", email=row["email"]), size="sm", on_click=state.resend(row["id"]))
    back = confirm(
        t("team.revoke_title"),
        name=row["email"],
        description=t("team.revoke_text"),
        action=t("team.revoke"),
        on_confirm=state.revoke(row["id"]),
        trigger=icon_button("x", t("team.revoke_one", email=row["email"]), size="sm"),
    )
    return rx.el.div(again, back, class_name="flex justify-end gap-1")


def invite_dialog() -> rx.Component:
    """The dialog of a new invitation, open while the URL asks for it."""
    return create_dialog(
        state,
        text_field(
            t("auth_form.email"),
            "email",
            type="email",
            auto_focus=True,
            auto_complete="off",
            errors=state.field_errors,
        ),
        field(t("team.role"), "role", _role_choices(), errors=state.field_errors),
        name="invitation.new",
        title=t("team.invite_title"),
        description=t("team.invite_hint"),
        action=t("team.send"),
        on_submit=state.invite,
    )


def _role_choices() -> rx.Component:
    """One line says what each may do; the most common one is chosen."""
    owner, *others = ROLES
    choices = [rx.cond(session.role == owner, _role_choice(owner)), *map(_role_choice, others)]
    return rx.el.div(*choices, role="radiogroup", aria_label=t("team.role"), class_name="flex flex-col gap-2")


def _role_choice(role: str) -> rx.Component:
    box = "flex cursor-pointer items-start gap-3 rounded-md border border-border px-3 py-2 hover:bg-hover"
    return rx.el.label(
        rx.el.input(
            type="radio", name="role", value=role, default_checked=role == Role.STAFF, class_name="mt-1 accent-accent"
        ),
        rx.el.span(
            rx.el.span(t(f"role.{role}"), class_name="block text-base font-medium first-letter:uppercase"),
            rx.el.span(t(f"team.about.{role}"), class_name="block text-sm text-muted"),
        ),
        class_name=cx(box, "has-checked:border-accent has-checked:bg-accent-soft"),
    )
