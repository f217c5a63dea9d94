"""Forms edited in place: unsaved changes are marked, leaving with them asks first, faults stand at their fields."""

from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec
from reflex_components_internal.components.base_ui import PACKAGE_NAME, PACKAGE_VERSION

from sekretarka.ui.components.basics import Flag, Text, button, cx, icon
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.text import t

_LIBRARY = rx.asset("form.jsx", shared=True).importable_path
_POPUP = (
    "popup fixed z-50 left-1/2 top-[18vh] w-[440px] max-w-[calc(100vw-32px)] -translate-x-1/2 rounded-xl bg-raised "
    "shadow-float p-5 outline-none"
)
_FOOTER = (
    "flex min-h-14 items-center justify-end gap-2 rounded-b-lg border-t border-border bg-surface px-4 py-2 "
    "max-sm:px-3.5 data-dirty:sticky data-dirty:bottom-0 data-dirty:z-[5] max-md:data-dirty:bottom-16"
)
LOOKS = {
    "footer": _FOOTER,
    "popup": _POPUP,
    "control": cx(CONTROL, "mt-1.5 h-9 max-sm:h-11"),
    "primary": str(button("", variant="primary").class_name),
    "secondary": str(button("").class_name),
    "ghost": str(button("", variant="ghost").class_name),
    "danger": str(button("", variant="danger").class_name),
    "quiet_danger": str(button("", class_name="text-danger").class_name),
}


class _Form(rx.Component):
    library = _LIBRARY
    lib_dependencies: list[str] = [f"{PACKAGE_NAME}@{PACKAGE_VERSION}"]  # noqa: RUF012 - a field to Reflex
    words: rx.Var[Any]
    looks: rx.Var[Any]


class _EditForm(_Form):
    tag = "EditForm"
    revision: rx.Var[int]
    attempt: rx.Var[int]
    read_only: rx.Var[bool]
    on_submit: rx.EventHandler[passthrough_event_spec(dict[str, str])]
    on_discard: rx.EventHandler[passthrough_event_spec()]


class _LeaveGuard(_Form):
    tag = "LeaveGuard"


class _TypedConfirm(_Form):
    tag = "TypedConfirm"
    name: rx.Var[str]
    label: rx.Var[str]
    trigger: rx.Var[str]
    on_confirm: rx.EventHandler[passthrough_event_spec(str)]


def edit_form(
    *fields: Any, revision: Any, attempt: Any, on_submit: Any, on_discard: Any, read_only: Flag = False
) -> rx.Component:
    """Fields with one save button under them.

    `revision` counts how often the saved values became others, `attempt` how often a submission was answered;
    `on_submit` gets the raw text by field name, `on_discard` nothing. Read only, the fields are disabled and there is
    nothing to save.
    """
    words = {"unsaved": t("form.unsaved"), "save": t("form.save"), "discard": t("form.discard")}
    return _EditForm.create(
        *fields,
        revision=revision,
        attempt=attempt,
        read_only=read_only,
        on_submit=on_submit,
        on_discard=on_discard,
        words=words,
        looks=LOOKS,
    )


def leave_guard() -> rx.Component:
    """Once on a page with forms: going elsewhere in the app with unsaved changes asks first."""
    words = {key: t(f"form.leave_{key}") for key in ("title", "text", "leave", "stay")}
    return _LeaveGuard.create(words=words, looks=LOOKS)


def typed_confirm(
    trigger: Text, *, name: Text, title: Text, text: Text, label: Text, action: Text, on_confirm: Any
) -> rx.Component:
    """A button that asks for `name` in writing; `on_confirm` gets what was typed."""
    words = {"title": title, "text": text, "confirm": action, "cancel": t("common.cancel")}
    return _TypedConfirm.create(
        trigger=trigger, name=name, label=label, on_confirm=on_confirm, words=words, looks=LOOKS
    )


def read_only_notice(message: Text) -> rx.Component:
    """Above a form that this person may only read."""
    return rx.el.p(
        icon("lock", 14),
        rx.el.span(message),
        class_name="flex items-center gap-2 rounded-md bg-sunken px-3 py-2 text-sm text-muted",
    )
