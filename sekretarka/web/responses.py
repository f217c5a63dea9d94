"""Answers of the Auth.js surface: a redirect for browsers, `{"url": …}` for its clients."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sekretarka.core.runtime.settings import settings
from sekretarka.core.text import i18n
from sekretarka.http import cookies, origins
from sekretarka.web.redirects import HOME, safe_redirect

BASE = "/api/auth"
LOGIN = "/login"
ERROR_KEYS = "sign_in_error."
CREDENTIALS = "CredentialsSignin"  # whose code says more
# Errors that the sign-in page has texts for; no other value of the query reaches it.
ERRORS = frozenset({CREDENTIALS, *(name.partition(".")[0] for name in i18n.under(ERROR_KEYS))})
CODES = frozenset({"credentials", "email_not_verified", "throttled"})


def wants_json(request: Request, fields: dict[str, Any]) -> bool:
    """Whether the client wants `{"url": …}`: version 5 says so in a header, version 4 in the form."""
    return "x-auth-return-redirect" in request.headers or fields.get("json") in ("true", True)


def redirect(request: Request, fields: dict[str, Any], url: str) -> Response:
    """302 to `url`, or `{"url": url}` for clients that want JSON; `url` must be checked already."""
    return JSONResponse({"url": url}) if wants_json(request, fields) else RedirectResponse(url, 302)


def error_redirect(
    request: Request, fields: dict[str, Any], page: str, error: str, code: str | None = None
) -> Response:
    """`redirect` to `/api/auth/<page>` with `error` and `code` in the query; sets no cookie."""
    query = {"error": error, **({"code": code} if code else {}), **({"plain": "1"} if fields.get("plain") else {})}
    return redirect(request, fields, f"{origins.origin_of(request)}{BASE}/{page}?{urlencode(query)}")


def login_redirect(request: Request, **parameters: str | None) -> Response:
    """302 to the dashboard's sign-in page with those of the parameters that are not empty in its query."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return RedirectResponse(f"{origins.origin_of(request)}{LOGIN}{'?' + query if query else ''}", 302)


def shown_error(request: Request) -> str | None:
    """The error named by the query, None without one; an unknown one becomes `Configuration`."""
    error = request.query_params.get("error")
    return error if error is None or error in ERRORS else "Configuration"


def shown_code(request: Request) -> str | None:
    """The code named by the query if it is one of `CODES`, else None."""
    code = request.query_params.get("code")
    return code if code in CODES else None


def error_key(request: Request) -> str | None:
    """The locale key of the error named by the query; None for a missing CSRF token, which the new form has."""
    error, code = shown_error(request), shown_code(request)
    if error is None or error == "MissingCSRF":
        return None
    if error == CREDENTIALS:
        return f"login.error.{code or 'credentials'}"
    return ERROR_KEYS + error


def destination(request: Request, fields: dict[str, Any], fallback: str = HOME) -> str:
    """Where to redirect: `callbackUrl` of the body, the query or the cookie; always an address of ours."""
    candidates = (
        fields.get("callbackUrl"),
        request.query_params.get("callbackUrl"),
        cookies.read(request, cookies.CALLBACK),
    )
    chosen = next((wish for wish in candidates if isinstance(wish, str) and wish), None)
    return safe_redirect(chosen, origins.origin_of(request), settings.own_origins, fallback)
