"""Writes the committed files that are made from the code, for `make regenerate`; their diff is what is reviewed."""

from tests.api import test_roles
from tests.rules import test_openapi
from tests.support import env_example
from tests.support.workspace import ROOT
from tests.ui import test_matrix

MADE = {
    ROOT / ".env.example": env_example.example,
    ROOT / "tests" / "api" / "roles.txt": test_roles.table,
    ROOT / "tests" / "ui" / "roles.txt": test_matrix.table,
    test_openapi.SNAPSHOT: test_openapi.document,
}

if __name__ == "__main__":
    for path, text in MADE.items():
        path.write_text(text(), encoding="utf-8")
