"""Reads the project's documents: headings, links, what is set as code, and which files may mention them."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.workspace import ROOT

SOURCES = {".py", ".js", ".jsx", ".mjs", ".css", ".html", ".toml", ".mako", ".ini"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
ANCHOR = re.compile(r'<a id="([\w-]+)">')
FENCE = "```"


@dataclass(frozen=True)
class Place:
    """A line of a committed file, for the message of a failing test."""

    path: Path
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.number}"


@cache
def committed() -> tuple[Path, ...]:
    """Every file of the repository, new ones that git does not ignore included."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(path for name in sorted(set(listed.stdout.split("\0"))) if name and (path := ROOT / name).is_file())


def documents() -> list[Path]:
    """The Markdown files."""
    return [path for path in committed() if path.suffix == ".md"]


def written() -> list[Path]:
    """Everything in which a person may mention a document, a command or a path."""
    named = {"Makefile", ".env.example", "run", "venv"}
    return [path for path in committed() if path.suffix in SOURCES | {".md"} or path.name in named]


def lines(path: Path) -> Iterator[Place]:
    """The file line by line."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        yield Place(path, number, text)


def fenced(path: Path) -> Iterator[tuple[Place, bool]]:
    """A document line by line, and whether the line stands in a block of code."""
    inside = False
    for place in lines(path):
        if place.text.lstrip().startswith(FENCE):
            inside = not inside
        yield place, inside


def code_words(path: Path) -> Iterator[tuple[Place, str]]:
    """What a document sets as code: each `word` of its text."""
    for place, inside in fenced(path):
        if not inside:
            for word in CODE.findall(place.text):
                yield place, word


@cache
def anchors(path: Path) -> frozenset[str]:
    """What a reference with `#` may name: headings as GitHub writes them in addresses, and ids set by hand."""
    names: list[str] = []
    for place, inside in fenced(path):
        if not inside and place.text.startswith("#"):
            title = re.sub(r"[^\w\- ]", "", place.text.lstrip("#").strip().lower())
            names.append(title.replace(" ", "-"))
        names += ANCHOR.findall(place.text)
    return frozenset(names)
