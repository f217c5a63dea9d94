"""What browsers are told to refuse: scripts and frames of others, sniffing, plain HTTP (security.md#t13)."""

import base64
import hashlib
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sekretarka.core.runtime.settings import settings
from sekretarka.ui.reflex_internals import built_pages

# Where links in emails lead: nothing that is opened from there learns where it was opened from.
EMAIL_LINKS = ("/reset/new", "/verify")
YEAR, WEEK = 31_536_000, 604_800
# Never served, whatever a build leaves behind: source maps, dot files, Python.
PRIVATE = re.compile(r"(?:^|/)\.(?!well-known/)|\.(?:map|pyc?|env|db|sqlite)$", re.IGNORECASE)

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
HSTS = f"max-age={YEAR}; includeSubDomains"


class _InlineScripts(HTMLParser):
    """Collects the text of scripts that stand in the page itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "src" not in dict(attrs):
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._text is not None:
            self.found.add("".join(self._text))
            self._text = None


def inline_hashes(pages: Path) -> list[str]:
    """`'sha256-…'` of every script inside the built pages, each once."""
    scripts: set[str] = set()
    for page in pages.rglob("*.html"):
        parser = _InlineScripts()
        parser.feed(page.read_text(encoding="utf-8"))
        scripts |= parser.found
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def policy(pages: Path) -> str:
    """The Content-Security-Policy of the built pages."""
    # Reflex evaluates what handlers return (toasts, scripts): without 'unsafe-eval' they fail silently. Its styles are
    # inline; scripts never are, but for those that were built and are known by their hash.
    sockets = " ".join(re.sub(r"^http", "ws", origin) for origin in settings.origins if "[" not in origin)
    directives = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "'unsafe-eval'", *inline_hashes(pages)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "connect-src": f"'self' {sockets}",
        "object-src": "'none'",
        "frame-src": "'none'",
        "worker-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    if settings.env == "production":
        directives["upgrade-insecure-requests"] = ""
    return "; ".join(f"{name} {value}".strip() for name, value in directives.items())


class SecurityHeaders:
    """ASGI middleware around the dashboard's own responses: adds security headers, answers 404 for private files. The
    API sets its own."""

    def __init__(self, app: ASGIApp, pages: Path | None = None) -> None:
        self._app = app
        self._pages: Path = pages or built_pages()
        self._policy, self._built = "", 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._harden(path, message)
            await send(message)

        inner = PlainTextResponse("Not Found", 404) if PRIVATE.search(path) else self._app
        await inner(scope, receive, send_with_headers)

    def _harden(self, path: str, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        headers.update(FIXED)
        if path.rstrip("/") in EMAIL_LINKS:
            headers["Referrer-Policy"] = "no-referrer"
        if urlsplit(settings.base_url).scheme == "https":
            headers["Strict-Transport-Security"] = HSTS
        # By the path, not the type: a 304 has none, and its headers replace those of the page the browser has stored.
        name = path.rpartition("/")[2]
        is_page = "." not in name or name.endswith(".html")
        headers["Content-Security-Policy"] = (
            self._current() if is_page else "default-src 'none'; frame-ancestors 'none'"
        )
        headers["Cache-Control"] = _cache(path, message["status"], headers)

    def _current(self) -> str:
        """The policy of the pages as they are on disk now: a rebuild changes the hashes."""
        index = self._pages / "index.html"
        built = index.stat().st_mtime if index.exists() else 0.0
        if built != self._built or not self._policy:
            self._policy, self._built = policy(self._pages), built
        return self._policy


def _cache(path: str, status: int, headers: Mapping[str, str]) -> str:
    """Files named by their content for ever, fonts for a week; everything else is asked for again (api.md#caching)."""
    if status not in (200, 206, 304):
        return "no-store"
    if path.startswith("/assets/"):
        return f"public, max-age={YEAR}, immutable"
    if path.startswith("/fonts/"):
        return f"public, max-age={WEEK}"
    return headers.get("cache-control") or "no-cache"
