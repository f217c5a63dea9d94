"""The dialog for something new, open while the URL asks for it."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from sekretarka.ui.components.basics import Text
from sekretarka.ui.components.dialog import dialog
from sekretarka.ui.page_state import FormState
from sekretarka.ui.page_views import new_form
from sekretarka.ui.session import secured


class CreateDialogState(FormState, mixin=True):
    """`creating` is whether the dialog is open. A page sets it in `load`, and writes `create` with its permission."""

    creating: bool = False

    _closed_path: ClassVar[str] = ""

    @secured(None)
    def close(self, is_open: bool) -> EventSpec | None:
        """The dialog was closed: the URL says so from now on."""
        return None if is_open else rx.redirect(self._closed_href())

    def _closed_href(self) -> str:
        return self._closed_path


def create_dialog(
    state: Any,
    *fields: Any,
    name: str,
    title: Text,
    action: Text,
    on_submit: Any,
    description: Text | None = None,
    revision: Any = 0,
    class_name: str = "",
) -> rx.Component:
    """A dialog with a `new_form` over a `CreateDialogState`."""
    content = rx.el.div(*fields, class_name="flex flex-col gap-4")
    form = new_form(state, content, name=name, on_submit=on_submit, action=action, revision=revision)
    return dialog(
        title,
        form,
        description=description,
        open_=state.creating,
        on_open_change=lambda is_open, _details: state.close(is_open),
        class_name=class_name,
    )
