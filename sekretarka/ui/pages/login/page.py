"""Sign-in: e-mail and password, prefilled in the demo."""

import reflex as rx

from sekretarka.core.runtime.settings import settings
from sekretarka.ui.components.auth_forms import (
    auth_error,
    auth_field,
    auth_form,
    auth_notice,
    auth_page,
    auth_resend,
    auth_submit,
    email_field,
)
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.components.providers import provider_buttons, provider_error
from sekretarka.ui.page import public_page
from sekretarka.ui.text import t

FORM_FAULTS = ("credentials", "email_not_verified", "throttled", "offline", "unavailable")
NOTICES = ("verify-request", "verified", "password-changed")


@public_page("/login", t("login.title"))
def page() -> rx.Component:
    """The page of /login."""
    demo = settings.env == "demo"
    plain = rx.el.a(
        t("login.plain"), href="/api/auth/signin?plain=1", class_name="text-accent-ink font-medium underline"
    )
    return auth_page(
        rx.el.noscript(rx.el.p(plain, class_name="mb-4 text-base")),
        auth_notice({code: t(f"login.notice.{code}") for code in NOTICES}),
        provider_error(),
        auth_form(
            auth_error({code: t(f"login.error.{code}") for code in FORM_FAULTS}),
            auth_resend(
                "email_not_verified", kind="askForVerification", label=t("login.resend"), sent=t("login.resent")
            ),
            email_field(settings.demo_email if demo else ""),
            auth_field(
                t("auth_form.password"),
                "password",
                labels={},
                type_="password",
                autocomplete="current-password",
                aside=text_link(t("login.forgot"), "/reset"),
                value=settings.demo_password.get_secret_value() if demo else "",
            ),
            auth_submit(t("login.submit")),
            rx.el.p(t("login.demo"), class_name="text-center text-sm text-muted") if demo else rx.fragment(),
            kind="signIn",
            action="/api/auth/callback/credentials",
        ),
        provider_buttons(),
        title=t("login.title"),
        subtitle=t("login.subtitle"),
        footer=rx.fragment(t("login.no_account"), " ", text_link(t("login.register"), "/register")),
    )
