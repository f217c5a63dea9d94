"""What every answer under `/api` promises (api.md#envelope), checked on every response that any test receives."""

import re
from collections import Counter
from typing import Any

import httpx2

from sekretarka.core.errors import AppError

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
CODE = re.compile(r"[A-Z][A-Z0-9_]+")
PAGING = {"page", "limit", "total", "nextCursor", "prevCursor"}
SECRETIVE = re.compile(r"hash|secret|token|stripe_customer", re.IGNORECASE)
# Their whole point is to show a secret to who may see it.
SHOWN = ("/connection/secret", "/connection/rotate", "/api/auth/csrf")
# What is no envelope when it goes well (api.md#responses-without-an-envelope).
AUTH = "/api/auth/"
ENVELOPED = tuple(f"{AUTH}{name}" for name in ("register", "invitation", "password/", "verify-email"))
BARE = (
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/api/openapi.json",
    "/api/docs",
    "/api/webhooks/smsapi/",
    "/api/webhooks/twilio/",
)

checked: Counter[int] = Counter()


async def check_async(response: httpx2.Response) -> None:
    """An event hook for asynchronous clients."""
    if not is_stream(response):
        await response.aread()
    check(response)


def check_sync(response: httpx2.Response) -> None:
    """An event hook for plain clients."""
    if not is_stream(response):
        response.read()
    check(response)


def is_stream(response: httpx2.Response) -> bool:
    """Server-sent events end when they like."""
    is_events: bool = response.headers.get("content-type", "").startswith("text/event-stream")
    return is_events and response.request.method != "HEAD"


def check(response: httpx2.Response) -> None:
    """Fail when an answer breaks a promise."""
    request, path = response.request, response.request.url.path
    if not path.startswith("/api/"):
        return
    if response.headers.get("server") == "granian" and not response.content and "x-request-id" not in response.headers:
        return  # the server's own 400 and 414, before any application (api.md#malformed-requests)
    checked[response.status_code] += 1
    _check_headers(response)
    method = request.method
    if is_stream(response):
        return
    if method == "HEAD" or response.status_code in (204, 304):
        assert response.content == b"", "no body here"
        return
    if response.status_code < 400 and (
        path.startswith(BARE) or path.endswith(".ics") or (path.startswith(AUTH) and not path.startswith(ENVELOPED))
    ):
        return
    if path == f"{AUTH}session" and response.status_code == 400:
        return  # Auth.js says `null`
    assert response.headers["content-type"] == "application/json"
    _check_body(response.status_code, response.json(), path, method, response.headers)


def _check_headers(response: httpx2.Response) -> None:
    headers, status = response.headers, response.status_code
    assert REQUEST_ID.fullmatch(headers["x-request-id"])
    request_id = response.request.headers.get("x-request-id", "")
    if REQUEST_ID.fullmatch(request_id):
        assert headers["x-request-id"] == request_id
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-api-version"] == "1"
    assert len(headers.get_list("x-request-id")) == 1
    cache = headers["cache-control"]
    if status >= 400:
        assert cache == "no-store"
    if "public" in cache or "s-maxage" in cache:
        assert "set-cookie" not in headers
        assert response.request.url.path.startswith((*BARE, f"{AUTH}providers"))
    else:
        assert {"cookie", "authorization"} <= {part.strip().lower() for part in headers["vary"].split(",")}
    required = {401: "www-authenticate", 405: "allow", 429: "retry-after", 503: "retry-after"}.get(status)
    if required:
        assert headers.get(required), f"{status} needs {required}"
    if status in (429, 503):
        assert int(headers["retry-after"]) >= 1
    if status == 415:
        assert headers.get("accept") or headers.get("accept-patch")
    if status == 405:
        assert "OPTIONS" in headers["allow"]


def _check_body(status: int, body: Any, path: str, method: str, headers: httpx2.Headers) -> None:
    assert isinstance(body, dict)
    assert isinstance(body.get("success"), bool)
    assert body["success"] == (status < 400)
    if status >= 400:
        _check_error(status, body)
        return
    assert set(body) <= {"success", "data", "metadata"}
    assert "data" in body
    rows = body["data"]["messages"] if path.endswith("/transcript") else body["data"]
    if isinstance(rows, list):
        assert {"page", "limit", "total"} <= set(body["metadata"]) <= PAGING
        assert len(rows) <= body["metadata"]["limit"]
    if isinstance(body["data"], list):
        for resource in body["data"]:
            _check_resource(resource, path)
    else:
        assert ("metadata" in body) is isinstance(rows, list)
        _check_resource(body["data"], path)
    if status == 201 and not path.startswith(AUTH):
        assert method == "POST"
        assert headers["location"].endswith(f"/{body['data']['id']}")


def _check_error(status: int, body: dict[str, Any]) -> None:
    assert set(body) == {"success", "error"}
    error = body["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "details", "say"}
    assert CODE.fullmatch(error["code"])
    assert isinstance(error["message"], str)
    if status == 500:
        assert error == {"code": "INTERNAL_SERVER_ERROR", "message": "An unexpected error occurred"}
    else:
        assert AppError.registry[error["code"]].status == status, "codes and statuses come from one registry"
    if error["code"] == "INVALID_STATE_TRANSITION":
        assert set(error["details"]) == {"from", "to", "allowed"}
    for detail in error.get("details") or [] if isinstance(error.get("details"), list) else []:
        assert set(detail) == {"path", "code", "message"}
        assert isinstance(detail["path"], list)


def _check_resource(resource: Any, path: str) -> None:
    assert isinstance(resource, dict)
    if not path.startswith(SHOWN) and not path.endswith(SHOWN):
        assert not [key for key in _keys(resource) if SECRETIVE.search(key)]
    if "id" in resource and len(resource) > 1:
        standard = {"version", "createdAt", "updatedAt"}
        assert standard <= set(resource), "what has an id has these, too; a view that is no row has no id"


def _keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for inner in value.values() for key in _keys(inner))]
    return [key for inner in value for key in _keys(inner)] if isinstance(value, list) else []
