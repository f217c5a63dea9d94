"""Taking things along: text with a copy button, and a secret that shows only when asked for."""

import json
from typing import Any

import reflex as rx
from reflex.event import EventSpec
from reflex_base.event import passthrough_event_spec

from sekretarka.ui.components.basics import Text, button
from sekretarka.ui.text import t

_LIBRARY = rx.asset("copying.jsx", shared=True).importable_path
_CODE = (
    "block h-9 min-w-0 flex-1 basis-64 truncate rounded-md border border-border bg-sunken px-3 font-mono text-sm "
    "leading-[34px] max-sm:h-10 max-sm:leading-[38px]"
)
_BUTTON = str(button("").class_name)


class _Copying(rx.Component):
    library = _LIBRARY
    words: rx.Var[Any]


class _CopyButton(_Copying):
    tag = "CopyButton"
    text: rx.Var[str]


class _Secret(_Copying):
    tag = "Secret"
    looks: rx.Var[Any]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """Somebody wants to see it."""
        return {**super().get_event_triggers(), "on_reveal": passthrough_event_spec()}


def _words(label: Text) -> dict[str, Text]:
    return {"label": label, "copy": t("copy.copy"), "done": t("copy.done")}


def copyable(text: Any, *, label: Text) -> rx.Component:
    """A line of code and the button that copies it; `label` says what is copied."""
    return rx.el.div(
        rx.el.code(text, class_name=_CODE),
        _CopyButton.create(text=text, words=_words(label), class_name=_BUTTON),
        class_name="flex flex-wrap items-center gap-2",
    )


def secret_field(secret_id: Any, *, label: Text, copy_label: Text, on_reveal: Any) -> rx.Component:
    """A hidden secret with a button to show it for a minute; `on_reveal` answers with `reveal(id, secret)`."""
    words = {"label": label, "show": t("copy.show"), "hide": t("copy.hide"), "copying": _words(copy_label)}
    return _Secret.create(id=secret_id, on_reveal=on_reveal, words=words, looks={"code": _CODE, "button": _BUTTON})


def reveal(secret_id: str, secret: str) -> EventSpec:
    """Hands a secret to its field in the asking browser only; it never becomes part of a state."""
    detail = json.dumps({"id": secret_id, "secret": secret})
    return rx.call_script(f"window.dispatchEvent(new CustomEvent('sekretarka:secret', {{detail: {detail}}}))")
