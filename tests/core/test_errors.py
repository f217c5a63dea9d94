"""The tree of exceptions that `core/errors.py` draws is the one it has."""

import re

from sekretarka.core import errors
from sekretarka.core.errors import AppError


def drawn() -> dict[str, tuple[str, bool]]:
    """Each class of the drawing, the one it stands under, and whether it is marked as temporary."""
    classes: dict[str, tuple[str, bool]] = {}
    parents: dict[int, str] = {}
    for line in re.findall(r"^( +)· (.*)$", errors.__doc__ or "", re.MULTILINE):
        indent, names = len(line[0]), line[1].split("·")
        parent = parents.get(indent - 4, "AppError")
        for text in names:
            name = text.split()[0]
            classes[name] = (parent, text.strip().endswith("*"))
        parents[indent] = names[0].split()[0]
    return classes


def test_every_exception_stands_under_its_base() -> None:
    classes = {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, AppError) and kind is not AppError
    }
    own = {
        name: (kind.__mro__[1].__name__, "temporary" in vars(kind) and kind.temporary) for name, kind in classes.items()
    }
    assert drawn() == own
