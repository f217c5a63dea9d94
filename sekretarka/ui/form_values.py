"""Values of forms that are more than one text."""

import json
from typing import Any

from sekretarka.core.errors import Invalid


def parse_json(value: Any) -> Any:
    """The JSON that an editor of rows, boxes or hours hands over, as plain values; `Invalid` when it is none."""
    try:
        return json.loads(str(value))
    except (ValueError, RecursionError):
        raise Invalid from None
