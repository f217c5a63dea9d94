"""Short messages at the corner: how an action ended when it cannot show in place."""

import json
from typing import Any, Literal

import reflex as rx
from reflex.event import EventSpec

from sekretarka.ui.components.basics import Text
from sekretarka.ui.reflex_internals import js
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


def success_toast(message: Text, **options: Any) -> EventSpec:
    """The event that shows that an action succeeded. With an `id` it replaces the toast of that id."""
    return _show("success", message, **options)


def error_toast(message: Text, **options: Any) -> EventSpec:
    """The event that shows for 8 seconds that an action failed, and why. With an `id` it replaces the toast of that
    id."""
    return _show("error", message, duration=8000, **options)


def _show(level: Literal["success", "error"], message: Text, **options: Any) -> EventSpec:
    """With an `id`, a toast replaces the one of that id: then only its first argument counts, which Reflex leaves empty
    for a var."""
    text: rx.Var[Any] = rx.Var.create(message)
    call = f"() => refs['__toast']?.{level}({text!s}, {json.dumps(options)})"
    script = js(call, text, imports={"$/utils/state": ["refs"]}, type_=Any)
    return rx.call_function(script)
