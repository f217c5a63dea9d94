"""Our cookies, as Auth.js names them: names, flags, and reading them without being fooled (api.md#cookies)."""

from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.accounts import sessions

SESSION, CSRF, CALLBACK, DEVICE = "session-token", "csrf-token", "callback-url", "device"
VERIFIER, STATE, NONCE = "pkce.code_verifier", "state", "nonce"


def name(kind: str) -> str:
    """The cookie's name for a kind (`SESSION`, `CSRF`, …); on https with a prefix, so that other hosts cannot set
    it."""
    if kind == SESSION:
        return settings.session_cookie
    if not settings.secure_cookies:
        return f"authjs.{kind}"
    return f"__Secure-authjs.{kind}" if kind == CALLBACK else f"__Host-authjs.{kind}"


def read(request: Request, kind: str) -> str | None:
    """The decoded value, or None when there is none or more than one, as one of two may be planted."""
    return _value("; ".join(request.headers.getlist("cookie")), name(kind))


def session_token(header: str) -> str | None:
    """The session's token in a `Cookie` header, by the rule of `read`."""
    return _value(header, name(SESSION))


def put_session(response: Response, token: str) -> None:
    """Give the browser a session's new token; the cookie ends when the session would end unused."""
    put(response, SESSION, token, clock.now() + sessions.IDLE)


def _value(header: str, cookie_name: str) -> str | None:
    pairs = (part.partition("=") for part in header.split(";"))
    values = [value.strip() for key, _, value in pairs if key.strip() == cookie_name]
    return unquote(values[0].strip('"')) if len(values) == 1 else None


def put(response: Response, kind: str, value: str, expires: datetime | None = None) -> None:
    """Set a cookie; without `expires` it ends with the browser."""
    until = f"; Expires={format_datetime(expires, usegmt=True)}" if expires else ""
    _send(response, f"{name(kind)}={quote(value, safe='')}; Path=/{until}")


def clear(response: Response, kind: str) -> None:
    """Delete a cookie in the browser."""
    _send(response, f"{name(kind)}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0")


def _send(response: Response, cookie: str) -> None:
    secure = "; Secure" if settings.secure_cookies else ""
    response.headers.append("Set-Cookie", f"{cookie}; HttpOnly{secure}; SameSite=Lax")
