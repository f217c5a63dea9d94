"""Bezpieczeństwo: a card each for the password, the linked accounts and the browsers that are signed in."""

import reflex as rx

from sekretarka.ui.layout import settings_page
from sekretarka.ui.pages.security.accounts import linked_accounts
from sekretarka.ui.pages.security.devices import devices
from sekretarka.ui.pages.security.linking import LinkingState
from sekretarka.ui.pages.security.password import password
from sekretarka.ui.pages.security.state import SecurityState
from sekretarka.ui.text import t


@settings_page(
    "/dashboard/settings/security",
    t("settings.security"),
    icon="shield",
    on_load=(SecurityState.load, LinkingState.load),
)
def page() -> rx.Component:
    """The page of /dashboard/settings/security."""
    return rx.fragment(
        password(),
        linked_accounts(),
        devices(),
    )
