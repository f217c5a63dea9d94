"""The search of a list; its text is in the address."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from sekretarka.ui.components.basics import Text, cx, icon
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.scripts import script

_LIBRARY = script("components/search.jsx")


class _SearchBox(rx.Component):
    library = _LIBRARY
    tag = "SearchBox"
    value: rx.Var[Any]
    label: rx.Var[str]
    name: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        return {**super().get_event_triggers(), "on_search": passthrough_event_spec(str)}


def search_box(label: Text, *, value: Any, on_search: Any, name: str = "search") -> rx.Component:
    """An input with a magnifying glass; `on_search` gets the text when typing pauses, `value` is that of the URL. With
    an empty `name` it is no field of the form around it."""
    glass = "pointer-events-none absolute left-2.5 top-1/2 -translate-y-1/2 text-muted"
    class_name = cx(CONTROL, "h-9 max-sm:h-10 pl-8")
    return rx.el.div(
        icon("search", 16, class_name=glass),
        _SearchBox.create(value=value, label=label, name=name, class_name=class_name, on_search=on_search),
        class_name="relative",
    )
