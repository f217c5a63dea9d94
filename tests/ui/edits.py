"""What the form of a record hands over, as components/form.jsx makes it."""

from typing import Any


def edit(record: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The payload of a save: `changes` against the `record` that the form was filled from."""
    base = {name: record["values"].get(name) for name in changes}
    return {"edit": {"id": record["id"], "version": record["version"], "base": base, "changes": changes}}
