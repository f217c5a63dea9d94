"""Which addresses are our own, whether a request came from a page of ours, and from which network."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import rate_limiter


def origin_of(request: Request) -> str:
    """`scheme://host[:port]`: the one of our origins that the Host header names, else that of BASE_URL."""
    base, *others = settings.own_origins
    named = f"{urlsplit(base).scheme}://{request.headers.get('host', '')}"
    return named if named in others else base


def is_own_page(headers: Headers, *, origin_required: bool = False) -> bool:
    """Whether a write can come from a page of ours (security.md#t5).

    Browsers say where from; a program without a browser says nothing, which is enough unless `origin_required`.
    """
    origin = headers.get("origin") or _origin(headers.get("referer", ""))
    site = headers.get("sec-fetch-site")
    if site is not None:
        # A page that sends no referrer posts with `Origin: null`, also to itself.
        return site in ("same-origin", "none") and origin in (None, "null", *settings.own_origins)
    return origin in settings.own_origins or (origin is None and not origin_required)


def is_own_form(headers: Headers) -> bool:
    """Whether a browser says that this request navigates from a page of ours; a script cannot set these headers."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-site") == "same-origin"


def network(scope: Scope) -> str:
    """The caller's network as rate limits and login throttling count it, in the form of `rate_limiter.address`."""
    client = scope.get("client")
    forwarded_for = Headers(scope=scope).getlist("x-forwarded-for")
    return rate_limiter.address(client[0] if client else None, forwarded_for, settings.trusted_proxy_hops)


def _origin(address: str) -> str | None:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
