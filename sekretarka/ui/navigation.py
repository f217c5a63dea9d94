"""The sidebar and the settings, top to bottom: one line per screen."""

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.layout import NavGroup, NavItem
from sekretarka.ui.text import t

SETTINGS_HOME = "/dashboard/settings/profile"

ENTRIES = (
    NavItem("/dashboard", t("nav.overview"), "layout_dashboard", "g p"),
    NavItem("/dashboard/conversations", t("nav.conversations"), "phone", "g r"),
    NavItem("/dashboard/appointments", t("nav.appointments"), "calendar_days", "g w"),
    NavItem("/dashboard/clients", t("nav.clients"), "contact", "g k"),
    NavItem("/dashboard/agents", t("nav.agents"), "bot", "g a"),
    NavItem("/dashboard/services", t("nav.services"), "concierge_bell", "g s"),
    NavItem(SETTINGS_HOME, t("nav.settings"), "settings", "g u"),
)

# A page that names what it `needs` belongs to an organisation; the others are a person's own.
SETTINGS = (
    NavGroup(
        t("settings.own"),
        (
            NavItem(SETTINGS_HOME, t("settings.profile"), "user_round"),
            NavItem("/dashboard/settings/security", t("settings.security"), "shield"),
        ),
    ),
    NavGroup(
        t("settings.business"),
        (
            NavItem("/dashboard/settings/organization", t("settings.organization"), "building_2"),
            NavItem("/dashboard/settings/hours", t("settings.hours"), "clock", requires=Permission.ORGANIZATIONS_READ),
            NavItem("/dashboard/settings/team", t("settings.team"), "users", requires=Permission.ORGANIZATIONS_READ),
            NavItem(
                "/dashboard/settings/api-keys", t("settings.api_keys"), "key_round", requires=Permission.API_KEYS_READ
            ),
        ),
    ),
)
