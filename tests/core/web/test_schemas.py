"""Texts and names: what cannot be seen is no text, in every input there is."""

import importlib
import pkgutil
import unicodedata
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import sekretarka
from sekretarka.core.text.characters import is_blank
from sekretarka.core.web.schemas import BoundedStr, Input, SearchTerm
from sekretarka.domain.conversations.schemas import ConversationCreate
from sekretarka.providers.call_events import CallPayload

NAME: TypeAdapter[str] = TypeAdapter(Annotated[str, BoundedStr(120, 1)])
NOTE: TypeAdapter[str] = TypeAdapter(Annotated[str, BoundedStr(120)])
FORMAT = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
OTHERS = [
    *"\u034f\u115f\u1160\u17b4\u180b\u180f\u2065\u2800\u3164\ufe00\ufe0f\uffa0\ufff0\U000e0100\U000e01ef\U0001d159"
]
ALONE = ["\u0301", "a\u0301"[1:] * 3, "\u20dd", "\u0903", " \u200b\u00a0\u3000 ", "\u200d\ufe0f", "\u3164\u3164"]
VISIBLE = [
    *("Ż", "-", "1", "💈", "👩\u200d🦰", "❤\ufe0f", "علی\u200cرضا", "क\u094d\u200dष", "김", "नमस्ते", "e\u0301"),
    "Iga\u200b",
]


@pytest.mark.parametrize("text", VISIBLE)
def test_names_that_can_be_seen_stay_as_they_are(text: str) -> None:
    assert NAME.validate_python(text) == text


def test_names_of_invisible_characters_are_too_short() -> None:
    for text in [*FORMAT, *OTHERS, *ALONE]:
        assert is_blank(text), ascii(text)
        with pytest.raises(ValidationError) as raised:
            NAME.validate_python(text)
        assert raised.value.errors()[0]["type"] in ("string_too_short", "control_character"), ascii(text)


def test_optional_text_of_invisible_characters_is_empty() -> None:
    assert NOTE.validate_python(" \u200b\u2800") == ""


@pytest.mark.parametrize("override", [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))])
def test_direction_overrides_are_rejected(override: str) -> None:
    with pytest.raises(ValidationError):
        NAME.validate_python(f"Iga{override}agI")


def test_a_search_drops_what_a_copied_number_comes_in() -> None:
    assert TypeAdapter(SearchTerm).validate_python("\u202a+48 601\x00\u202c") == "+48 601"


def inputs() -> list[tuple[type[BaseModel], str]]:
    """Every field of an input that names something."""
    for module in pkgutil.walk_packages(sekretarka.__path__, "sekretarka."):
        if module.name.startswith("sekretarka.domain."):
            importlib.import_module(module.name)
    kinds: list[Any] = [Input]
    for kind in kinds:
        kinds += [sub for sub in kind.__subclasses__() if sub not in kinds]
    return sorted(
        ((kind, name) for kind in kinds for name in kind.model_fields if name == "name" or name.endswith("_name")),
        key=lambda it: (it[0].__name__, it[1]),
    )


@pytest.mark.parametrize(("model", "field"), inputs(), ids=lambda it: it if isinstance(it, str) else it.__name__)
def test_no_input_takes_an_invisible_name(model: type[BaseModel], field: str) -> None:
    about = model.model_fields[field]
    metadata: tuple[Any, ...] = (*about.metadata, "input")
    kind: TypeAdapter[Any] = TypeAdapter(Annotated[(about.annotation, *metadata)])  # type: ignore[arg-type]
    for text in ("\u200b", "\u3164", "\u2800\ufe0f", "\u0301", ""):
        if model is ConversationCreate:
            assert kind.validate_python(text) == "", "a caller without a name is nobody"
            continue
        with pytest.raises(ValidationError) as raised:
            kind.validate_python(text)
        assert raised.value.errors()[0]["type"] == "string_too_short"


@pytest.mark.parametrize("name", ["\u200b", "\u3164 \u2800", "", " "])
def test_a_voice_provider_names_nobody_by_what_cannot_be_seen(name: str) -> None:
    assert CallPayload.model_validate({"callerName": name}).caller_name is None


def test_the_names_are_found() -> None:
    found = {(model.__name__, field) for model, field in inputs()}
    assert {("ClientCreate", "name"), ("Registration", "organization_name"), ("AppointmentCreate", "client_name"),
            ("ApiKeyPatch", "name"), ("UserPatch", "name")} <= found  # fmt: skip
