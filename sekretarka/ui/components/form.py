"""Every form: unsaved changes are marked, leaving with them asks first, errors stand at their fields.

What somebody else changed of the same field is shown beside one's own value, to choose from.
"""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec
from reflex_components_internal.components.base_ui import PACKAGE_NAME, PACKAGE_VERSION

from sekretarka.ui.components.basics import Flag, Text, button, cx, icon
from sekretarka.ui.components.dialog import BACKDROP, DIALOG
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.rules import Edit
from sekretarka.ui.scripts import script
from sekretarka.ui.text import current_language, t

_LIBRARY = script("components/form.jsx")
_GUARD = script("components/guard.jsx")
script("components/conflict.jsx")  # parts of form.jsx
script("components/drafts.js")
script("components/fields.js")
_FOOTER = (
    "flex min-h-14 items-center justify-end gap-2 rounded-b-lg border-t border-border bg-surface px-4 py-2 "
    "max-sm:px-3.5 data-dirty:sticky data-dirty:bottom-0 data-dirty:z-[5] "
    "max-md:not-in-[[role=dialog]]:data-dirty:bottom-16"  # above the bar of the frame, which a panel covers
)
CLASS_NAMES = {
    "footer": _FOOTER,
    "bare": "flex flex-wrap justify-end gap-2 pt-5 max-sm:flex-col-reverse max-sm:items-stretch",
    "over": BACKDROP,
    "popup": DIALOG,
    "wide_popup": cx(DIALOG, "w-[640px]! top-[8vh]! max-h-[84vh] overflow-y-auto scroll-fade"),
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


class NewForm(_Form):
    """The form of something new. `tests/ui/test_forms.py` finds every form of every page by these two classes."""

    tag = "EditForm"
    name: rx.Var[str]
    owner: rx.Var[str]
    record: rx.Var[Any]
    revision: rx.Var[int]
    attempt: rx.Var[int]
    saved: rx.Var[int]
    conflict: rx.Var[Any]
    read_only: rx.Var[bool]
    may_be_blank: rx.Var[bool]
    danger: rx.Var[bool]
    zone: rx.Var[str]
    lang: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """What the form tells the server: all that was filled in."""
        own = {"on_submit": passthrough_event_spec(dict[str, str]), "on_discard": passthrough_event_spec()}
        return {**super().get_event_triggers(), **own}


class EditForm(NewForm):
    """The form of a stored record."""

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """What the form tells the server: what was changed."""
        return {**super().get_event_triggers(), "on_submit": passthrough_event_spec(Edit)}


class _LeaveGuard(rx.Component):
    library = _GUARD
    tag = "LeaveGuard"
    owner: rx.Var[str]


class _TypedConfirm(_Form):
    tag = "TypedConfirm"
    name: rx.Var[str]
    label: rx.Var[str]
    trigger: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The name that was typed."""
        return {**super().get_event_triggers(), "on_confirm": passthrough_event_spec(str)}


_LABELS = ("unsaved", "restored", "discard")
_LEAVE = ("title", "text", "leave")
_CONFLICT = ("title", "text", "mine", "theirs", "me", "by_program", "by_system", "nothing", "on", "off", "save")


def edit_form(
    *fields: Any,
    name: str,
    owner: Any,
    attempt: Any,
    saved: Any,
    on_submit: Any,
    record: Any = None,
    conflict: Any = None,
    revision: Any = 0,
    zone: Any = "UTC",
    on_discard: Any = None,
    read_only: Flag = False,
    action: Text | None = None,
    back: Text | None = None,
    danger: bool = False,
) -> rx.Component:
    """Fields with one button under them: it saves, or does what `action` says.

    Over a `record` (`ui/edits.py`) `on_submit` gets what was changed, as an `Edit`, and `conflict` is what somebody
    else changed of it; without one it makes something new, and `on_submit` gets the raw text by field name. `attempt`
    counts how often a submission was answered, `saved` how often it was stored, `revision` how often the values to
    start from changed. `on_discard` gets nothing. Read only, the fields are disabled and there is nothing to save.

    A form with a way `back` (which is `on_discard`) beside its button can be submitted as it is; `danger` is how that
    button looks.

    Nobody leaves unsaved changes without being asked. Those of a form with long text survive a reload, as drafts of
    `owner` under `name`, which no other form has.
    """
    labels: dict[str, Any] = {key: t(f"form.{key}") for key in _LABELS}
    labels["save"] = action if action is not None else t("form.save")
    labels |= {"back": back} if back is not None else {}
    labels["leave"] = {key: t(f"form.leave_{key}") for key in _LEAVE} | {"stay": t("form.stay"), "save": t("form.save")}
    labels["conflict"] = {key: t(f"form.conflict_{key}") for key in _CONFLICT} | {"back": t("form.stay")}
    return (NewForm if record is None else EditForm).create(
        *fields,
        name=name,
        owner=owner,
        revision=revision,
        attempt=attempt,
        saved=saved,
        conflict=conflict,
        read_only=read_only,
        may_be_blank=back is not None,
        danger=danger,
        zone=zone,
        lang=current_language(),
        on_submit=on_submit,
        labels=labels,
        class_names=CLASS_NAMES,
        **({"record": record} if record is not None else {}),
        **({"on_discard": on_discard} if on_discard is not None else {}),
    )


def leave_guard(owner: Any) -> rx.Component:
    """Once on every page: going elsewhere with unsaved changes asks first, and drafts of others than `owner` are
    dropped."""
    return _LeaveGuard.create(owner=owner)


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
