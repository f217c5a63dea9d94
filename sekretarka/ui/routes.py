"""The site map: every page, in the order of the sidebar and of the settings. What a page is, it says itself."""

from sekretarka.ui.components.layout import NavGroup, NavItem
from sekretarka.ui.layout import SETTINGS_HOME
from sekretarka.ui.page import Site
from sekretarka.ui.pages.agents.page import page as agents
from sekretarka.ui.pages.api_keys.page import page as api_keys
from sekretarka.ui.pages.appointments.page import page as appointments
from sekretarka.ui.pages.clients.page import page as clients
from sekretarka.ui.pages.conversations.page import page as conversations
from sekretarka.ui.pages.home.page import page as home
from sekretarka.ui.pages.hours.page import page as hours
from sekretarka.ui.pages.integrations.page import page as integrations
from sekretarka.ui.pages.invite.page import page as invite
from sekretarka.ui.pages.login.page import page as login
from sekretarka.ui.pages.messages.page import page as messages
from sekretarka.ui.pages.new_organization.page import page as new_organization
from sekretarka.ui.pages.new_password.page import page as new_password
from sekretarka.ui.pages.not_found.page import page as not_found
from sekretarka.ui.pages.notifications.page import page as notifications
from sekretarka.ui.pages.organization.page import page as organization
from sekretarka.ui.pages.overview.page import page as overview
from sekretarka.ui.pages.profile.page import page as profile
from sekretarka.ui.pages.register.page import page as register
from sekretarka.ui.pages.reset.page import page as reset
from sekretarka.ui.pages.security.page import page as security
from sekretarka.ui.pages.services.page import page as services
from sekretarka.ui.pages.tasks.page import page as tasks
from sekretarka.ui.pages.team.page import page as team
from sekretarka.ui.pages.templates.page import page as templates
from sekretarka.ui.pages.verify.page import page as verify
from sekretarka.ui.text import t

SIDEBAR = (overview, tasks, conversations, appointments, messages, clients, agents, services)
USER_SETTINGS = (profile, notifications, security)
ORGANIZATION_SETTINGS = (organization, hours, templates, integrations, team, api_keys)
OUTSIDE = (home, new_organization, invite, login, register, reset, new_password, verify, not_found)
PAGES = (*SIDEBAR, *USER_SETTINGS, *ORGANIZATION_SETTINGS, *OUTSIDE)

SITE = Site(
    sidebar=(*(page.nav_item for page in SIDEBAR), NavItem(SETTINGS_HOME, t("nav.settings"), "settings", "g u")),
    settings=(
        NavGroup(t("settings.own"), tuple(page.nav_item for page in USER_SETTINGS)),
        NavGroup(t("settings.business"), tuple(page.nav_item for page in ORGANIZATION_SETTINGS)),
    ),
)
