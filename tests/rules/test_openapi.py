"""The API changes only knowingly: its document is compared with the one kept here (api.md#compatibility)."""

from pathlib import Path

from tests.support import processes

KEPT = Path(__file__).with_name("openapi.json")


def test_the_api_is_the_one_we_promised() -> None:
    printed = processes.run("openapi")
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout == KEPT.read_text(encoding="utf-8"), "if meant: sekretarka openapi > tests/rules/openapi.json"
