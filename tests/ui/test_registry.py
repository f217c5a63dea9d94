"""No event handler without a decision: each one is secured, or reviewed as public, or refused by the guard."""

import re
from pathlib import Path

from sekretarka.core.permissions import Permission
from tests.support.workspace import ROOT
from tests.ui import registry

REVIEWED = Path(__file__).with_name("public_events.txt")
HEAD = (
    "# What anybody on the internet may call: Reflex's own events (ui/rules.py limits their arguments), then ours.\n"
    "# Made by `make regenerate`; a new line needs a reason.\n"
)
DECISIONS = {*map(str, Permission), "signed-in", "public", "framework"}


def public_events() -> str:
    """The text of `public_events.txt`."""
    names = sorted(event.name for event in registry.events() if event.access in ("public", "framework"))
    return HEAD + "".join(f"{name}\n" for name in names)


def test_every_event_has_an_access_rule() -> None:
    undecided = [
        event.name
        for event in registry.events()
        # `setvar` comes with every state; nothing declares it, so the guard rejects it.
        if event.access not in DECISIONS and not event.name.endswith(".setvar")
    ]
    assert undecided == [], "decorate these handlers with @secured(permission) or @public of sekretarka/ui/rules.py"


def test_only_reviewed_events_are_public() -> None:
    assert REVIEWED.read_text(encoding="utf-8") == public_events(), "if meant: make regenerate, then review its diff"


def test_no_var_has_a_setter() -> None:
    assert registry.read()["setters"] == []


def test_nothing_is_stored_where_a_browser_can_write_it() -> None:
    assert registry.read()["stored"] == []


def test_the_guard_is_the_first_middleware() -> None:
    assert registry.read()["middleware"][0] == "EventGuard"


def test_arguments_are_strict_and_closed() -> None:
    for event in registry.events():
        if event.schema:
            assert event.schema.get("additionalProperties") is False, event.name


def test_a_page_requires_what_its_data_requires() -> None:
    for page in registry.pages():
        if page.requires is None:
            # A user's own pages: their profile is read with a permission that every role has.
            assert set(page.access) <= {"signed-in", str(Permission.USERS_READ)}, page.path
        else:
            assert page.access[0] == page.requires, page.path


def test_every_page_of_the_folder_is_in_the_site_map() -> None:
    folder = ROOT / "sekretarka/ui/pages"
    declared = {f"sekretarka.ui.pages.{path.parent.name}.page" for path in folder.glob("*/page.py")}
    assert declared == {page.module for page in registry.pages()}, "its place is in sekretarka/ui/routes.py"


def test_every_shortcut_leads_to_one_page() -> None:
    shortcuts = registry.read()["shortcuts"]
    assert len(shortcuts) == len(set(shortcuts)), f"`keys` of two pages are the same: {sorted(shortcuts)}"
    assert all(re.fullmatch("g [a-z]", keys) for keys in shortcuts), "`keys` are two letters, like `g k`"


def test_every_address_has_one_page() -> None:
    paths = [page.path for page in registry.pages()]
    assert len(paths) == len(set(paths)) > 20
