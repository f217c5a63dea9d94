"""Text with a copy button, and a secret that shows only when asked for."""

import json
from typing import Any

import reflex as rx
from reflex.event import EventSpec, passthrough_event_spec

from sekretarka.ui.components.basics import Text, button
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/clipboard.jsx")
_CODE = (
    "block h-9 min-w-0 flex-1 basis-64 truncate rounded-md border border-border bg-sunken px-3 font-mono text-sm "
    "leading-[34px] max-sm:h-10 max-sm:leading-[38px]"
)
_BUTTON = str(button("").class_name)
_PRIMARY = str(button("", variant="primary").class_name)
_ONCE = "flex flex-col gap-3 rounded-lg border border-success/40 bg-success-soft p-4 max-sm:p-3.5"
_WHOLE = "block rounded-md border border-border bg-surface px-3 py-2 font-mono text-sm break-all select-all"


class _ClipboardComponent(rx.Component):
    library = _LIBRARY
    labels: rx.Var[Any]


class _CopyButton(_ClipboardComponent):
    tag = "CopyButton"
    text: rx.Var[str]


class _Secret(_ClipboardComponent):
    tag = "Secret"
    class_names: rx.Var[Any]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """Somebody wants to see it."""
        return {**super().get_event_triggers(), "on_reveal": passthrough_event_spec()}


class _ShownOnce(_ClipboardComponent):
    tag = "ShownOnce"
    class_names: rx.Var[Any]


def _labels(label: Text) -> dict[str, Text]:
    return {"label": label, "copy": t("copy.copy"), "done": t("copy.done")}


def copyable(text: Any, *, label: Text) -> rx.Component:
    """A line of code and the button that copies it; `label` says what is copied."""
    return rx.el.div(
        rx.el.code(text, class_name=_CODE),
        _CopyButton.create(text=text, labels=_labels(label), class_name=_BUTTON),
        class_name="flex flex-wrap items-center gap-2",
    )


def copyable_lines(text: str, *, label: Text) -> rx.Component:
    """Several lines of code, as they are typed, and the button that copies them."""
    return rx.el.div(
        rx.el.pre(
            text, tab_index=0, class_name="scroll-fade overflow-x-auto rounded-md bg-sunken p-3 font-mono text-sm"
        ),
        _CopyButton.create(text=text, labels=_labels(label), class_name=_BUTTON),
        class_name="flex flex-col items-start gap-2 [&>pre]:self-stretch",
    )


def secret_field(secret_id: Any, *, label: Text, copy_label: Text, on_reveal: Any) -> rx.Component:
    """A hidden secret with a button to show it for a minute; `on_reveal` answers with `reveal(id, secret)`."""
    labels = {"label": label, "show": t("copy.show"), "hide": t("copy.hide"), "copying": _labels(copy_label)}
    return _Secret.create(
        id=secret_id, on_reveal=on_reveal, labels=labels, class_names={"code": _CODE, "button": _BUTTON}
    )


def shown_once(secret_id: str, *, title: Text, text: Text, label: Text, copy_label: Text, done: Text) -> rx.Component:
    """Where a secret that was just made appears, by `reveal(secret_id, …)`, until the user closes it."""
    labels = {"title": title, "text": text, "label": label, "copying": _labels(copy_label), "done": done}
    class_names = {"panel": _ONCE, "code": _WHOLE, "primary": _PRIMARY, "button": _BUTTON}
    return _ShownOnce.create(id=secret_id, labels=labels, class_names=class_names)


def reveal(secret_id: str, secret: str) -> EventSpec:
    """The event that hands a secret to its field in the asking browser only; it never becomes part of a state."""
    detail = json.dumps({"id": secret_id, "secret": secret})
    return rx.call_script(f"window.dispatchEvent(new CustomEvent('sekretarka:secret', {{detail: {detail}}}))")
