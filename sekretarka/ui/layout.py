"""The frame with the signed-in person in it: what every page of the dashboard wraps itself in, and what it loads."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text, card, link_button
from sekretarka.ui.components.layout import Frame
from sekretarka.ui.components.shell import shell
from sekretarka.ui.components.tabs import settings_page
from sekretarka.ui.components.view_states import empty
from sekretarka.ui.live import on_load
from sekretarka.ui.navigation import ENTRIES, SETTINGS, SETTINGS_HOME
from sekretarka.ui.notifications import NotificationsState
from sekretarka.ui.session import SessionState as _Session
from sekretarka.ui.text import language_keeper, t

# Vars of states reach pages as `Any`: to the type checker a state's fields are plain values.
Session: Any = _Session


def framed(*content: Any, title: Text, path: str, actions: rx.Component | None = None) -> rx.Component:
    """A page under the sidebar entry `path`; `actions` are its own buttons, at the right of the title."""
    return _framed((_or_homeless(*content),), title, path, actions)


def settings_framed(*content: Any, path: str, wide: bool = False) -> rx.Component:
    """A page of the settings. What belongs to an organisation is for its members, as far as their role allows."""
    [entry] = [entry for group in SETTINGS for entry in group.items if entry.path == path]
    if entry.requires is not None:
        may = Session.permissions.contains(str(entry.requires))
        refusal = card(empty(t("settings.forbidden"), icon_name="lock", hint=t("settings.forbidden_hint")))
        content = (_or_homeless(rx.cond(Session.signed_in & ~may, refusal, rx.fragment(*content))),)
    page = settings_page(*content, groups=SETTINGS, active=path, permissions=Session.permissions, wide=wide)
    return _framed((page,), t("nav.settings"), SETTINGS_HOME)


def _framed(
    content: tuple[rx.Component, ...], title: Text, path: str, actions: rx.Component | None = None
) -> rx.Component:
    frame = Frame(
        name=Session.name,
        email=Session.email,
        organization=Session.organization,
        organization_id=Session.organization_id,
        organizations=Session.organizations,
        live=Session.live_calls,
        begun=Session.begun_calls,
        notifications=NotificationsState.rows,
        zone=Session.timezone,
    )
    keeper = language_keeper(Session.language, Session.signed_in)
    return shell(*content, keeper, title=title, active=path, entries=ENTRIES, frame=frame, actions=actions)


def _or_homeless(*content: Any) -> rx.Component:
    """A person without an organisation has nothing to look at but the way to one."""
    way = link_button(t("organization.found"), to="/dashboard/settings/organization", variant="primary")
    face = empty(t("organization.none"), icon_name="building_2", hint=t("organization.none_hint"), action=way)
    return rx.cond(Session.signed_in & (Session.organization_id == ""), card(face), rx.fragment(*content))


def loads(*handlers: Any) -> list[Any]:
    """What a page of the dashboard loads: the person, what keeps it live, what waits, then its own handlers."""
    return on_load(NotificationsState.load, *handlers)
