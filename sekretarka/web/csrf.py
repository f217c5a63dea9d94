"""CSRF tokens in Auth.js's wire format `token|hash`, but bound to the session and keyed (api.md#csrf-tokens)."""

import re

from starlette.requests import Request

from sekretarka.core.runtime import crypto
from sekretarka.http import cookies, origins

BEFORE_SIGN_IN = "nobody"
_COOKIE = re.compile(r"([0-9a-f]{64})\|([0-9a-f]{64})")


def current(request: Request) -> str | None:
    """The token of this browser's cookie, None when the cookie is not genuine."""
    match = _COOKIE.fullmatch(cookies.read(request, cookies.CSRF) or "")
    if match is None:
        return None
    session = cookies.read(request, cookies.SESSION)
    return match[1] if crypto.equal(match[2], _hash(match[1], session)) else None


def new(session: str | None) -> tuple[str, str]:
    """A new token and the value of its cookie, `token|hash`, for a browser with this session token, or without one."""
    token = crypto.random_token()
    return token, f"{token}|{_hash(token, session)}"


def is_genuine(request: Request, submitted: object) -> bool:
    """Whether `submitted` is the cookie's token and a page of ours sent the request."""
    token = current(request)
    return (
        token is not None
        and isinstance(submitted, str)
        and crypto.equal(token, submitted)
        and origins.is_own_page(request.headers)
    )


def _hash(token: str, session: str | None) -> str:
    bound_to = crypto.sha256_hex(session) if session else BEFORE_SIGN_IN
    return crypto.hmac_hex("csrf", f"{bound_to}|{token}")
