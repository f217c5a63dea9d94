"""The sidebar and the settings, top to bottom: one line per screen."""

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.frame import Entry, Group
from sekretarka.ui.text import t

SETTINGS_HOME = "/dashboard/settings/profile"

ENTRIES = (
    Entry("/dashboard", t("nav.overview"), "layout_dashboard", "g p"),
    Entry("/dashboard/conversations", t("nav.conversations"), "phone", "g r"),
    Entry("/dashboard/appointments", t("nav.appointments"), "calendar_days", "g w"),
    Entry("/dashboard/clients", t("nav.clients"), "contact", "g k"),
    Entry("/dashboard/agents", t("nav.agents"), "bot", "g a"),
    Entry("/dashboard/services", t("nav.services"), "concierge_bell", "g s"),
    Entry(SETTINGS_HOME, t("nav.settings"), "settings", "g u"),
)

# A page that names what it `needs` belongs to an organisation; the others are a person's own.
SETTINGS = (
    Group(
        t("settings.own"),
        (
            Entry(SETTINGS_HOME, t("settings.profile"), "user_round"),
            Entry("/dashboard/settings/security", t("settings.security"), "shield"),
        ),
    ),
    Group(
        t("settings.business"),
        (
            Entry("/dashboard/settings/organization", t("settings.organization"), "building_2"),
            Entry("/dashboard/settings/hours", t("settings.hours"), "clock", needs=Permission.ORGANIZATIONS_READ),
            Entry("/dashboard/settings/team", t("settings.team"), "users", needs=Permission.ORGANIZATIONS_READ),
            Entry("/dashboard/settings/api-keys", t("settings.api_keys"), "key_round", needs=Permission.API_KEYS_READ),
        ),
    ),
)
