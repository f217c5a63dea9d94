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
    return _call(f"{level}({text!s}, {json.dumps(options)})", text)


def link_toast(title: Text, text: Text, *, label: Text, path: str, key: str) -> EventSpec:
    """The event that shows for 12 seconds what happened, with a button to the page `path`; one of the same `key` once
    at a time."""
    shown: list[rx.Var[Any]] = [rx.Var.create(each) for each in (title, text, label)]
    go = f"window.dispatchEvent(new CustomEvent('sekretarka:go', {{detail: {json.dumps(path)}}}))"
    action = f"{{label: {shown[2]!s}, onClick: () => {go}}}"
    options = f"{{id: {json.dumps(key)}, duration: 12000, description: {shown[1]!s}, action: {action}}}"
    return _call(f"({shown[0]!s}, {options})", *shown)


def _call(call: str, *used: rx.Var[Any]) -> EventSpec:
    script = js(f"() => refs['__toast']?.{call}", *used, imports={"$/utils/state": ["refs"]}, type_=Any)
    return rx.call_function(script)
