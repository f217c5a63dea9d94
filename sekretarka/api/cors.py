"""Which pages of other origins may call us: an explicit list with credentials, nothing for anybody else."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from sekretarka.core.errors import BadRequest
from sekretarka.core.runtime.settings import settings
from sekretarka.http import errors

METHODS = "GET, HEAD, POST, PATCH, DELETE, OPTIONS"
REQUEST_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, "
    "X-Organization-Id, X-Request-Id, X-Auth-Return-Redirect"
)
EXPOSED_HEADERS = "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-API-Version, X-Request-Id"
MAX_AGE = "600"


def is_preflight(method: str, headers: Headers) -> bool:
    """Whether a browser asks before the real request."""
    return method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def preflight(headers: Headers) -> Response:
    """What an allowed origin may send; a rejection has no CORS headers, so the browser blocks it."""
    if headers["origin"] not in settings.origins:
        return errors.to_response(BadRequest("This origin is not allowed"))
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": REQUEST_HEADERS,
            "Access-Control-Max-Age": MAX_AGE,
        },
    )


def expose(origin: str | None, headers: MutableHeaders) -> None:
    """Let a page of an allowed origin read this answer."""
    if origin in settings.origins:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Allow-Credentials"] = "true"
        headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
