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
EXPOSED_HEADERS = (
    "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-API-Version, X-Request-Id"
)
MAX_AGE = "600"


def is_preflight(method: str, headers: Headers) -> bool:
    """Whether a request is a browser's CORS preflight."""
    return method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def preflight(headers: Headers) -> Response:
    """204 with what an allowed origin may send, else 400 without CORS headers, so that the browser blocks the
    request."""
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
    """Add, in place, the headers that let a page of an allowed origin read the response; nothing for other origins."""
    if origin in settings.origins:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Allow-Credentials"] = "true"
        headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
