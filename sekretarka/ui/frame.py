"""The frame with the signed-in person in it: what every page of the dashboard wraps itself in."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Text
from sekretarka.ui.components.shell import Frame, shell
from sekretarka.ui.navigation import ENTRIES
from sekretarka.ui.session import Session


def framed(*content: Any, title: Text, active: str, actions: rx.Component | None = None) -> rx.Component:
    """A page under the sidebar entry `active` (its path); `actions` stand at the right of the title."""
    frame = Frame(
        name=Session.name,
        email=Session.email,
        organization=Session.organization,
        organization_id=Session.organization_id,
        organizations=Session.organizations,
        live=Session.live_calls,
        zone=Session.timezone,
    )
    return shell(*content, title=title, active=active, entries=ENTRIES, frame=frame, actions=actions)
