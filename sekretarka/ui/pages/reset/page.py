"""Nie pamiętam hasła: asks for the address a link is mailed to."""

import reflex as rx

from sekretarka.ui.components.access import (
    access_error,
    access_field,
    access_form,
    access_page,
    access_served,
    access_submit,
)
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.text import t

FORM_FAULTS = ("throttled", "offline", "unavailable")


def page() -> rx.Component:
    """The page of /reset."""
    return access_page(
        access_form(
            access_error({code: t(f"reset.error.{code}") for code in FORM_FAULTS}),
            access_field(
                t("access.email"),
                "email",
                words={"invalid_email": t("register.email_wrong")},
                type_="email",
                autocomplete="username",
            ),
            access_submit(t("reset.submit")),
            kind="askForReset",
            action="/api/auth/password/forgot",
            served=access_served(t("reset.sent"), t("reset.sent_hint")),
        ),
        title=t("reset.title"),
        subtitle=t("reset.subtitle"),
        footer=text_link(t("reset.back"), "/login"),
    )
