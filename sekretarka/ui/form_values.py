"""Values of forms that are more than one text."""

import json
import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sekretarka.core.errors import Invalid

_AMOUNT = re.compile(r"(\d{1,10})(?:[.,](\d{1,2}))?", re.ASCII)


def parse_amount(text: str, field: str) -> int:
    """`120`, `1 200,50` or `120.5` as minor units; `Invalid` (`invalid_price` or `missing`) of `field` otherwise."""
    match = _AMOUNT.fullmatch("".join(text.split()))
    if match is None:
        code = "invalid_price" if text.strip() else "missing"
        raise Invalid.field(["body", field], code, "Write 120 or 120.50")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def format_amount(amount: int) -> str:
    """Minor units as one would type them: `120` or `120,50`."""
    units, rest = divmod(amount, 100)
    return f"{units},{rest:02}" if rest else str(units)


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
