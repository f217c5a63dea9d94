"""Dialogs in the middle of the page and detail panels at its side; Base UI traps and returns the focus."""

from typing import Any

import reflex as rx
from reflex_components_internal.components.base.dialog import DialogRoot
from reflex_components_internal.components.base.dialog import dialog as base
from reflex_components_internal.components.base_ui import PACKAGE_NAME

from sekretarka.ui.components.basics import Flag, Text, button, cx, icon_button
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

BACKDROP = "backdrop fixed inset-0 z-50 bg-overlay"  # also over the panel that a dialog was opened from
DIALOG = (
    "popup fixed z-50 left-1/2 top-[18vh] w-[440px] max-w-[calc(100vw-32px)] -translate-x-1/2 rounded-xl bg-raised "
    "shadow-float p-5 outline-none"
)
_DETAIL_PANEL = (
    "sheet fixed z-50 inset-y-0 right-0 flex w-[560px] max-w-full flex-col bg-surface shadow-float outline-none "
    "sm:border-l sm:border-border"
)


class _GuardedRoot(DialogRoot):
    """A dialog that asks before it closes over unsaved changes of a form inside."""

    library = script("components/guard.jsx")
    tag = "GuardedDialog"

    @property
    def import_var(self) -> rx.ImportVar:
        """From our own script, not from a part of the kit."""
        return rx.ImportVar(tag="GuardedDialog", install=False)


class _AlertRoot(DialogRoot):
    """A dialog that must be answered: its role says so, and a click beside it does not close it."""

    library = f"{PACKAGE_NAME}/alert-dialog"
    tag = "AlertDialog.Root"

    @property
    def import_var(self) -> rx.ImportVar:
        """As the kit imports its own parts."""
        return rx.ImportVar(tag="AlertDialog", package_path="", install=False)


def _root(
    popup: rx.Component,
    *,
    open_: Flag | None,
    on_open_change: Any,
    trigger: rx.Component | None,
    root: Any = _GuardedRoot.create,
) -> rx.Component:
    props: dict[str, Any] = {}
    if open_ is not None:
        props["open"] = open_
    if on_open_change is not None:
        props["on_open_change"] = on_open_change
    return root(
        base.trigger(render_=trigger, unstyled=True) if trigger is not None else rx.fragment(),
        base.portal(base.backdrop(class_name=BACKDROP, force_render=True, unstyled=True), popup),
        **props,
    )


def dialog(
    title: Text,
    *children: Any,
    description: Text | None = None,
    trigger: rx.Component | None = None,
    open_: Flag | None = None,
    on_open_change: Any = None,
    class_name: str = "",
) -> rx.Component:
    """A dialog with title and close button. Give a `trigger` (opens by itself) or `open_` with `on_open_change`."""
    popup = base.popup(
        rx.el.div(
            base.title(title, class_name="text-lg font-semibold", unstyled=True),
            base.close(render_=icon_button("x", t("common.close"), size="sm"), unstyled=True),
            class_name="flex items-start justify-between gap-4",
        ),
        base.description(description, class_name="mt-1 text-base text-muted", unstyled=True)
        if description is not None
        else rx.fragment(),
        rx.el.div(*children, class_name="mt-4 flex flex-col gap-4"),
        class_name=cx(DIALOG, class_name),
        unstyled=True,
    )
    return _root(popup, open_=open_, on_open_change=on_open_change, trigger=trigger)


def confirm(
    title: Text,
    *,
    name: Text,
    description: Text,
    action: Text,
    on_confirm: Any,
    trigger: rx.Component,
    pending: Flag = False,
) -> rx.Component:
    """Asks before something that cannot be undone, showing the thing's `name`; Cancel stands first, focused."""
    popup = base.popup(
        base.title(title, class_name="text-lg font-semibold text-balance", unstyled=True),
        rx.el.p(name, class_name="mt-3 rounded-md bg-sunken px-3 py-2 text-base font-medium break-words"),
        base.description(description, class_name="mt-3 text-base text-muted", unstyled=True),
        rx.el.div(
            base.close(render_=button(t("common.cancel")), unstyled=True),
            base.close(render_=button(action, variant="danger", on_click=on_confirm, pending=pending), unstyled=True),
            class_name="mt-5 flex justify-end gap-2 max-sm:flex-col-reverse",
        ),
        class_name=DIALOG,
        unstyled=True,
    )
    return _root(popup, open_=None, on_open_change=None, trigger=trigger, root=_AlertRoot.create)


def detail_panel(
    title: Text,
    *children: Any,
    open_: Flag,
    on_open_change: Any,
    subtitle: Any = None,
    actions: rx.Component | None = None,
    footer: rx.Component | None = None,
) -> rx.Component:
    """Detail at the side while the list stays in view; full width on phones. Esc and the cross close it."""
    popup = base.popup(
        rx.el.div(
            rx.el.div(
                base.title(title, class_name="truncate text-lg font-semibold", unstyled=True),
                rx.el.div(subtitle, class_name="text-sm text-muted") if subtitle is not None else rx.fragment(),
                class_name="min-w-0 flex-1",
            ),
            actions or rx.fragment(),
            base.close(render_=icon_button("x", t("common.close")), unstyled=True),
            class_name="flex items-start gap-2 border-b border-border px-5 py-3.5 max-sm:px-4",
        ),
        rx.el.div(*children, class_name="scroll-fade min-h-0 flex-1 overflow-y-auto px-5 py-4 max-sm:px-4"),
        rx.el.div(footer, class_name="flex justify-end gap-2 border-t border-border px-5 py-3 max-sm:px-4")
        if footer
        else rx.fragment(),
        class_name=_DETAIL_PANEL,
        unstyled=True,
    )
    return _root(popup, open_=open_, on_open_change=on_open_change, trigger=None)
