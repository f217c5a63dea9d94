"""No event handler without a decision: each one is secured, or reviewed as public, or refused by the guard."""

from pathlib import Path

from sekretarka.core.permissions import Permission
from tests.ui import registry

PUBLIC = Path(__file__).with_name("public_events.txt")
DECISIONS = {*map(str, Permission), "signed-in"}


def _reviewed() -> list[str]:
    return [line for line in PUBLIC.read_text().splitlines() if line and not line.startswith("#")]


def test_every_event_is_secured_or_reviewed_as_public() -> None:
    undecided = [
        event.name
        for event in registry.events()
        # `setvar` comes with every state; nothing declares it, so the guard refuses it.
        if event.access not in DECISIONS and event.name not in _reviewed() and not event.name.endswith(".setvar")
    ]
    assert undecided == []


def test_the_reviewed_list_is_exactly_what_anybody_may_call() -> None:
    found = sorted(event.name for event in registry.events() if event.access in ("public", "framework"))
    assert found == sorted(_reviewed())


def test_no_var_has_a_setter() -> None:
    assert registry.read()["setters"] == []


def test_nothing_is_kept_where_a_browser_can_write_it() -> None:
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


def test_every_address_has_one_page() -> None:
    paths = [page.path for page in registry.pages()]
    assert len(paths) == len(set(paths)) > 20
