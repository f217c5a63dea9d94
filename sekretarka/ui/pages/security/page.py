"""Bezpieczeństwo: a card each for the password, the linked accounts and the browsers that are signed in."""

import reflex as rx

from sekretarka.ui.layout import settings_framed
from sekretarka.ui.pages.security.accounts import linked_accounts
from sekretarka.ui.pages.security.devices import devices
from sekretarka.ui.pages.security.password import password


def page() -> rx.Component:
    """The page of /dashboard/settings/security."""
    return settings_framed(password(), linked_accounts(), devices(), path="/dashboard/settings/security")
