"""Selects with search for the world's time zones and countries, named by the browser in the page's language."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_internal.components.base_ui import PACKAGE_NAME, PACKAGE_VERSION

from sekretarka.ui.components.basics import Text, cx
from sekretarka.ui.components.field import CONTROL, field, field_error
from sekretarka.ui.scripts import script
from sekretarka.ui.text import current_language, t

_LIBRARY = script("components/search_select.jsx")
_CLASS_NAMES = {
    "trigger": cx(CONTROL, "flex h-9 items-center gap-2 max-sm:h-11 data-[popup-open]:border-accent"),
    "popup": "popup w-(--anchor-width) min-w-64 max-w-[calc(100vw-16px)] overflow-hidden rounded-lg bg-raised "
    "shadow-float outline-none",
    "search": "h-8 w-full rounded-md bg-transparent px-2 text-base outline-none max-sm:text-[16px]",
    "item": "grid cursor-default grid-cols-[16px_1fr] items-center gap-2 rounded-md py-1.5 pl-2 pr-3 text-base "
    "outline-none select-none data-[highlighted]:bg-hover",
}


class _SearchSelect(rx.Component):
    library = _LIBRARY
    tag = "SearchSelect"
    lib_dependencies: list[str] = [f"{PACKAGE_NAME}@{PACKAGE_VERSION}"]  # noqa: RUF012 - a field to Reflex
    name: rx.Var[str]
    value: rx.Var[Any]
    kind: rx.Var[str]
    codes: rx.Var[Any]
    labels: rx.Var[Any]
    class_names: rx.Var[Any]
    lang: rx.Var[str]
    wrong: rx.Var[bool]
    described_by: rx.Var[str]


def zone_field(label: Text, name: str, value: Any, *, errors: Any, class_name: str = "") -> rx.Component:
    """A labelled choice of an IANA time zone."""
    return _search_select(label, name, errors, class_name, kind="zone", value=value, codes=[])


def country_field(
    label: Text, name: str, value: Any, codes: Sequence[str], *, errors: Any, class_name: str = ""
) -> rx.Component:
    """A labelled choice among countries by their two-letter codes (`PL`)."""
    return _search_select(label, name, errors, class_name, kind="country", value=value, codes=list(codes))


def _search_select(label: Text, name: str, errors: Any, class_name: str, **props: Any) -> rx.Component:
    control = _SearchSelect.create(
        id=name,
        name=name,
        labels={key: t(f"search_select.{key}") for key in ("search", "nothing", "none")},
        class_names=_CLASS_NAMES,
        lang=current_language(),
        wrong=field_error(errors, name) != "",
        described_by=f"{name}-error",
        **props,
    )
    return field(label, name, control, errors=errors, class_name=class_name)
