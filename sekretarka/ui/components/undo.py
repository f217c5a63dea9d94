"""The offer to take back what was just done, at the bottom of every page of the dashboard."""

import json
from typing import Any, Literal
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec, passthrough_event_spec

from sekretarka.ui.components.basics import Text
from sekretarka.ui.reflex_internals import js
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

Kind = Literal["follow_up", "appointment", "service", "task"]


class _UndoBar(rx.Component):
    library = script("components/undo.jsx")
    tag = "UndoBar"
    labels: rx.Var[Any]
    class_names: rx.Var[Any]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The id of what is taken back, and which change of it."""
        return {
            **super().get_event_triggers(),
            "on_follow_up": passthrough_event_spec(UUID, str),
            "on_appointment": passthrough_event_spec(UUID, int),
            "on_service": passthrough_event_spec(UUID, int),
            "on_task": passthrough_event_spec(UUID, int),
        }


def undo_bar(*, on_follow_up: Any, on_appointment: Any, on_service: Any, on_task: Any) -> rx.Component:
    """Once per page: shows what `offer_undo` offers for ten seconds, longer while somebody is at it; Ctrl-Z takes the
    newest. The handlers get the id and the mark of the offer."""
    return _UndoBar.create(
        labels={"undo": t("undo.undo"), "close": t("common.close")},
        class_names={
            "bar": "pointer-events-none fixed inset-x-0 bottom-4 z-60 flex flex-col items-center gap-2 px-3.5 "
            "max-md:bottom-20",
            "line": "pointer-events-auto flex max-w-full items-center gap-1.5 rounded-lg bg-raised py-1.5 pl-4 pr-1.5 "
            "text-base shadow-float",
            "text": "min-w-0 break-words pr-2",
            "undo": "inline-flex h-9 items-center gap-2 rounded-md px-3 font-medium whitespace-nowrap text-accent-ink "
            "hover:bg-hover max-sm:h-10",
            "close": "grid size-9 shrink-0 place-items-center rounded-md text-muted hover:bg-hover hover:text-text "
            "max-sm:size-10",
        },
        on_follow_up=on_follow_up,
        on_appointment=on_appointment,
        on_service=on_service,
        on_task=on_task,
    )


def offer_undo(message: Text, kind: Kind, item_id: UUID, mark: str) -> EventSpec:
    """The event that says `message` and offers to take back what was done to `item_id`; `mark` is which change it
    was."""
    text: rx.Var[Any] = rx.Var.create(message)
    offer = f"{{...{json.dumps({'kind': kind, 'id': str(item_id), 'mark': mark})}, text: {text!s}}}"
    call = f"() => window.dispatchEvent(new CustomEvent('sekretarka:undo', {{detail: {offer}}}))"
    return rx.call_function(js(call, text, type_=Any))
