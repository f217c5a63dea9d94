"""Forms edited in place: unsaved changes are marked, leaving with them asks first, errors stand at their fields."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec
from reflex_components_internal.components.base_ui import PACKAGE_NAME, PACKAGE_VERSION

from sekretarka.ui.components.basics import Flag, Text, button, cx, icon
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/form.jsx")
_POPUP = (
    "popup fixed z-50 left-1/2 top-[18vh] w-[440px] max-w-[calc(100vw-32px)] -translate-x-1/2 rounded-xl bg-raised "
    "shadow-float p-5 outline-none"
)
_FOOTER = (
    "flex min-h-14 items-center justify-end gap-2 rounded-b-lg border-t border-border bg-surface px-4 py-2 "
    "max-sm:px-3.5 data-dirty:sticky data-dirty:bottom-0 data-dirty:z-[5] max-md:data-dirty:bottom-16"
)
CLASS_NAMES = {
    "footer": _FOOTER,
    "bare": "flex justify-end pt-5",
    "popup": _POPUP,
    "control": cx(CONTROL, "mt-1.5 h-9 max-sm:h-11"),
    "primary": str(button("", variant="primary").class_name),
    "secondary": str(button("").class_name),
    "ghost": str(button("", variant="ghost").class_name),
    "danger": str(button("", variant="danger").class_name),
    "quiet_danger": str(button("", class_name="text-danger!").class_name),
}


class _Form(rx.Component):
    library = _LIBRARY
    lib_dependencies: list[str] = [f"{PACKAGE_NAME}@{PACKAGE_VERSION}"]  # noqa: RUF012 - a field to Reflex
    labels: rx.Var[Any]
    class_names: rx.Var[Any]


class _EditForm(_Form):
    tag = "EditForm"
    revision: rx.Var[int]
    attempt: rx.Var[int]
    read_only: rx.Var[bool]
    guarded: rx.Var[bool]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """What the form tells the server."""
        own = {"on_submit": passthrough_event_spec(dict[str, str]), "on_discard": passthrough_event_spec()}
        return {**super().get_event_triggers(), **own}


class _LeaveGuard(_Form):
    tag = "LeaveGuard"


class _TypedConfirm(_Form):
    tag = "TypedConfirm"
    name: rx.Var[str]
    label: rx.Var[str]
    trigger: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The name that was typed."""
        return {**super().get_event_triggers(), "on_confirm": passthrough_event_spec(str)}


def edit_form(
    *fields: Any,
    revision: Any,
    attempt: Any,
    on_submit: Any,
    on_discard: Any = None,
    read_only: Flag = False,
    action: Text | None = None,
    guarded: Any = True,
) -> rx.Component:
    """Fields with one button under them: it saves, or does what `action` says.

    `revision` counts how often the saved values changed, `attempt` how often a submission was answered; `on_submit`
    gets the raw text by field name, `on_discard` nothing. Read only, the fields are disabled and there is nothing to
    save. A form that is not `guarded` makes something new: leaving it asks nothing.
    """
    save = action if action is not None else t("form.save")
    labels = {"unsaved": t("form.unsaved"), "save": save, "discard": t("form.discard")}
    return _EditForm.create(
        *fields,
        revision=revision,
        attempt=attempt,
        read_only=read_only,
        guarded=guarded,
        on_submit=on_submit,
        labels=labels,
        class_names=CLASS_NAMES,
        **({"on_discard": on_discard} if on_discard is not None else {}),
    )


def leave_guard() -> rx.Component:
    """Once on a page with forms: going elsewhere in the app with unsaved changes asks first."""
    labels = {key: t(f"form.leave_{key}") for key in ("title", "text", "leave", "stay")}
    return _LeaveGuard.create(labels=labels, class_names=CLASS_NAMES)


def typed_confirm(
    trigger: Text, *, name: Text, title: Text, text: Text, label: Text, action: Text, on_confirm: Any
) -> rx.Component:
    """A button that asks to type `name`; `on_confirm` gets what was typed."""
    labels = {"title": title, "text": text, "confirm": action, "cancel": t("common.cancel")}
    return _TypedConfirm.create(
        trigger=trigger, name=name, label=label, on_confirm=on_confirm, labels=labels, class_names=CLASS_NAMES
    )


def read_only_notice(message: Text) -> rx.Component:
    """The sentence above a form that this user may only read."""
    return rx.el.p(
        icon("lock", 14),
        rx.el.span(message),
        class_name="flex items-center gap-2 rounded-md bg-sunken px-3 py-2 text-sm text-muted",
    )
