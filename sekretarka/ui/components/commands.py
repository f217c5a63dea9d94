"""The command palette, the list of shortcuts and the keys that open them."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_internal.components.base_ui import PACKAGE_NAME, PACKAGE_VERSION

from sekretarka.ui.components.layout import NavItem
from sekretarka.ui.reflex_internals import at_once
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

LIBRARY = script("components/shell.jsx")
script("components/palette.jsx")  # beside it: shell.jsx loads it when first asked for


class ShellComponent(rx.Component):
    """A component of shell.jsx."""

    library = LIBRARY
    lib_dependencies: list[str] = [f"{PACKAGE_NAME}@{PACKAGE_VERSION}"]  # noqa: RUF012 - a field to Reflex


class _CommandCenter(ShellComponent):
    tag = "CommandCenter"
    items: rx.Var[Any]
    search: rx.Var[Any]
    labels: rx.Var[Any]
    shortcuts: rx.Var[Any]


def open_palette() -> rx.Var[Any]:
    """The handler that opens the palette, as Ctrl-K does."""
    return at_once("openPalette", imports={LIBRARY: ["openPalette"]})


def open_shortcuts() -> rx.Var[Any]:
    """The handler that opens the list of shortcuts, as `?` does."""
    return at_once("openShortcuts", imports={LIBRARY: ["openShortcuts"]})


def commands(entries: Sequence[NavItem]) -> rx.Component:
    """Once per page: Ctrl-K, `?` and the go-to keys of the sidebar's entries."""
    places = [{"label": entry.label, "href": entry.path, "keys": entry.keys} for entry in entries]
    general = {"Ctrl K": "search", "Ctrl Z": "undo", "?": "help", "Esc": "close"}
    shortcuts = [{"keys": keys, "label": t(f"shortcuts.{name}")} for keys, name in general.items()]
    shortcuts += [
        {"keys": entry.keys, "label": t("shortcuts.go", place=entry.label)} for entry in entries if entry.keys
    ]
    return _CommandCenter.create(
        items=places,
        search={"label": t("palette.search_conversations"), "href": "/dashboard/conversations?search="},
        labels={
            "title": t("palette.title"),
            "placeholder": t("palette.placeholder"),
            "shortcuts": t("shell.shortcuts"),
            "close": t("common.close"),
        },
        shortcuts=shortcuts,
    )
