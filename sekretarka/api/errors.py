"""Failures as answers: the envelope of an error, and what the framework raises in our own words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.errors import (
    AppError,
    BadRequest,
    Conflict,
    Detail,
    Forbidden,
    Gone,
    Invalid,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    Throttled,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    UriTooLong,
)

JSON = "application/json"
BY_STATUS: dict[int, type[AppError]] = {
    error.status: error
    for error in (
        BadRequest,
        Unauthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        NotAcceptable,
        RequestTimeout,
        Conflict,
        Gone,
        PayloadTooLarge,
        UriTooLong,
        UnsupportedMediaType,
        Invalid,
        Throttled,
        Unavailable,
    )
}
# Pydantic's own words where they are not ours, or where they would repeat what was sent.
CODES = {"extra_forbidden": "unknown_field", "missing": "required", "model_attributes_type": "object_expected"}
MESSAGES = {
    "model_attributes_type": "This must be an object",
    "extra_forbidden": "This field is not known here",
    "missing": "This field is required",
    "uuid_parsing": "This is not a valid UUID",
}


def envelope(error: AppError) -> bytes:
    """`{"success": false, "error": {code, message, details?}}`."""
    body: dict[str, Any] = {"code": error.code, "message": error.text}
    details = error.details_json()
    if details is not None:
        body["details"] = details
    return json.dumps({"success": False, "error": body}, ensure_ascii=False, separators=(",", ":")).encode()


def answer(error: AppError) -> Response:
    """The response of an expected failure."""
    return Response(envelope(error), error.status, error.headers, JSON)


def of_status(status: int, headers: Mapping[str, str] | None = None) -> AppError:
    """The failure that a bare status stands for; what we do not know is the fixed 500."""
    kind = BY_STATUS.get(status, AppError if status >= 500 else BadRequest)
    error = kind()
    if isinstance(error, Throttled):
        error.headers["Retry-After"] = "1"
    error.headers.update(headers or {})
    return error


def of_validation(faults: Iterable[Mapping[str, Any]]) -> AppError:
    """What Pydantic found, without what was sent; an id in the path that is none names nothing: `NotFound`."""
    details: dict[tuple[str | int, ...], Detail] = {}
    for fault in faults:
        if fault["loc"][0] == "path":
            return NotFound()
        path = _path(fault["loc"])
        kind = str(fault["type"])
        details.setdefault(path, Detail(path, CODES.get(kind, kind), MESSAGES.get(kind, str(fault["msg"]))))
    return Invalid(details=list(details.values()))


def _path(location: Sequence[str | int]) -> tuple[str | int, ...]:
    """Where the fault is, without the names Pydantic gives to the members of a union."""
    if location[0] != "body":
        return tuple(location[:2])
    return tuple(part for part in location if isinstance(part, int) or part.isidentifier())


async def on_app_error(_request: Request, error: Exception) -> Response:
    """For FastAPI: an expected failure raised in a route."""
    assert isinstance(error, AppError)  # noqa: S101 - registered for this class
    return answer(error)


async def on_validation_error(_request: Request, error: Exception) -> Response:
    """For FastAPI: an input that does not fit its model."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    return answer(of_validation(error.errors()))


async def on_http_error(_request: Request, error: Exception) -> Response:
    """For FastAPI: a bare status raised by the framework."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    return answer(of_status(error.status_code, error.headers))
