"""Another business: its name is all that is needed, the session then works for it."""

import reflex as rx

from sekretarka.ui.components.access import access_error, access_field, access_form, access_page, access_submit
from sekretarka.ui.components.basics import text_link
from sekretarka.ui.text import t

FORM_FAULTS = ("offline", "unavailable")


def page() -> rx.Component:
    """The page of /dashboard/organizations/new."""
    return access_page(
        access_form(
            access_error({code: t(f"register.error.{code}") for code in FORM_FAULTS}),
            access_field(t("organization.name"), "name", words={}, autocomplete="organization"),
            access_submit(t("organization.found")),
            kind="createOrganization",
            action="/dashboard/organizations/new",
        ),
        title=t("organization.another"),
        subtitle=t("organization.another_hint"),
        footer=text_link(t("not_found.back"), "/dashboard"),
    )
