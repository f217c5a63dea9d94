"""The pages of the dashboard: decorators that declare them, and the frame with the signed-in user around them.

@dashboard_page(
    "/dashboard/clients",
    t("nav.clients"),
    icon="contact",
    keys="g k",
    requires=Permission.CLIENTS_READ,
    on_load=(ClientsState.load,),
    actions=_actions,
)
def page() -> rx.Component: ...
"""

from collections.abc import Callable
from typing import Any

import reflex as rx

from sekretarka.core.permissions import Permission
from sekretarka.domain.analytics.metrics import Metric
from sekretarka.ui import messages
from sekretarka.ui.components.basics import Text, card, link_button
from sekretarka.ui.components.form import leave_guard
from sekretarka.ui.components.layout import Frame
from sekretarka.ui.components.shell import shell
from sekretarka.ui.components.tabs import settings_sections
from sekretarka.ui.components.undo import undo_bar
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.live import LiveState
from sekretarka.ui.metrics import href_of
from sekretarka.ui.notifications import NotificationsState
from sekretarka.ui.page import Declare, Page, Site
from sekretarka.ui.session import SessionState
from sekretarka.ui.state_vars import allowed, draft_owner, session, state_vars
from sekretarka.ui.text import language_keeper, t
from sekretarka.ui.undo import UndoState

SETTINGS_HOME = "/dashboard/settings/profile"
# Before a page's own handlers: who it is for, and what keeps it live from the state of that moment on.
ON_LOAD = (SessionState.load, LiveState.follow, NotificationsState.load)


def dashboard_page(  # noqa: PLR0913 - a declaration is its named arguments
    path: str,
    title: rx.Var[str],
    *,
    icon: str,
    keys: str,
    requires: Permission,
    on_load: tuple[Any, ...],
    actions: Callable[[], rx.Component] | None = None,
) -> Declare:
    """Decorator: a page of the sidebar with its shortcut `keys` and the permission it requires; `actions` are buttons
    at the title's right."""

    def layout(page: Page, site: Site) -> rx.Component:
        return _framed(_members_only(page.content()), title, path, site, actions() if actions else None)

    return lambda content: Page(path, title, content, layout, (*ON_LOAD, *on_load), requires, icon, keys)


def settings_page(
    path: str,
    title: rx.Var[str],
    *,
    icon: str,
    on_load: tuple[Any, ...],
    requires: Permission | None = None,
    wide: bool = False,
) -> Declare:
    """Decorator: a page of the settings; one that `requires` nothing is the user's own. A `wide` one has a table."""

    def layout(page: Page, site: Site) -> rx.Component:
        content = page.content()
        if requires is not None:
            content = _members_only(_permitted_only(content, requires))
        sections = settings_sections(
            content, groups=site.settings, active=path, permissions=session.permissions, wide=wide
        )
        return _framed(sections, t("nav.settings"), SETTINGS_HOME, site)

    return lambda content: Page(path, title, content, layout, (*ON_LOAD, *on_load), requires, icon)


def _framed(
    content: rx.Component, title: Text, active: str, site: Site, actions: rx.Component | None = None
) -> rx.Component:
    notifications = state_vars(NotificationsState)
    frame = Frame(
        name=session.name,
        email=session.email,
        organization=session.organization,
        organization_id=session.organization_id,
        organizations=session.organizations,
        live=session.live_calls,
        begun=session.begun_calls,
        live_href=href_of(Metric.LIVE),
        unread=session.unread_threads,
        unread_path=messages.PATH,
        undo=undo_bar(
            on_follow_up=UndoState.reopen_follow_up,
            on_appointment=UndoState.restore_appointment,
            on_service=UndoState.restore_service,
            on_task=UndoState.reopen_task,
        ),
        notifications=notifications.rows,
        notifications_total=notifications.total,
        notifications_href=href_of(Metric.TO_DO),
        zone=session.timezone,
    )
    keeper = language_keeper(session.language, session.signed_in)
    guard = leave_guard(draft_owner())
    return shell(content, keeper, guard, title=title, active=active, entries=site.sidebar, frame=frame, actions=actions)


def _members_only(content: rx.Component) -> rx.Component:
    """A user without an organization has nothing to look at but the way to one."""
    way = link_button(t("organization.create"), to="/dashboard/settings/organization", variant="primary")
    face = empty(t("organization.none"), icon_name="building_2", hint=t("organization.none_hint"), action=way)
    return rx.cond(session.signed_in & (session.organization_id == ""), card(face), content)


def _permitted_only(content: rx.Component, permission: Permission) -> rx.Component:
    refusal = card(empty(t("settings.forbidden"), icon_name="lock", hint=t("settings.forbidden_hint")))
    return rx.cond(session.signed_in & ~allowed(permission), refusal, content)
