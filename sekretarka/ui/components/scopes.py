"""Choosing what an API key may do."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import reflex as rx

from sekretarka.core.permissions import KEY_SCOPES
from sekretarka.ui.components.basics import Text, button
from sekretarka.ui.components.field import error_message
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/scopes.jsx")
_CLASS_NAMES = {
    "preset": str(button("", size="sm").class_name),
    "list": "scroll-fade max-h-64 overflow-y-auto rounded-md border border-border",
    "line": "flex min-h-10 items-center gap-4 border-b border-border px-3 py-1 last:border-0",
    "box": "flex h-8 cursor-pointer items-center gap-2 text-base",
}
FIELD, PREFIX = "scopes", "scope."
RESOURCES = tuple(dict.fromkeys(resource for resource, _, _ in (scope.partition(":") for scope in KEY_SCOPES)))
VERBS = tuple(dict.fromkeys(verb for _, _, verb in (scope.partition(":") for scope in KEY_SCOPES)))


class _ScopePicker(rx.Component):
    library = _LIBRARY
    tag = "ScopePicker"
    items: rx.Var[Any]
    presets: rx.Var[Any]
    granted: rx.Var[Any]
    described: rx.Var[str]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]


def scope_picker(label: Text, *, presets: Mapping[str, Sequence[str]], granted: Any, errors: Any) -> rx.Component:
    """Boxes named `scope.<scope>` for the scopes in `granted`; `presets` is key of a text → scopes."""
    items = [
        {"label": t(f"scope.{resource}"), "scopes": [{"name": str(it), "label": _verb(it)} for it in scopes]}
        for resource, scopes in groupby(KEY_SCOPES, lambda scope: scope.partition(":")[0])
    ]
    return rx.el.div(
        _ScopePicker.create(
            items=items,
            presets=[{"label": t(key), "scopes": list(scopes)} for key, scopes in presets.items()],
            granted=granted,
            described=f"{FIELD}-error",
            labels={"legend": label},
            class_names=_CLASS_NAMES,
        ),
        error_message(errors, FIELD),
        class_name="flex flex-col gap-1.5",
    )


def _verb(scope: str) -> rx.Var[str]:
    return t(f"scope_verb.{scope.partition(':')[2]}")
