"""Hooks of Schemathesis: half of the ids in paths are rows that exist, and who is foreign to them gets nothing."""

import json
import os
import random
from typing import Any
from uuid import UUID

import schemathesis

from sekretarka.providers.call_ids import usable

IDS: dict[str, list[str]] = json.loads(os.environ["CONTRACT_IDS"])
KNOWN = {row_id for ids in IDS.values() for row_id in ids}
IS_FOREIGN = os.environ["CONTRACT_FOREIGN"] == "yes"
chance = random.Random(1)


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """What is a UUID becomes one of ours; what is none is meant to be refused and stays."""
    return {name: _known(name, value) for name, value in (path_parameters or {}).items()}


def _known(name: str, value: Any) -> Any:
    try:
        UUID(str(value))
    except ValueError:
        return value
    return chance.choice(IDS[name]) if name in IDS and chance.random() < 0.5 else value


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """A text that could be the id of a call but names none, as `undefined`, is refused; a schema cannot say which."""
    named = isinstance(body, dict) and context.operation.path.endswith("/conversations")
    call_id = body.get("callId") if named else None
    if isinstance(call_id, str) and 0 < len(call_id.strip()) <= 255 and usable(call_id) is None:
        return {**body, "callId": "call_1"}
    return body


@schemathesis.check
def foreign_rows_are_not_there(ctx: Any, response: Any, case: Any) -> None:
    """Nobody from elsewhere gets anything by the id of a row of ours."""
    named = set(map(str, (case.path_parameters or {}).values()))
    if IS_FOREIGN and named & KNOWN:
        assert response.status_code >= 400
        assert not any(row_id in response.text for row_id in KNOWN)
