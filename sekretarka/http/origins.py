"""Which addresses are our own, and whether a request came from a page of ours."""

from urllib.parse import urlsplit

from starlette.requests import Request

from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import rate_limiter


def own() -> tuple[str, ...]:
    """BASE_URL's origin; outside production also the other names of this machine."""
    return settings.own_origins


def origin_of(request: Request) -> str:
    """The one of our origins that the browser uses; the Host header only ever chooses among them."""
    base, *others = own()
    asked = f"{urlsplit(base).scheme}://{request.headers.get('host', '')}"
    return asked if asked in others else base


def is_own_page(request: Request) -> bool:
    """Whether a write can come from a page of ours: browsers say where from, programs without a browser say nothing."""
    headers = request.headers
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin") or _origin(headers.get("referer", ""))
    if site is not None:
        # A page that sends no referrer posts with `Origin: null`, also to itself.
        return site in ("same-origin", "none") and origin in (None, "null", *own())
    return origin is None or origin in own()


def is_own_form(request: Request) -> bool:
    """Whether a browser says that a page of ours was left by this very request; no script can claim that."""
    headers = request.headers
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-site") == "same-origin"


def network(request: Request) -> str:
    """The caller's network as throttles count it."""
    peer = request.client.host if request.client else None
    return rate_limiter.address(peer, request.headers.get("x-forwarded-for"), settings.trusted_proxy_hops)


def _origin(address: str) -> str | None:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
