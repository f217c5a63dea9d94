"""The API changes only knowingly: its document is compared with the committed one (api.md#compatibility)."""

from pathlib import Path

from tests.support import processes

SNAPSHOT = Path(__file__).with_name("openapi.json")


def document() -> str:
    """The document as the command prints it."""
    printed = processes.run("openapi")
    assert printed.returncode == 0, printed.stderr
    return printed.stdout


def test_the_api_is_the_one_we_promised() -> None:
    assert document() == SNAPSHOT.read_text(encoding="utf-8"), "if meant: make regenerate"
