"""Every visible word is in both languages, every key is used, and no page says anything that is not a key."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekretarka.core.errors import AppError
from sekretarka.core.text.i18n import Text, texts

PACKAGE = Path(__file__).parents[2] / "sekretarka"
SOURCES = sorted(PACKAGE.rglob("*.py"))
PAGES = sorted((PACKAGE / "ui").rglob("*.py"))
SCRIPTS = sorted((PACKAGE / "ui").rglob("*.jsx"))
PL_FORMS, EN_FORMS = {"one", "few", "many", "other"}, {"one", "other"}
WORD = re.compile(r"[^\W\d_]{2,}")
# Names of languages stand in their own language, keys are printed on keyboards.
SAME_EVERYWHERE = {"Polski", "English", "Ctrl K"}


def _strings(path: Path) -> Iterator[tuple[str, str | None]]:
    """Every string of a module; an f-string as its constant head and tail."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, None
        elif isinstance(node, ast.JoinedStr) and node.values:
            first, last = node.values[0], node.values[-1]
            head = first.value if isinstance(first, ast.Constant) else ""
            tail = last.value if isinstance(last, ast.Constant) else ""
            yield str(head), str(tail)


def _calls(path: Path, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in names:
                yield node


def _placeholders(text: Text) -> set[str]:
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for name in re.findall(r"\{(\w+)\}", form)}


def test_both_languages_have_the_same_keys() -> None:
    assert set(texts("pl")) == set(texts("en")), "a key stands in both sekretarka/locales/pl.json and en.json"


def test_both_languages_take_the_same_values_and_have_all_plural_forms() -> None:
    for key, polish in texts("pl").items():
        english = texts("en")[key]
        assert _placeholders(polish) == _placeholders(english), f"{key} takes the same {{values}} in both languages"
        assert isinstance(polish, dict) == isinstance(english, dict), key
        for forms, text in ((PL_FORMS, polish), (EN_FORMS, english)):
            if isinstance(text, dict):
                assert set(text) == forms, f"{key} needs the forms {sorted(forms)}"
                assert all("{n}" in form for form in text.values()), key
            else:
                assert text.strip() == text != "", key


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_key_that_is_asked_for_exists(path: Path) -> None:
    keys = set(texts("pl"))
    for call in _calls(path, "t", "translate"):
        where = 0 if getattr(call.func, "id", getattr(call.func, "attr", "")) == "t" else 1
        key = call.args[where] if len(call.args) > where else None
        if isinstance(key, ast.Constant):
            assert key.value in keys, f"{path.name}:{call.lineno}: add {key.value!r} to sekretarka/locales/*.json"
        elif isinstance(key, ast.JoinedStr) and isinstance(key.values[0], ast.Constant):
            head = str(key.values[0].value)
            assert any(name.startswith(head) for name in keys), (
                f"{path.name}:{call.lineno}: add {head}… to sekretarka/locales/*.json"
            )


def test_every_key_is_used() -> None:
    whole: set[str] = set()
    parts: set[tuple[str, str]] = set()
    for path in SOURCES:
        for head, tail in _strings(path):
            if tail is None:
                whole.add(head)
            elif "." in head:
                parts.add((head, tail))
    # `localize(code, "prefix", …)` and `badge` tables name a prefix; errors are named by their code.
    prefixes = {word + "." for word in whole if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", word)} | _said_prefixes()
    for key in texts("pl"):
        used = (
            key in whole
            or any(key.startswith(head) and key.endswith(tail) for head, tail in parts)
            or any(key.startswith(prefix) for prefix in prefixes)
            or key.removeprefix("error.") in AppError.registry
        )
        assert used or key == "error.INTERNAL_SERVER_ERROR", (
            f"nothing uses {key}: take it out of sekretarka/locales/*.json"
        )


def _said_prefixes() -> set[str]:
    calls = (call for path in PAGES for call in _calls(path, "localize") if len(call.args) > 1)
    return {f"{call.args[1].value!s}." for call in calls if isinstance(call.args[1], ast.Constant)}


def test_every_expected_failure_has_its_sentence() -> None:
    missing = {code for code in AppError.registry if f"error.{code}" not in texts("pl")}
    assert not missing, "add error.<CODE> of these to sekretarka/locales/*.json"


MOVE = "move the text to sekretarka/locales/*.json and use t(key)"
SHOWN = {"label", "title", "placeholder", "hint", "aria_label", "description", "message", "alt", "subtitle", "action"}
ELEMENTS = {
    "p",
    "span",
    "h1",
    "h2",
    "h3",
    "button",
    "label",
    "option",
    "a",
    "li",
    "td",
    "th",
    "caption",
    "legend",
    "strong",
}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_page_has_literal_texts(path: Path) -> None:
    for call in _calls(path, *ELEMENTS):
        for child in call.args:
            if isinstance(child, ast.Constant) and isinstance(child.value, str) and child.value not in SAME_EVERYWHERE:
                assert not WORD.search(child.value), f"{path.name}:{child.lineno} shows {child.value!r}: {MOVE}"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg in SHOWN and isinstance(node.value, ast.Constant):
            word = node.value.value
            assert not (isinstance(word, str) and re.search(r"[A-ZĄĆĘŁŃÓŚŹŻ ]", word) and WORD.search(word)), (
                f"{path.name}:{node.value.lineno} shows {word!r}: {MOVE}"
            )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_has_literal_texts(path: Path) -> None:
    source = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    texts_in_markup = re.findall(r">\s*([A-Za-zĄ-ż][^<>{}()=;]*?)\s*</", source)
    texts_in_markup += re.findall(r"(?:aria-label|title|placeholder)=\"([^\"]+)\"", source)
    assert texts_in_markup == [], MOVE
