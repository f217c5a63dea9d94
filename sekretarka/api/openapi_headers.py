"""Headers in the document: versions as entity tags, conditions on them, and keys of requests that may come again."""

from typing import Any

from sekretarka.http import conditional, errors
from sekretarka.http.bodies import MERGE_PATCH

Json = dict[str, Any]
TEXT = {"type": "string"}
# Bare, or a quoted string of structured fields, which is the same key (`core/web/idempotency.py`).
KEY = r'^([\x21\x23-\x7e][\x21-\x7e]{0,254}|"([\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255}")$'
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeated requests with the same key within 24 hours get the first response again.",
    "schema": {"type": "string", "pattern": KEY},
}
# The first replaces the session of the request: a client that lost the response has no credential left to repeat it
# with. The second changes nothing.
NOT_REPEATABLE = {"/api/v1/users/me/password", "/api/auth/invitation"}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "Entity tags, one of which the resource must have now; otherwise 412.",
    "schema": TEXT,
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "Entity tags of answers you have; if one is still right, 304 without a body.",
    "schema": TEXT,
}
ETAG = {"description": 'For `If-None-Match` and `If-Match`, such as `"v3-1a2b3c4d"`.', "schema": TEXT}
LOCATION = {"description": "Where the new resource is.", "schema": TEXT}
REPLAYED = {"description": "`true` when this is the stored response to an earlier request.", "schema": TEXT}
NOT_MODIFIED = {"description": "Nothing is new.", "headers": {"ETag": ETAG}}
IF_UPDATED_AT = {
    "type": "string",
    "format": "date-time",
    "description": "The `updatedAt` that the resource must have now; otherwise 412.",
}


def add(schemas: Json, path: str, method: str, operation: Json) -> None:
    """Add to the operation, in place, the headers of versions and idempotency keys and the media types of a patch, and
    `ifUpdatedAt` to the schema of its body."""
    parameters: list[Json] = operation.setdefault("parameters", [])
    good = {status: response for status, response in operation["responses"].items() if status.startswith("2")}
    if is_repeatable(path, method):
        parameters.append(IDEMPOTENCY_KEY)
    if has_condition(path, method):
        parameters.append(IF_MATCH)
    if method == "patch" and path.startswith("/api/v1/"):
        content = operation["requestBody"]["content"]
        content[MERGE_PATCH] = content[errors.JSON]
        schemas[content[errors.JSON]["schema"]["$ref"].rpartition("/")[2]]["properties"][conditional.UPDATED_AT] = (
            IF_UPDATED_AT
        )
    for status, response in good.items():
        headers = _headers(path, method, status, response)
        if headers:
            response["headers"] = headers
    if method == "get" and any("ETag" in response.get("headers", {}) for response in good.values()):
        parameters.append(IF_NONE_MATCH)
        operation["responses"]["304"] = NOT_MODIFIED
    if not parameters:
        del operation["parameters"]


def _headers(path: str, method: str, status: str, response: Json) -> Json:
    headers: Json = {}
    example = response["content"].get(errors.JSON, {}).get("example") or {}
    data = example.get("data")
    if path.startswith("/api/v1/") and data and (method == "get" or "version" in data):
        headers["ETag"] = ETAG
    if path.startswith("/api/v1/") and status == "201":
        headers["Location"] = LOCATION
    if is_repeatable(path, method):
        headers["Idempotency-Replayed"] = REPLAYED
    return headers


def is_repeatable(path: str, method: str) -> bool:
    """Whether a request may carry an `Idempotency-Key`."""
    return method == "post" and path not in NOT_REPEATABLE and path.startswith(("/api/v1/", "/api/auth/"))


def has_condition(path: str, method: str) -> bool:
    """Whether a request changes something that is there already, so that it may demand which version."""
    on_one = method == "patch" or (method == "delete" and path.endswith("}")) or (method == "post" and "_id}" in path)
    return path.startswith("/api/v1/") and on_one
