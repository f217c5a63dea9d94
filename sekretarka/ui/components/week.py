"""A form field of the hours of a week, painted on a grid or typed."""

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from sekretarka.ui.components.basics import Text
from sekretarka.ui.components.editors import CLASS_NAMES, Editor
from sekretarka.ui.scripts import script
from sekretarka.ui.text import current_language, t

_LIBRARY = script("components/week.jsx")
script("components/week_grid.jsx")  # a part of the other
_CHIP = (
    "inline-flex h-7 items-center rounded-md border border-border bg-surface px-2.5 text-sm font-medium "
    "transition-colors hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft "
    "aria-pressed:text-accent-ink max-sm:h-10 in-[:disabled]:hidden"
)
_VIEW = "inline-flex h-7 items-center rounded px-2.5 text-sm font-medium transition-colors max-sm:h-9"
_CLASS_NAMES = {
    **CLASS_NAMES,
    "chip": _CHIP,
    "chosen": f"{_VIEW} bg-surface text-text shadow-sm dark:bg-border",
    "other": f"{_VIEW} text-muted hover:text-text",
    "cell": "border-l border-border focus-visible:z-[1] focus-visible:outline-2 focus-visible:-outline-offset-2 "
    "focus-visible:outline-accent-ink",
    "block": "absolute inset-x-0.5 overflow-hidden rounded-[5px] border border-accent/60 bg-accent/15 px-1 pt-0.5 "
    "text-[11px] font-medium leading-3 text-accent-ink tnum",
}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LABELS = (
    "add",
    "all",
    "close",
    "closed",
    "copied",
    "copy",
    "grid",
    "grid_label",
    "how",
    "list",
    "open",
    "quarters",
    "remove",
    "time",
    "view",
    "whole_day",
)


class _Week(Editor):
    library = _LIBRARY
    tag = "Week"
    behind: rx.Var[Any]
    days: rx.Var[Any]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The hours as JSON, a moment after they became others."""
        return {**super().get_event_triggers(), "on_paint": passthrough_event_spec(str)}


def week_field(
    label: Text, name: str, value: Any, *, errors: Any, behind: Any = None, on_paint: Any = None
) -> rx.Component:
    """Hours with several blocks a day; the label is not drawn.

    The form gets JSON under `name`: weekday (mon…sun) → list of `{"open": "09:00", "close": "17:00"}`; a day's error is
    `name.day`. `behind` are hours outside of which nothing counts; `on_paint` gets the JSON while it is edited.
    """
    return _Week.create(
        name=name,
        value=value,
        behind=behind,
        days=[{"key": day, "label": t(f"hours.{day}"), "short": t(f"hours.short.{day}")} for day in DAYS],
        labels={"label": label, **{key: t(f"hours.{key}") for key in _LABELS}},
        class_names=_CLASS_NAMES,
        errors=errors,
        lang=current_language(),
        **({"on_paint": on_paint} if on_paint is not None else {}),
    )
