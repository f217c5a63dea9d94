"""Nie pamiętam hasła: asks for the address a link is mailed to."""

import reflex as rx

from sekretarka.ui.components.auth_forms import (
    auth_completed,
    auth_error,
    auth_form,
    auth_page,
    auth_submit,
    email_field,
)
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.page import public_page
from sekretarka.ui.text import t

FORM_FAULTS = ("throttled", "offline", "unavailable")


@public_page("/reset", t("reset.title"))
def page() -> rx.Component:
    """The page of /reset."""
    return auth_page(
        auth_form(
            auth_error({code: t(f"reset.error.{code}") for code in FORM_FAULTS}),
            email_field(),
            auth_submit(t("reset.submit")),
            kind="askForReset",
            action="/api/auth/password/forgot",
            completed=auth_completed(t("reset.sent"), t("reset.sent_hint")),
        ),
        title=t("reset.title"),
        subtitle=t("reset.subtitle"),
        footer=text_link(t("reset.back"), "/login"),
    )
