"""Which schema the code needs, read from the migrations: importing Alembic costs every start half a second."""

import re
from functools import cache
from pathlib import Path

VERSIONS = Path(__file__).parents[3] / "alembic" / "versions"
REVISION = re.compile(r'^revision: str = "(\w+)"$', re.MULTILINE)
PREVIOUS = re.compile(r'^down_revision: .* = "(\w+)"$', re.MULTILINE)


@cache
def head_revisions() -> frozenset[str]:
    """Ids of the revisions that no other follows: the schema that the code needs."""
    texts = [path.read_text() for path in VERSIONS.glob("*.py")]
    revisions = {match[1] for text in texts if (match := REVISION.search(text))}
    return frozenset(revisions - {match[1] for text in texts if (match := PREVIOUS.search(text))})
