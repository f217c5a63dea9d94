"""Writes the committed files that are made from the code, for `make regenerate`; their diff is what is reviewed."""

from pathlib import Path

from sekretarka import asgi
from tests.api import test_roles
from tests.rules import test_openapi
from tests.support import env_example, openapi_snapshot
from tests.support.workspace import ROOT
from tests.ui import test_matrix, test_registry


def generated_files() -> dict[Path, str]:
    """Path → text of every such file."""
    document = openapi_snapshot.files(asgi.openapi())
    return {
        ROOT / ".env.example": env_example.example(),
        test_roles.REVIEWED: test_roles.table(),
        test_matrix.REVIEWED: test_matrix.table(),
        test_registry.REVIEWED: test_registry.public_events(),
        **{test_openapi.SNAPSHOT / f"{name}.txt": text for name, text in document.items()},
    }


if __name__ == "__main__":
    texts = generated_files()
    for path in set(test_openapi.SNAPSHOT.glob("*.txt")) - set(texts):
        path.unlink()  # a resource that is gone
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
