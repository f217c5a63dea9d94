"""Documents say what is there: every document, heading, path, command and name that anything mentions exists."""

import re
from pathlib import Path

from sekretarka.cli import main
from tests.support.documents import FENCE, LINK, anchors, code_words, committed, documents, fenced, lines, written
from tests.support.workspace import ROOT

DOCUMENT = re.compile(r"(?<![\w/.-])([\w./-]*[\w-]\.md)((?:,? ?#[\w-]+)*)(\s*(?:§|[A-Z]\d))?")
FOLDERS = (ROOT, ROOT / "docs", ROOT / "docs" / "decisions")
PATH = re.compile(r"\.?\w[\w.-]*(?:/[\w.*-]+)+/?|[\w-]+\.(?:py|jsx?|mjs|css|json|md|toml|txt|ini)")
MAKE = re.compile(r"(?:^|[`>&]|run: )\s*make ((?:[a-z][a-z-]*\s?)+)")
COMMAND = re.compile(r"(?:^|[`=|;&(]|bin/|run: )\s*sekretarka ([a-z][a-z-]+)")
NAME = re.compile(r"@?(?:[A-Za-z_]\w*\.)*([A-Za-z]\w*_\w+|[A-Z][a-z]+[A-Z]\w*|_\w+)(?:\(.*\))?")
# Names of frameworks and standards that our documents speak of; our own code does not use them.
FOREIGN = {"update_vars_internal", "redirect_slashes", "max_body_size", "__REFLEX_SKIP_COMPILE"}
FOREIGN |= {"DurationFormat", "SessionMiddleware", "form_post", "ExecReload", "log_format", "pg_basebackup"}
FOREIGN |= {"__REFLEX_MOUNT_FRONTEND_COMPILED_APP", "btree_gist", "pg_stat_activity", "max_connections"}


def test_every_document_and_heading_that_is_mentioned_exists() -> None:
    faults = []
    for path in written():
        for place in lines(path):
            for name, hashes, section in DOCUMENT.findall(LINK.sub("", place.text)):
                document = next((file for folder in (path.parent, *FOLDERS) if (file := folder / name).is_file()), None)
                if document is None:
                    faults.append(f"{place}: there is no {name}")
                elif section:
                    faults.append(f"{place}: name the heading, {name}#like-this")
                else:
                    slugs = re.findall(r"#([\w-]+)", hashes)
                    faults += [f"{place}: {name} has no #{slug}" for slug in slugs if slug not in anchors(document)]
    assert not faults, "\n".join(faults)


def test_every_link_of_a_document_leads_somewhere() -> None:
    faults = []
    for path in documents():
        for place, inside in fenced(path):
            for target in [] if inside else LINK.findall(place.text):
                name, _, anchor = target.partition("#")
                if re.match(r"https?:", name):
                    continue
                target_path = path.parent / name if name else path
                if not target_path.exists() or (anchor and anchor not in anchors(target_path)):
                    faults.append(f"{place}: {target} leads nowhere")
    assert not faults, "\n".join(faults)


def test_every_decision_is_in_the_index_and_every_document_in_the_readme() -> None:
    docs = ROOT / "docs"
    for index, listed in ((docs / "decisions" / "README.md", docs / "decisions"), (ROOT / "README.md", docs)):
        text = index.read_text(encoding="utf-8")
        missing = [path.name for path in listed.glob("*.md") if path != index and path.name not in text]
        assert not missing, f"{index.relative_to(ROOT)} does not list {missing}"
    numbers = [path.name[:4] for path in (docs / "decisions").glob("0*.md")]
    assert sorted(set(numbers)) == sorted(numbers), "two decisions have one number"


def exists(name: str) -> bool:
    """Whether a path from the root, or a file of that bare name, is in the repository."""
    if "/" not in name:
        return any(path.name == name for path in committed())
    paths = {str(path.relative_to(ROOT)) for path in committed()}
    pattern = re.escape(name.rstrip("/")).replace(r"\*", "[^/]*")
    return any(re.match(rf"{pattern}(?:/|$)", path) for path in paths)


def test_every_path_that_a_document_names_exists() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in committed()}
    faults = []
    for document in documents():
        for place, word in code_words(document):
            is_path = PATH.fullmatch(word) and ("." in word.rpartition("/")[2] or word.partition("/")[0] in tops)
            if is_path and not re.match(r"(?:data|\.web|\.states|\.venv)/?", word) and not exists(word):
                faults.append(f"{place}: there is no {word}")
    assert not faults, "\n".join(faults)


def commands(path: Path) -> list[tuple[str, str]]:
    """Lines that may hold commands: of documents the blocks of code and what is set as code, of the rest all."""
    if path.suffix != ".md":
        return [(str(place), place.text) for place in lines(path)]
    blocks = [(str(place), place.text) for place, inside in fenced(path) if inside and FENCE not in place.text]
    return blocks + [(str(place), f"`{word}") for place, word in code_words(path)]


def test_every_word_of_make_that_is_mentioned_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    faults = [
        f"{place}: there is no make {word}"
        for path in written()
        for place, text in commands(path)
        for arguments in MAKE.findall(text.partition("  #")[0])
        for word in arguments.split()
        if word not in targets
    ]
    assert not faults, "\n".join(faults)


def test_every_command_that_is_mentioned_exists() -> None:
    faults = [
        f"{place}: there is no sekretarka {word}"
        for path in written()
        for place, text in commands(path)
        for word in COMMAND.findall(text)
        if word not in main.commands
    ]
    assert not faults, "\n".join(faults)


def test_every_name_that_a_document_quotes_is_in_the_code() -> None:
    code = " ".join(path.read_text(encoding="utf-8") for path in written() if path.suffix != ".md")
    code += " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "sekretarka" / "locales").iterdir())
    names = set(re.findall(r"\w+", code)) | FOREIGN
    faults = [
        f"{place}: nothing is called {word}"
        for document in documents()
        for place, word in code_words(document)
        if (name := NAME.fullmatch(word)) and name[1] not in names
    ]
    assert not faults, "\n".join(faults)
