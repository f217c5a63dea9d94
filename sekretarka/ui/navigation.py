"""The sidebar, top to bottom: one line per screen."""

from sekretarka.ui.components.frame import Entry
from sekretarka.ui.text import t

ENTRIES = (
    Entry("/dashboard", t("nav.overview"), "layout_dashboard", "g p"),
    Entry("/dashboard/conversations", t("nav.conversations"), "phone", "g r"),
    Entry("/dashboard/agents", t("nav.agents"), "bot", "g a"),
    Entry("/dashboard/settings/profile", t("nav.settings"), "settings", "g u"),
)
