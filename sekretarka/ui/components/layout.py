"""What the frame around a page is given: the items of the sidebar, the user and the organization."""

from dataclasses import dataclass, field
from typing import Any

from sekretarka.core.permissions import Permission
from sekretarka.ui.components.basics import Text


@dataclass(frozen=True)
class NavItem:
    """One line of the sidebar or of the settings, shown to who has the permission it `requires`; `keys` is its
    shortcut, like `g k`."""

    path: str
    label: Text
    icon: str
    keys: str = ""
    requires: Permission | None = None


@dataclass(frozen=True)
class NavGroup:
    """Pages of the settings under one heading."""

    label: Text
    items: tuple[NavItem, ...]


@dataclass(frozen=True)
class Frame:
    """What the frame shows of the user and the organization; plain values or vars. `zone` is an IANA time zone."""

    name: Any
    email: Any
    organization: Any
    organization_id: Any
    organizations: Any  # list of {"id", "name"}
    live: Any = 0
    live_href: Text = ""
    unread: Any = 0  # threads with messages that nobody has read
    unread_path: str = ""  # of the page that has them
    begun: Any = 0  # calls since the page was opened
    notifications: Any = field(default_factory=list)  # the most urgent: list of {"id", "title", "href", "at"}
    notifications_total: Any = 0
    notifications_href: Text = ""
    undo: Any = None  # the `undo_bar`
    zone: Any = "Europe/Warsaw"
