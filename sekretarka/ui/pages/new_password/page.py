"""Nowe hasło: where the mailed link leads; its token never is a part of this page's address."""

import reflex as rx

from sekretarka.domain.accounts.passwords import MINIMUM
from sekretarka.ui.components.auth_forms import auth_error, auth_form, auth_page, auth_submit, new_password_field
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.page import public_page
from sekretarka.ui.text import t

FORM_FAULTS = ("link", "throttled", "offline", "unavailable")


@public_page("/reset/new", t("new_password.title"))
def page() -> rx.Component:
    """The page of /reset/new."""
    return auth_page(
        auth_form(
            auth_error({code: t(f"new_password.error.{code}") for code in FORM_FAULTS}),
            new_password_field(t("new_password.password"), shortest=MINIMUM),
            auth_submit(t("new_password.submit")),
            kind="setPassword",
            action="/api/auth/password/reset",
            needs_token=True,
        ),
        title=t("new_password.title"),
        subtitle=t("new_password.subtitle"),
        footer=text_link(t("new_password.ask_again"), "/reset"),
    )
