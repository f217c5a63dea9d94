"""Every form of every page is the shared one, which asks before it is left and sends only what was changed."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.workspace import ROOT
from tests.ui import forms as forms_of_pages
from tests.ui import registry
from tests.ui.forms import name_of, prop

# Forms that are left without a question, each for its reason.
OPT_OUT = {
    "Composer": "a message is sent, not saved: there is no record that somebody else could change meanwhile",
    "AuthForm": "passwords, and pages of somebody who is not signed in yet",
    "TypedConfirm": "a name that is typed to confirm, and is of no use elsewhere",
}
COMPONENTS = ROOT / "sekretarka/ui"
EVENT = re.compile(r'"(reflex___state____state[\w.]+)"')


@pytest.fixture(scope="module")
def drawn() -> list[tuple[dict[str, Any], str]]:
    return forms_of_pages.nodes()


@pytest.fixture(scope="module")
def forms(drawn: list[tuple[dict[str, Any], str]]) -> dict[str, dict[str, Any]]:
    """By its name, every form of the shared component."""
    names = forms_of_pages.form_names(drawn)
    assert len(set(names)) == len(names) > 20, "a form's name is that of its drafts, which no other form may have"
    return dict(zip(names, (node for node, _ in drawn if name_of(node) == "EditForm"), strict=True))


def test_no_page_has_a_form_of_its_own(drawn: list[tuple[dict[str, Any], str]]) -> None:
    assert [node for node, _ in drawn if name_of(node) == "form"] == [], (
        "`state_form` and `new_form` of ui/page_views.py"
    )


def test_long_text_is_typed_into_the_shared_form_only(drawn: list[tuple[dict[str, Any], str]]) -> None:
    typed = [inside for node, inside in drawn if name_of(node) in ("textarea", "Rows")]
    assert set(typed) == {"EditForm"}


def test_a_conflict_can_name_every_field_without_a_label_of_its_own(drawn: list[tuple[dict[str, Any], str]]) -> None:
    editors = [node for node, _ in drawn if name_of(node) in ("CheckboxGroup", "Days", "Rows", "Week")]
    assert len(editors) > 5
    assert [prop(node, "name") for node in editors if '["label"] :' not in (prop(node, "labels") or "")] == []


def test_components_with_a_form_are_the_shared_one_or_named() -> None:
    def components(script: Path) -> set[str]:
        parts = re.split(r"^export (?:default )?function (\w+)", script.read_text(encoding="utf-8"), flags=re.MULTILINE)
        return {name for name, body in zip(parts[1::2], parts[2::2], strict=True) if "<form" in body}

    found = {name for script in COMPONENTS.rglob("*.jsx") for name in components(script)}
    assert found == {"EditForm", *OPT_OUT}


def test_every_form_of_a_record_sends_what_was_changed(forms: dict[str, dict[str, Any]]) -> None:
    """And every event that takes such an edit has its form: there is no other way to send all fields of a record."""
    of_records = [node for node in forms.values() if prop(node, "record")]
    submitted = {event for node in of_records for event in EVENT.findall(prop(node, "onSubmit") or "")}
    takes_edit = {event.name for event in registry.events() if "Edit" in event.schema.get("$defs", {})}
    assert submitted == takes_edit
    assert len(takes_edit) >= 15


def test_every_form_knows_whose_drafts_it_has(forms: dict[str, dict[str, Any]]) -> None:
    for name, node in forms.items():
        assert "user_id" in (prop(node, "owner") or ""), name
