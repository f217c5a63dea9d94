"""Registration: a user and, if they like, the name of their business."""

import reflex as rx

from sekretarka.domain.accounts.passwords import MINIMUM
from sekretarka.ui.components.auth_forms import (
    auth_error,
    auth_field,
    auth_form,
    auth_page,
    auth_submit,
    email_field,
    new_password_field,
)
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.components.providers import provider_buttons, provider_error
from sekretarka.ui.page import public_page
from sekretarka.ui.text import t

FORM_FAULTS = ("throttled", "offline", "unavailable")


@public_page("/register", t("register.title"))
def page() -> rx.Component:
    """The page of /register."""
    return auth_page(
        provider_error(),
        auth_form(
            auth_error({code: t(f"register.error.{code}") for code in FORM_FAULTS}),
            auth_field(t("register.name"), "name", labels={}, autocomplete="name"),
            auth_field(
                t("register.organization"),
                "organizationName",
                labels={},
                autocomplete="organization",
                hint=t("register.organization_hint"),
                required=False,
            ),
            email_field(),
            new_password_field(t("auth_form.password"), shortest=MINIMUM),
            auth_submit(t("register.submit")),
            kind="register",
            action="/api/auth/register",
        ),
        provider_buttons(),
        title=t("register.title"),
        subtitle=t("register.subtitle"),
        footer=rx.fragment(t("register.have_account"), " ", text_link(t("register.sign_in"), "/login")),
    )
