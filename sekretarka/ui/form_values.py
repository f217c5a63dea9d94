"""Values of forms that are more than one text."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sekretarka.core.errors import Invalid


def parse_json(value: Any) -> Any:
    """The JSON that an editor of rows, boxes or hours hands over, as plain values; `Invalid` when it is none."""
    try:
        return json.loads(str(value))
    except (ValueError, RecursionError):
        raise Invalid from None


def parse_ids(value: Any) -> list[UUID]:
    """The ids of a JSON list, empty when it is no list; `Invalid` when it is no JSON or holds anything else."""
    parsed = parse_json(value)
    try:
        return [UUID(item) for item in parsed] if isinstance(parsed, list) else []
    except (ValueError, AttributeError, TypeError):
        raise Invalid from None


def merged_ids(present: Iterable[UUID], before: Any, wanted: Any) -> set[UUID]:
    """`present` with what an editor added to the list `before` (ids as JSON has them) and took away from it to get
    `wanted` (a JSON text): who else was added or taken away meanwhile stays so. `Invalid` as `parse_ids`."""
    ids, known = set(parse_ids(wanted)), set(parse_ids(json.dumps(before)))
    return (set(present) | (ids - known)) - (known - ids)
