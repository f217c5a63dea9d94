"""The API changes only knowingly: its document is compared with the committed one (api.md#compatibility)."""

import json
from pathlib import Path

from sekretarka import asgi
from tests.support import openapi_snapshot, processes

SNAPSHOT = Path(__file__).with_name("openapi")


def test_the_api_is_the_one_that_was_reviewed() -> None:
    reviewed = {path.stem: path.read_text(encoding="utf-8") for path in SNAPSHOT.glob("*.txt")}
    assert openapi_snapshot.files(asgi.openapi()) == reviewed, "if meant: make regenerate, then review its diff"


def test_the_command_prints_the_document() -> None:
    printed = processes.run("openapi")
    assert printed.returncode == 0, printed.stderr
    assert json.loads(printed.stdout) == asgi.openapi()
