"""Potwierdzenie adresu: where the mailed link leads. Opening it changes nothing, its button does."""

import reflex as rx

from sekretarka.ui.components.auth_forms import auth_error, auth_form, auth_page, auth_submit
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.page import public_page
from sekretarka.ui.text import t

FORM_FAULTS = ("link", "throttled", "offline", "unavailable")


@public_page("/verify", t("verify.title"))
def page() -> rx.Component:
    """The page of /verify."""
    return auth_page(
        auth_form(
            auth_error({code: t(f"verify.error.{code}") for code in FORM_FAULTS}),
            auth_submit(t("verify.submit")),
            kind="verifyEmail",
            action="/api/auth/verify-email",
            needs_token=True,
        ),
        title=t("verify.title"),
        subtitle=t("verify.subtitle"),
        footer=text_link(t("reset.back"), "/login"),
    )
