"""The form of a new password, which sends to the API by itself: neither the socket nor its log ever sees one."""

import reflex as rx

from sekretarka.domain.accounts.passwords import MINIMUM
from sekretarka.ui.components.auth_forms import (
    auth_error,
    auth_field,
    auth_form,
    auth_notice,
    auth_submit,
    new_password_field,
)
from sekretarka.ui.components.basics import card, card_header, icon, text_link
from sekretarka.ui.pages.security.state import SecurityState
from sekretarka.ui.state_vars import session, state_vars
from sekretarka.ui.text import t

state = state_vars(SecurityState)

FORM_FAULTS = ("throttled", "offline", "unavailable")


def password() -> rx.Component:
    """The form, or for a user without a password a link to set one."""
    return card(
        card_header(t("security.password"), hint=t("security.password_hint")),
        rx.el.div(
            rx.cond(state.has_password, _form(), _none()),
            class_name="max-w-[400px] px-4 pb-5 pt-1 max-sm:px-3.5",
        ),
    )


def _form() -> rx.Component:
    return rx.fragment(
        auth_notice({"password-changed": t("security.password_changed")}),
        auth_form(
            # For password managers: whose password this is.
            rx.el.input(
                type="text", auto_complete="username", value=session.email, read_only=True, class_name="hidden"
            ),
            auth_error({code: t(f"security.error.{code}") for code in FORM_FAULTS}),
            auth_field(
                t("security.current_password"),
                "currentPassword",
                labels={"wrong_password": t("security.wrong_password")},
                type_="password",
                autocomplete="current-password",
            ),
            new_password_field(
                t("security.new_password"),
                "newPassword",
                shortest=MINIMUM,
                hint=t("security.rules"),
                labels={"same_password": t("security.same_password")},
            ),
            auth_submit(t("security.change")),
            kind="changePassword",
            action="",
        ),
    )


def _none() -> rx.Component:
    return rx.el.p(
        icon("info", 16, class_name="mt-0.5 text-muted"),
        rx.el.span(t("security.no_password"), " ", text_link(t("security.set_password"), "/reset")),
        class_name="flex items-start gap-2 text-base text-muted",
    )
