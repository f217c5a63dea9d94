"""The dark theme is the light one in other colours, so that tests may look for all other faults in one of the two."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STYLE = (ROOT / "assets" / "app.css").read_text(encoding="utf-8")
SOURCES = [path for path in (ROOT / "sekretarka").rglob("*") if path.suffix in (".py", ".js", ".jsx", ".css")]


def _values(selector: str) -> dict[str, str]:
    block = STYLE.partition(f"\n{selector} {{")[2].partition("\n}")[0]
    return {name: " ".join(value.split()) for name, value in re.findall(r"([\w-]+):\s*([^;]+);", block)}


def test_the_dark_theme_changes_colours_only() -> None:
    light, changed = _values(":root"), _values(".dark")
    assert light.keys() > changed.keys() > {"--background", "--text"}
    assert changed.pop("color-scheme") == "dark"
    assert [name for name, value in changed.items() if "oklch(" not in value] == []
    assert len(re.findall(r"\.dark\b|prefers-color-scheme", STYLE)) == 1, "any other rule may change more"


def test_no_component_changes_more_in_the_dark() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in SOURCES}
    utilities = {
        (path.name, utility) for path, text in texts.items() for utility in re.findall(r"\bdark:([\w-]+)", text)
    }
    assert utilities, "the pattern finds those there are"
    assert [found for found in utilities if not found[1].startswith(("bg-", "text-", "border-"))] == []


def test_pages_without_the_style_sheet_change_colours_only() -> None:
    texts = (re.sub(r'["\\\s]', "", path.read_text(encoding="utf-8")) for path in SOURCES)
    rules = [rule for text in texts for rule in re.findall(r"prefers-color-scheme:dark\)(\{[:\w].*?)\}\}", text)]
    assert len(rules) > 2, "the pattern finds those there are"
    properties = {name for rule in rules for name in re.findall(r"[{;]([\w-]+):", rule)}
    assert {name for name in properties if not name.startswith("--")} == {"color", "background"}
