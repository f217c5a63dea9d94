"""Registration: a person and, if they like, the name of their business."""

import reflex as rx

from sekretarka.domain.accounts.passwords import MINIMUM
from sekretarka.ui.components.access import access_error, access_field, access_form, access_page, access_submit
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.components.providers import provider_buttons, provider_fault
from sekretarka.ui.text import t

FORM_FAULTS = ("throttled", "offline", "unavailable")
PASSWORD_FAULTS = ("string_too_short", "string_too_long", "common_password", "guessable_password")


def page() -> rx.Component:
    """The page of /register."""
    return access_page(
        provider_fault(),
        access_form(
            access_error({code: t(f"register.error.{code}") for code in FORM_FAULTS}),
            access_field(t("register.name"), "name", words={}, autocomplete="name"),
            access_field(
                t("register.organization"),
                "organizationName",
                words={},
                autocomplete="organization",
                hint=t("register.organization_hint"),
                required=False,
            ),
            access_field(
                t("access.email"),
                "email",
                words={"invalid_email": t("register.email_wrong")},
                type_="email",
                autocomplete="username",
            ),
            access_field(
                t("access.password"),
                "password",
                words={code: t(f"register.password.{code}") for code in PASSWORD_FAULTS},
                type_="password",
                autocomplete="new-password",
                hint=t("register.password_hint"),
                shortest=MINIMUM,
            ),
            access_submit(t("register.submit")),
            kind="register",
            action="/api/auth/register",
        ),
        provider_buttons(),
        title=t("register.title"),
        subtitle=t("register.subtitle"),
        footer=rx.fragment(t("register.have_account"), " ", text_link(t("register.sign_in"), "/login")),
    )
