"""Responses of errors: their envelope, and our error for each one that the framework raises."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.errors import (
    AppError,
    BadRequest,
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    RequestTimeout,
    Throttled,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    UriTooLong,
)
from sekretarka.core.web import validation

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
        PreconditionFailed,
        PayloadTooLarge,
        UriTooLong,
        UnsupportedMediaType,
        Invalid,
        Throttled,
        Unavailable,
    )
}


def body_of(error: AppError) -> bytes:
    """`{"success": false, "error": {code, message, details?, say?}}`."""
    body: dict[str, Any] = {"code": error.code, "message": error.text}
    details = error.details_json()
    if details is not None:
        body["details"] = details
    if error.spoken is not None:
        body["say"] = error.spoken
    return json.dumps({"success": False, "error": body}, ensure_ascii=False, separators=(",", ":")).encode()


def to_response(error: AppError) -> Response:
    """The response of an `AppError`: its status, headers and `body_of` it."""
    return Response(body_of(error), error.status, error.headers, JSON)


def from_status(status: int, headers: Mapping[str, str] | None = None) -> AppError:
    """The failure that a bare status stands for; a status not in `BY_STATUS` is `AppError` (500) from 500 on, else
    `BadRequest` (400)."""
    kind = BY_STATUS.get(status, AppError if status >= 500 else BadRequest)
    error = kind()
    if isinstance(error, Throttled):
        error.headers["Retry-After"] = "1"
    error.headers.update(headers or {})
    return error


def from_validation(faults: Sequence[Mapping[str, Any]]) -> AppError:
    """`Invalid` with a detail for each fault of Pydantic's `errors()`; `NotFound` when one is in the path."""
    if any(fault["loc"][0] == "path" for fault in faults):
        return NotFound()
    return Invalid(details=validation.details(faults))


async def on_app_error(_request: Request, error: Exception) -> Response:
    """For FastAPI: an expected failure raised in a route."""
    assert isinstance(error, AppError)  # noqa: S101 - registered for this class
    return to_response(error)


async def on_validation_error(_request: Request, error: Exception) -> Response:
    """For FastAPI: an input that does not fit its model."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    return to_response(from_validation(error.errors()))


async def on_http_error(_request: Request, error: Exception) -> Response:
    """For FastAPI: a bare status raised by the framework."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    return to_response(from_status(error.status_code, error.headers))
