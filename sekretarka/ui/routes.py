"""The site map: every page, its address, its title and what it loads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.ui.layout import loads
from sekretarka.ui.pages.agents.connection import AgentConnection
from sekretarka.ui.pages.agents.editing import AgentEditing
from sekretarka.ui.pages.agents.page import page as agents
from sekretarka.ui.pages.agents.state import AgentsState
from sekretarka.ui.pages.agents.test_call_state import AgentTest
from sekretarka.ui.pages.api_keys.page import page as api_keys
from sekretarka.ui.pages.api_keys.state import ApiKeysState
from sekretarka.ui.pages.appointments.create import MakingState
from sekretarka.ui.pages.appointments.detail import VisitState
from sekretarka.ui.pages.appointments.page import page as appointments
from sekretarka.ui.pages.appointments.state import AppointmentsState
from sekretarka.ui.pages.clients.create import ClientMaking
from sekretarka.ui.pages.clients.merge import ClientMerging
from sekretarka.ui.pages.clients.page import page as clients
from sekretarka.ui.pages.clients.state import ClientsState
from sekretarka.ui.pages.conversations.page import page as conversations
from sekretarka.ui.pages.conversations.state import ConversationsState
from sekretarka.ui.pages.home.page import page as home
from sekretarka.ui.pages.hours.page import page as hours
from sekretarka.ui.pages.hours.state import HoursState
from sekretarka.ui.pages.invite.page import page as invite
from sekretarka.ui.pages.login.page import page as login
from sekretarka.ui.pages.new_organization.page import page as new_organization
from sekretarka.ui.pages.new_password.page import page as new_password
from sekretarka.ui.pages.not_found.page import page as not_found
from sekretarka.ui.pages.organization.page import page as organization
from sekretarka.ui.pages.organization.state import OrganizationState
from sekretarka.ui.pages.overview.appointments import OverviewVisits
from sekretarka.ui.pages.overview.page import page as overview
from sekretarka.ui.pages.overview.state import OverviewState
from sekretarka.ui.pages.profile.page import page as profile
from sekretarka.ui.pages.profile.state import ProfileState
from sekretarka.ui.pages.register.page import page as register
from sekretarka.ui.pages.reset.page import page as reset
from sekretarka.ui.pages.security.linking import LinkingState
from sekretarka.ui.pages.security.page import page as security
from sekretarka.ui.pages.security.state import SecurityState
from sekretarka.ui.pages.services.page import page as services
from sekretarka.ui.pages.services.schedule import ScheduleState
from sekretarka.ui.pages.services.staff_state import PeopleState
from sekretarka.ui.pages.services.state import ServicesState
from sekretarka.ui.pages.team.page import page as team
from sekretarka.ui.pages.team.state import TeamState
from sekretarka.ui.pages.verify.page import page as verify
from sekretarka.ui.text import t


@dataclass(frozen=True)
class Route:
    """One page. `needs` is the permission without which its data is refused (None: open to everyone)."""

    path: str
    title: rx.Var[str]
    page: Callable[[], rx.Component]
    on_load: Sequence[Any] = ()
    needs: Permission | None = None


ROUTES = (
    Route("/", t("product.name"), home),
    Route(
        "/dashboard",
        t("nav.overview"),
        overview,
        loads(OverviewState.load, OverviewVisits.load),
        Permission.CONVERSATIONS_READ,
    ),
    Route(
        "/dashboard/conversations",
        t("nav.conversations"),
        conversations,
        loads(ConversationsState.load),
        Permission.CONVERSATIONS_READ,
    ),
    Route(
        "/dashboard/clients",
        t("nav.clients"),
        clients,
        loads(ClientsState.load, ClientMaking.load, ClientMerging.load),
        Permission.CLIENTS_READ,
    ),
    Route(
        "/dashboard/appointments",
        t("nav.appointments"),
        appointments,
        loads(AppointmentsState.load, VisitState.load, MakingState.load),
        Permission.APPOINTMENTS_READ,
    ),
    Route(
        "/dashboard/agents",
        t("nav.agents"),
        agents,
        loads(AgentsState.load, AgentEditing.load, AgentConnection.load, AgentTest.load),
        Permission.AGENTS_READ,
    ),
    Route(
        "/dashboard/services",
        t("nav.services"),
        services,
        loads(ServicesState.load, PeopleState.load, ScheduleState.load),
        Permission.SERVICES_READ,
    ),
    Route(
        "/dashboard/settings/profile", t("settings.profile"), profile, loads(ProfileState.load), Permission.USERS_READ
    ),
    Route("/dashboard/settings/organization", t("settings.organization"), organization, loads(OrganizationState.load)),
    Route(
        "/dashboard/settings/hours", t("settings.hours"), hours, loads(HoursState.load), Permission.ORGANIZATIONS_READ
    ),
    Route(
        "/dashboard/settings/api-keys",
        t("settings.api_keys"),
        api_keys,
        loads(ApiKeysState.load),
        Permission.API_KEYS_READ,
    ),
    Route(
        "/dashboard/settings/security",
        t("settings.security"),
        security,
        loads(SecurityState.load, LinkingState.load),
    ),
    Route("/dashboard/settings/team", t("settings.team"), team, loads(TeamState.load), Permission.ORGANIZATIONS_READ),
    Route("/dashboard/organizations/new", t("organization.another"), new_organization),
    Route("/invite", t("invite.title"), invite),
    Route("/login", t("login.title"), login),
    Route("/register", t("register.title"), register),
    Route("/reset", t("reset.title"), reset),
    Route("/reset/new", t("new_password.title"), new_password),
    Route("/verify", t("verify.title"), verify),
    Route("/404", t("not_found.title"), not_found),
)
