"""Our scripts use what the pages are built from, in the versions they are tested with, and get the props they name."""

import json
import re
from collections.abc import Iterator

import reflex as rx

from sekretarka.ui import scripts
from tests.support.workspace import ROOT

UI = ROOT / "sekretarka" / "ui"
SCRIPTS = sorted([*UI.rglob("*.jsx"), *(UI / "components").glob("*.js")])
LINKED = f"$/public/external/{scripts.__name__.replace('.', '/')}/"
FROM_PACKAGE = re.compile(r"""(?:from|import)\s*\(?\s*["']((?:@[\w-]+/)?[\w-]+)""")


def versions(lock: str) -> dict[str, str]:
    """Package → version of a `package-lock.json`."""
    packages = json.loads((ROOT / lock).read_text())["packages"]
    return {path.removeprefix("node_modules/"): package["version"] for path, package in packages.items() if path}


def test_every_imported_package_is_built_and_tested_in_one_version() -> None:
    built, tested = versions("reflex.lock/package-lock.json"), versions("package-lock.json")
    imported = {name for path in SCRIPTS for name in FROM_PACKAGE.findall(path.read_text())}
    assert {"react", "luxon", "@base-ui/react"} <= imported
    assert {name: (built.get(name), tested.get(name)) for name in imported if built.get(name) != tested.get(name)} == {}


def components(of: type[rx.Component] = rx.Component) -> Iterator[type[rx.Component]]:
    for subclass in of.__subclasses__():
        if str(subclass.library).startswith(LINKED) and isinstance(subclass.tag, str):
            yield subclass
        yield from components(subclass)


def camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def unknown_props(component: type[rx.Component]) -> set[str]:
    """Props of a component that its script does not take; a script that takes `props` as a whole takes them all."""
    source = (UI / str(component.library).removeprefix(LINKED)).read_text()
    parameters = re.search(rf"^export function {component.tag}\(([^)]*?)\)", source, re.MULTILINE)
    assert parameters, f"{component.library} exports no {component.tag}"
    own = component.get_fields().keys() - rx.Component.get_fields().keys()
    if "{" not in parameters[1] or "..." in parameters[1]:
        return set()
    return {camel_case(name) for name in own} - set(re.findall(r"\w+", parameters[1]))


def test_scripts_take_the_props_that_components_pass() -> None:
    import sekretarka.ui.routes  # noqa: F401 - defines every component

    unknown_by_tag = {str(component.tag): unknown_props(component) for component in components()}
    assert {"AppointmentCalendar", "Week", "EditForm", "CommandCenter"} <= unknown_by_tag.keys()
    assert {tag: props for tag, props in unknown_by_tag.items() if props} == {}
