"""Registration: a person and, if they like, the name of their business."""

import reflex as rx

from sekretarka.domain.accounts.passwords import MINIMUM
from sekretarka.ui.components.auth_forms import auth_error, auth_field, auth_form, auth_page, auth_submit
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.components.providers import provider_buttons, provider_error
from sekretarka.ui.page import public_page
from sekretarka.ui.text import t

FORM_FAULTS = ("throttled", "offline", "unavailable")
PASSWORD_FAULTS = ("string_too_short", "string_too_long", "common_password", "guessable_password")


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
            auth_field(
                t("access.email"),
                "email",
                labels={"invalid_email": t("register.email_wrong")},
                type_="email",
                autocomplete="username",
            ),
            auth_field(
                t("access.password"),
                "password",
                labels={code: t(f"register.password.{code}") for code in PASSWORD_FAULTS},
                type_="password",
                autocomplete="new-password",
                hint=t("register.password_hint"),
                shortest=MINIMUM,
            ),
            auth_submit(t("register.submit")),
            kind="register",
            action="/api/auth/register",
        ),
        provider_buttons(),
        title=t("register.title"),
        subtitle=t("register.subtitle"),
        footer=rx.fragment(t("register.have_account"), " ", text_link(t("register.sign_in"), "/login")),
    )
