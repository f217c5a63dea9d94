"""Buttons that write into a text field: what may stand in it, at the cursor, or another text in its place."""

from typing import Any

import reflex as rx

from sekretarka.ui.components.basics import Flag, Text
from sekretarka.ui.scripts import script

CHIP = (
    "inline-flex h-7 items-center rounded-full border border-border bg-surface px-2.5 text-sm text-muted "
    "transition-colors hover:bg-hover hover:text-text max-sm:h-9 disabled:opacity-55"
)


class _TextTool(rx.Component):
    library = script("components/text_tool.jsx")
    tag = "TextTool"
    target: rx.Var[str]
    text: rx.Var[str]
    whole: rx.Var[bool]
    label: rx.Var[str]
    hint: rx.Var[str]


def text_tool(label: Text, *, target: str, text: Any, hint: Text, whole: Flag = False) -> rx.Component:
    """A small button that puts `text` where the cursor of the field `target` (its id) is, or in place of the `whole`
    text; `hint` is its tooltip."""
    return _TextTool.create(label=label, target=target, text=text, hint=hint, whole=whole, class_name=CHIP)
