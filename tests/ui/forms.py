"""The forms of all pages, as they are drawn."""

from collections.abc import Iterator
from typing import Any

from sekretarka.ui.routes import PAGES, SITE


def nodes() -> list[tuple[dict[str, Any], str]]:
    """Each element of every page, and the component of the form that it stands in, "" for none."""
    return [found for page in PAGES for found in _nodes(page.component(SITE)().render())]


def _nodes(node: Any, inside: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(node, dict):
        if "name" in node:
            yield node, inside
            inside = name_of(node) if name_of(node) == "EditForm" else inside
        for child in node.values():
            yield from _nodes(child, inside)
    elif isinstance(node, (list, tuple)):
        for child in node:
            yield from _nodes(child, inside)


def name_of(node: dict[str, Any]) -> str:
    """The tag of an element."""
    return str(node["name"]).strip('"')


def prop(node: dict[str, Any], name: str) -> str | None:
    """A prop as JavaScript, None when it is not given."""
    props = {key: value for key, _, value in (str(given).partition(":") for given in node["props"])}
    return props.get(name)


def form_names(drawn: list[tuple[dict[str, Any], str]]) -> list[str]:
    """The name of each form of the shared component."""
    return [str(prop(node, "name")).strip('"') for node, _ in drawn if name_of(node) == "EditForm"]
