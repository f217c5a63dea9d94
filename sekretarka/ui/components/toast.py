"""Short messages at the corner: how an action ended when it cannot show in place."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from sekretarka.ui.components.basics import Text
from sekretarka.ui.text import t


def toaster() -> rx.Component:
    """Once per app: where toasts appear."""
    return rx.toast.provider(
        position="bottom-right",
        close_button=True,
        rich_colors=False,
        visible_toasts=4,
        custom_attrs={"containerAriaLabel": t("toast.region")},
    )


def saved(message: Text, **options: Any) -> EventSpec:
    """It worked."""
    return rx.toast.success(message, **options)


def failed(message: Text, **options: Any) -> EventSpec:
    """It did not work, and why; stays longer."""
    return rx.toast.error(message, duration=8000, **options)
