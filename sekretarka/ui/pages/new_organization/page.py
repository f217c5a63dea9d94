"""Another business: its name is all that is needed, the session then works for it."""

import reflex as rx

from sekretarka.ui.components.auth_forms import auth_error, auth_field, auth_form, auth_page, auth_submit
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.page import public_page
from sekretarka.ui.text import t

FORM_FAULTS = ("offline", "unavailable")


@public_page("/dashboard/organizations/new", t("organization.another"))
def page() -> rx.Component:
    """The page of /dashboard/organizations/new."""
    return auth_page(
        auth_form(
            auth_error({code: t(f"register.error.{code}") for code in FORM_FAULTS}),
            auth_field(t("organization.name"), "name", labels={}, autocomplete="organization"),
            auth_submit(t("organization.create")),
            kind="createOrganization",
            action="/dashboard/organizations/new",
        ),
        title=t("organization.another"),
        subtitle=t("organization.another_hint"),
        footer=text_link(t("not_found.back"), "/dashboard"),
    )
